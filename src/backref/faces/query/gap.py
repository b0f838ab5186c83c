"""Who links to rivals and not to us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import data
from backref.errors import UsageError
from backref.faces.query.answer import Answer
from backref.faces.query.graphs import Graph, opened
from backref.faces.query.view import ROOM
from backref.graph.referring import Met, met
from backref.lake.model import Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.lake.snapshot import Snapshot

MOST_RIVALS = 5
HOSTED = ("split", "aside")


@dataclass(frozen=True)
class GapRow:
    """A domain that links to rivals and not to us, with its own authority and the rivals that it
    links to. `platform` is the domain of which it is one publisher, where it is; a platform that
    the graph knows to link, but the ledger none of whose publishers, stands under its own name."""

    domain: str
    authority: float
    links_to: tuple[str, ...]
    platform: str | None


class Gap(Answer[GapRow]):
    """Rows of a gap; `graph` answered, `aside` are platforms that were set aside, `unknown` are
    rivals that the graph does not know, `ours_known` is whether it knows us."""

    graph: str = ""
    aside: int = 0
    unknown: tuple[str, ...] = ()
    ours_known: bool = True


def gap(
    snapshot: Snapshot,
    ours: Sequence[str],
    rivals: Sequence[str],
    graph: str | None = None,
    *,
    hosted: str = "split",
    least: int = 1,
    limit: int | None = 50,
) -> Gap:
    """Who links to at least `least` of the rivals and to none of our hosts, those that link to
    most of them first, then those of greatest authority. Platforms that host others' pages are set
    `aside`, or `split` into the publishers that the ledger knows. Raises UsageError, NotHeld."""
    if hosted not in HOSTED:
        raise UsageError(f"There is no way {hosted!r} with platforms: choose split or aside.")
    held = opened(snapshot, graph)
    nodes = _rivals(held, rivals, ours)
    if not 1 <= least <= len(rivals):
        raise UsageError(f"Of {len(rivals)} rivals none can link to {least}: give 1 or more.")
    known = [node for node in nodes.values() if node is not None]
    own = [node for name in ours if (node := held.find(name)) is not None]
    if not known:
        raise UsageError(f"The graph {held.name} knows none of {', '.join(nodes)}.")
    found = met(held.held, known, own, least)
    platforms = _platforms(held, found)
    names = [name for name, node in nodes.items() if node is not None]
    split = _publishers(snapshot, held, platforms, names) if hosted == "split" else []
    kept, wanted = ~np.isin(found.nodes, _gone(platforms, split, hosted)), limit or len(found.nodes)
    rows = [row for row in split if len(row.links_to) >= least]
    rows += _rows(held, Met(found.nodes[kept], found.links[kept], 0), names, wanted)
    rows.sort(key=lambda row: (-len(row.links_to), -row.authority, row.domain))
    answer = Gap(rows[:limit], int(np.count_nonzero(kept)) + len(rows[: len(split)]))
    answer.graph, answer.ours_known = held.name, bool(own)
    answer.aside = len(platforms) if hosted == "aside" else 0
    answer.unknown = tuple(name for name, node in nodes.items() if node is None)
    return answer


def _rivals(held: Graph, rivals: Sequence[str], ours: Sequence[str]) -> dict[str, int | None]:
    """The rivals as the graph calls them, with their nodes."""
    called = dict.fromkeys(map(held.called, rivals))
    if not 1 <= len(called) <= MOST_RIVALS:
        raise UsageError(f"Name 1 to {MOST_RIVALS} rivals, as `backref gap rival.example`.")
    for name in called.keys() & set(map(held.called, ours)):
        raise UsageError(f"{name} is ours: name rivals alone.")
    return {name: held.find(name) for name in called}


def _rows(held: Graph, found: Met, names: Sequence[str], most: int) -> list[GapRow]:
    """The first `most` rows of a gap."""
    values = held.pagerank[found.nodes]
    first = np.lexsort((found.nodes, -values, -found.counts.astype(np.int8)))[:most]
    nodes, links = found.nodes[first], found.links[first].tolist()
    points = held.authority(nodes).tolist()
    return [
        GapRow(name, round(own, 3), _linked(bits, names), None)
        for name, own, bits in zip(held.names(nodes), points, links, strict=True)
    ]


def _linked(bits: int, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(names) if bits >> place & 1)


def _platforms(held: Graph, found: Met) -> dict[str, int]:
    """The platforms among the nodes of a gap that host others' pages."""
    nodes = {name: held.find(name) for name in data.lines("hosting_domains.txt")}
    kept = set(found.nodes[np.isin(found.nodes, [n for n in nodes.values() if n is not None])])
    return {name: node for name, node in nodes.items() if node is not None and node in kept}


def _gone(platforms: dict[str, int], split: Sequence[GapRow], hosted: str) -> list[int]:
    """The platforms that do not stand in the list themselves."""
    told = {row.platform for row in split}
    return [node for name, node in platforms.items() if hosted == "aside" or name in told]


def _publishers(
    snapshot: Snapshot, held: Graph, platforms: dict[str, int], rivals: Sequence[str]
) -> list[GapRow]:
    """Publishers on platforms whose links to rivals the ledger knows; each with the platform's
    authority, for a graph of domains knows no other."""
    if not platforms:
        return []
    named = {"platforms": platforms, "targets": rivals}
    tables = {
        table: pa.table({"domain": pa.array(list(names), pa.string())})
        for table, names in named.items()
    }
    rows = snapshot.rows(Model(ROOM, "publishers.sql"), tables=tables)
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        place = (row["source_identity"], row["source_domain"])
        found.setdefault(place, set()).add(row["target_domain"])
    points = {name: float(held.authority([node])[0]) for name, node in platforms.items()}
    return [
        GapRow(
            name, round(points[platform], 3),
            tuple(rival for rival in rivals if rival in linked), platform,
        )
        for (name, platform), linked in found.items()
    ]  # fmt: skip
