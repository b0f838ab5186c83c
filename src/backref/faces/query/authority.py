"""How any domain stands in the ranked link graphs, and who links to it there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.faces.query.answer import Answer
from backref.faces.query.graphs import Graph, each, opened
from backref.graph.referring import referring as referring_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backref.graph.referring import Part
    from backref.lake.snapshot import Snapshot

FIGURES = (
    "authority percentile pagerank pagerank_pos trust spam_mass referring_domains linked_domains"
)


@dataclass(frozen=True)
class AuthorityRow:
    """What a ranked graph tells of a domain. `authority` is None where the graph does not know it,
    which is not 0; `ranked` is when the graph was ranked, `nodes` how many it ranks."""

    domain: str
    graph: str
    release: str | None
    level: str
    ranked: str
    nodes: int
    authority: float | None = None
    authority_low: float | None = None
    authority_high: float | None = None
    percentile: float | None = None
    pagerank: float | None = None
    pagerank_pos: int | None = None
    trust: float | None = None
    spam_mass: float | None = None
    referring_domains: int | None = None
    linked_domains: int | None = None


@dataclass(frozen=True)
class ReferringRow:
    """A domain that links to another in a graph, with its own authority. `place` begins the next
    part of the list behind it."""

    domain: str
    authority: float
    place: str


def authority(
    snapshot: Snapshot, domains: Sequence[str], graph: str | None = None
) -> Answer[AuthorityRow]:
    """How domains stand in every ranked graph, or in one. Raises UsageError where none is
    ranked."""
    found = [told(held, domain) for held in each(snapshot, graph) for domain in domains]
    order = {name: place for place, name in enumerate(dict.fromkeys(row.domain for row in found))}
    return Answer(sorted(found, key=lambda row: order[row.domain]))


def told(graph: Graph, domain: str) -> AuthorityRow:
    """What a graph tells of a domain."""
    row = AuthorityRow(
        graph.called(domain), graph.name, graph.release, graph.held.level, graph.ranked,
        graph.held.nodes,
    )  # fmt: skip
    node = graph.find(domain)
    unseen = node is not None and graph.held.weighted and not len(graph.held.predecessors(node))
    if node is None or unseen:  # our own graph did not look at those to whom it has no link
        return row
    from backref.graph.lookup import figures

    known = figures(graph.ranks, graph.held.nodes, np.array([node]))
    values = {name: known[name][0].as_py() for name in FIGURES.split()}
    low, high = (known[f"authority_{end}"][0].as_py() for end in ("lo", "hi"))
    held = {name: getattr(row, name) for name in vars(row) if name not in values}
    return AuthorityRow(**{**held, **values, "authority_low": low, "authority_high": high})


def referring(
    snapshot: Snapshot,
    domain: str,
    graph: str | None = None,
    limit: int | None = 1000,
    after: str | None = None,
) -> Answer[ReferringRow]:
    """Who links to a domain in a graph, those of the greatest authority first, behind the place
    `after` of an earlier part. Raises UsageError, NotHeld."""
    held = opened(snapshot, graph)
    most = held.held.nodes if limit is None else limit
    found = referring_nodes(held.held, held.node(domain), held.pagerank, most, _place(after))
    return Answer(_referring_rows(held, found), found.total)


def _referring_rows(graph: Graph, found: Part) -> Iterator[ReferringRow]:
    points = graph.points(found.values).tolist()
    places = zip(found.values.tolist(), found.nodes.tolist(), strict=True)
    named = zip(graph.names(found.nodes), points, places, strict=True)
    for name, own, (value, node) in named:
        yield ReferringRow(name, round(own, 3), f"{value.hex()}.{node}")


def _place(text: str | None) -> tuple[float, int] | None:
    """The value and node that a place names; one that no part gave begins anew."""
    if not text:
        return None
    value, _, node = text.rpartition(".")
    try:
        return float.fromhex(value), int(node)
    except (ValueError, OverflowError):
        return None
