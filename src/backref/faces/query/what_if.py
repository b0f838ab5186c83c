"""What a domain's authority would be if links were others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref import url
from backref.errors import UsageError
from backref.faces.query.backlinks import backlinks
from backref.faces.query.explain import STANDING
from backref.faces.query.graphs import Graph, opened
from backref.graph.scale import Scale
from backref.ledger.search_value import HINTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.lake.snapshot import Snapshot

MOST = 1000
"""Changes that are taken at a time."""
ENDS = "://"


@dataclass(frozen=True)
class ChangeRow:
    """One change, what it does to the weight of the domain's link in the graph, and a sentence
    where that is not what one expects."""

    change: str
    domain: str
    weight_before: float
    weight_after: float
    note: str | None


@dataclass(frozen=True)
class WhatIf:
    """Authority before and after all changes together. `after` is off by at most `bound` points
    either way, which counts what the computation left out; values are PageRank's, 1 being what a
    domain has without any link."""

    domain: str
    graph: str
    before: float
    after: float
    bound: float
    value_before: float
    value_after: float
    value_bound: float
    edges: int
    changes: tuple[ChangeRow, ...]


def what_if(
    snapshot: Snapshot,
    domain: str,
    graph: str | None = None,
    *,
    without: Sequence[str] = (),
    with_: Sequence[str] = (),
    nofollow: Sequence[str] = (),
) -> WhatIf:
    """A domain's authority if links to it went (`without`), came (`with_`) or asked not to be
    followed (`nofollow`). Each names the domain that links, or the address of one page of it whose
    link alone is meant. Raises UsageError, NotHeld."""
    held = opened(snapshot, graph)
    asked = {"without": without, "with": with_, "nofollow": nofollow}
    if not 0 < sum(map(len, asked.values())) <= MOST:
        raise UsageError(f"Say what shall change, at most {MOST:,} links: --without DOMAIN.")
    target = held.node(domain)
    named = any(_is_page(name) for names in asked.values() for name in names)
    pages = _pages(snapshot, held, domain) if named else {}
    rows = [
        _changed(held, target, change, name, pages)
        for change, names in asked.items()
        for name in names
    ]
    return _answer(held, target, rows)


def _answer(held: Graph, target: int, rows: Sequence[ChangeRow]) -> WhatIf:
    from backref.graph import whatif

    total = held.scale.total
    ends = {held.node(row.domain): row for row in rows}
    if len(ends) < len(rows):
        raise UsageError("A domain is named twice among the changes: name each once.")
    moved = {
        (node, target): row.weight_after
        for node, row in ends.items()
        if row.weight_after != row.weight_before
    }
    found = whatif.what_if(held.network, whatif.Changes.of(moved), target, held.pagerank, 1.0)
    before, after, bound = (total * each for each in (found.before, found.after, found.bound))
    later = Scale(total * (1.0 + found.total_change))
    ends_at = later.authority(np.array([after - bound, after, after + bound]))
    return WhatIf(
        domain=held.names([target])[0],
        graph=held.name,
        before=float(held.scale.authority(before)),
        after=float(ends_at[1]),
        bound=float(max(ends_at[1] - ends_at[0], ends_at[2] - ends_at[1])),
        value_before=before,
        value_after=after,
        value_bound=bound,
        edges=found.edges,
        changes=tuple(rows),
    )


def _changed(
    held: Graph, target: int, change: str, name: str, pages: dict[str, list[str]]
) -> ChangeRow:
    """What a change does to the edge from the domain that it names."""
    node = held.node(name)
    if node == target:
        raise UsageError(f"{name} is the domain in question: its own links hand nothing on.")
    called, weight = held.called(name), _weight(held, node, target)
    if change == "with":
        after = weight or _usual(held, node)
        note = f"{called} links already: one more link changes nothing here." if weight else None
    elif not weight:
        after, note = 0.0, f"The graph {held.name} knows no link from {called}."
    else:
        part, note = _part(held, name, pages.get(called, []))
        kept = HINTED if change == "nofollow" else 0.0
        after = weight * (1.0 - part * (1.0 - kept))
    return ChangeRow(change, called, weight, after, note)


def _part(held: Graph, name: str, linking: Sequence[str]) -> tuple[float, str | None]:
    """The part of an edge's weight that a change is about, and what to say of it."""
    if not _is_page(name):
        return 1.0, None
    page = name.partition(ENDS)[2].rstrip("/")
    others = [other for other in linking if other.rstrip("/") != page]
    if not others:
        return 1.0, "It is the only page of the domain that is known to link."
    if not held.held.weighted:
        return 0.0, (
            "The domain links from other pages too, and the graph has one edge for all of them: "
            "nothing changes there."
        )
    counted = len(others) + 1
    return 1.0 - float(np.log1p(counted - 1) / np.log1p(counted)), (
        f"One of {counted:,} pages of the domain that link."
    )


def _weight(held: Graph, node: int, target: int) -> float:
    """The weight of an edge, 0 where there is none."""
    row = held.held.successors(node)
    place = int(np.searchsorted(row, target))
    if place == len(row) or row[place] != target:
        return 0.0
    return float(held.held.weights("out", node)[place]) if held.held.weighted else 1.0


def _usual(held: Graph, node: int) -> float:
    """What one more link of a node weighs: as much as the middle one of those that it has."""
    if not held.held.weighted:
        return 1.0
    weights = held.held.weights("out", node)
    return float(np.median(weights)) if len(weights) else float(np.log1p(1))


def _is_page(name: str) -> bool:
    """Whether one page is named, and not a domain."""
    return "/" in name.partition(ENDS)[2].rstrip("/") if ENDS in name else False


def _pages(snapshot: Snapshot, held: Graph, domain: str) -> dict[str, list[str]]:
    """The pages that are known to link to a domain, by what the graph calls who links."""
    found: dict[str, dict[str, None]] = {}
    for row in backlinks(snapshot, held.called(domain), None):
        if row.state in STANDING:
            host = row.source_page.partition("/")[0]
            name = row.source_domain if held.held.level == "domain" else url.bare_host(host)
            found.setdefault(name, {})[row.source_page] = None
    return {name: list(pages) for name, pages in found.items()}
