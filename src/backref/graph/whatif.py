"""What a node's value would be if links were others.

Formula: let P' be P with the rows of the changed sources replaced, and x the solution before. Then
x' - x = sum over v of r(v) M'(v, .) with r = a * sum over changed u of x(u) (P'(u, .) - P(u, .)):
what a changed source hands on in another way waits at the ends of its links, with both signs, and
is pushed on over the changed graph. For one target t it meets a reverse push from t half way:
x'(t) - x(t) = p(t) + sum over v of r(v) M'(v, t), where p is what the forward push settled, and r
what it left. If the reverse push left at most e at any node, the answer is off by at most
sum |r| * e / (1 - a).

The bound counts what the pushes left out. The solution before has a residual of its own
(pagerank.py); it changes the difference only as far as it changes the values of the changed
sources. Links from sources that get none left or had none before need no special care: their row
is empty on one side (pagerank.py says why that is right).

References: Zhang, Lofgren and Goel, Approximate Personalized PageRank on Dynamic Graphs, KDD 2016,
whose updates of p and r for one edge these are, for any number of edges and any weights; Lofgren,
Banerjee and Goel, WSDM 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.push import MOST_EDGES, Pushed, forward, reverse
from backref.graph.rows import Rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backref.graph.push import Network, Nodes, Vector

MOST_EDGES_BOTH = 1_000_000
"""Edges that both pushes of one question follow: about a second. Only targets with tens of
thousands of links come to that, and then the bound says what it cost."""
PRECISION = 1e-6
"""The part of the target's value that the bound is brought below, if the edges suffice."""


@dataclass(frozen=True)
class Changes:
    """Links with the weight that each shall have: 0 for none, 1 for a link of a graph whose links
    have no weights. One link is named once."""

    sources: Nodes
    targets: Nodes
    weights: Vector

    @classmethod
    def of(cls, links: dict[tuple[int, int], float]) -> Changes:
        """From (source, target) -> weight; ValueError for a link to itself or a weight below 0."""
        if any(source == target for source, target in links):
            raise ValueError("A node's link to itself hands nothing on.")
        if any(not 0.0 <= weight < np.inf for weight in links.values()):
            raise ValueError("The weight of a link is 0 or more.")
        ends = np.array(list(links), np.uint32).reshape(-1, 2)
        return cls(ends[:, 0], ends[:, 1], np.array(list(links.values()), np.float64))


@dataclass(frozen=True)
class WhatIf:
    """The value of a target before and after, its change off by at most `bound`; the sum of all
    values before, and by how much it changes, off by at most `total_bound`."""

    before: float
    after: float
    bound: float
    total: float
    total_change: float
    total_bound: float
    edges: int


class Changed:
    """A graph with some links changed. The rows it gives have weights such that they count by the
    sums of before: those of a changed source are scaled by what its sum was to what it is."""

    def __init__(self, graph: Network, changes: Changes) -> None:
        self.graph, self.changes = graph, changes
        self.sources = np.unique(changes.sources)

    @property
    def damping(self) -> float:
        """As before."""
        return self.graph.damping

    @property
    def nodes(self) -> int:
        """As before."""
        return self.graph.nodes

    def sums(self) -> NDArray[np.generic]:
        """As before: the rows' weights are scaled instead."""
        return self.graph.sums()

    @cached_property
    def old(self) -> Rows:
        """The rows of the changed sources before, with weights."""
        rows = self.graph.outgoing(self.sources)
        return rows if rows.weights is not None else Rows(rows.starts, rows.ids, _ones(rows.edges))

    @cached_property
    def new(self) -> Rows:
        """Their rows after: what is not named stays, what has weight 0 goes."""
        old, size = self.old, np.uint64(self.nodes)
        row = np.repeat(np.arange(len(self.sources), dtype=np.uint64), np.diff(old.starts))
        own = np.searchsorted(self.sources, self.changes.sources).astype(np.uint64)
        links = np.concatenate((own * size + self.changes.targets, row * size + old.ids))
        weights = np.concatenate((self.changes.weights, _weights(old)))
        links, first = np.unique(links, return_index=True)
        weights = weights[first]
        links, weights = links[weights > 0.0], weights[weights > 0.0]
        starts = np.searchsorted(links, np.arange(len(self.sources) + 1, dtype=np.uint64) * size)
        scale = self._scale(starts, weights)
        return Rows(starts.astype(np.int64), (links % size).astype(np.uint32), weights * scale)

    def _scale(self, starts: NDArray[np.int64], weights: Vector) -> Vector:
        until = np.concatenate(([0.0], np.cumsum(weights)))
        now = until[starts[1:]] - until[starts[:-1]]
        before = np.asarray(self.sums()[self.sources], np.float64)
        before[before == 0.0] = 1.0
        factor = np.divide(before, now, out=np.zeros(len(now)), where=now > 0.0)
        return np.repeat(factor, np.diff(starts))

    @cached_property
    def _turned(self) -> tuple[Nodes, Nodes, Vector]:
        """The new links of changed sources, (target, source, weight) in order of target."""
        order = np.argsort(self.new.ids, kind="stable")
        row = np.repeat(self.sources, np.diff(self.new.starts))
        return self.new.ids[order], row[order], _weights(self.new)[order]

    @cached_property
    def _is_changed(self) -> NDArray[np.bool_]:
        flags = np.zeros(self.nodes, np.bool_)
        flags[self.sources] = True
        return flags

    def outgoing(self, nodes: Nodes) -> Rows:
        """The links of some nodes."""
        rows, changed = self.graph.outgoing(nodes), self._is_changed[nodes]
        if not changed.any():
            return rows
        kept = ~np.repeat(changed, np.diff(rows.starts))
        own = np.flatnonzero(changed)
        new = self.new.some(np.searchsorted(self.sources, nodes[own]).astype(np.uint32))
        return _joined(rows, kept, np.repeat(own, np.diff(new.starts)), new.ids, _weights(new))

    def incoming(self, nodes: Nodes) -> Rows:
        """The links to some nodes."""
        rows = self.graph.incoming(nodes)
        targets, sources, weights = self._turned
        first, last = np.searchsorted(targets, nodes), np.searchsorted(targets, nodes, "right")
        kept = ~self._is_changed[rows.ids]
        if kept.all() and (first == last).all():
            return rows
        counts = last - first
        places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        row = np.repeat(np.arange(len(nodes)), counts)
        return _joined(rows, kept, row, sources[places], weights[places])

    def waiting(self, values: Vector) -> tuple[Nodes, Vector]:
        """What is handed on otherwise than before: the ends of changed links, with weights."""
        handed = self.damping * values[self.sources]
        sums = np.asarray(self.sums()[self.sources], np.float64)
        handed = handed / np.where(sums > 0.0, sums, 1.0)
        old, new = self.old, self.new
        gone = -_weights(old) * np.repeat(handed, np.diff(old.starts))
        come = _weights(new) * np.repeat(handed, np.diff(new.starts))
        nodes, place = np.unique(np.concatenate((old.ids, new.ids)), return_inverse=True)
        weights = np.bincount(place, np.concatenate((gone, come)), len(nodes))
        return nodes[weights != 0.0], weights[weights != 0.0]


def what_if(
    graph: Network,
    changes: Changes,
    target: int,
    values: Vector,
    total: float,
    *,
    precision: float = PRECISION,
    most_edges: int = MOST_EDGES_BOTH,
) -> WhatIf:
    """The value of one node after changes. `values` are those of PageRank's solution, `total`
    their sum."""
    changed = Changed(graph, changes)
    nodes, weights = changed.waiting(values)
    before, room = float(values[target]), 1.0 - graph.damping
    goal = precision * before
    size = float(np.abs(weights).sum())
    if size == 0.0:
        return WhatIf(before, before, 0.0, total, 0.0, 0.0, 0)
    back = reverse(changed, target, remaining=goal / size, most_edges=most_edges // 2)
    low = back.left()[1] / room
    remaining = min(goal / low if low else np.inf, precision * total)
    ahead = forward(changed, nodes, weights, remaining=remaining, most_edges=most_edges // 2)
    left = ahead.reached()
    change = float(ahead.settled[target] + ahead.waiting[left] @ back.settled[left])
    least, most = _spread(ahead, left, graph.damping)
    return WhatIf(
        before, before + change, ahead.left()[0] * low, total, (least + most) / 2,
        (most - least) / 2, back.edges + ahead.edges,
    )  # fmt: skip


def updated(
    graph: Network,
    changes: Changes,
    values: Vector,
    *,
    remaining: float = 1e-9,
    most_edges: int = MOST_EDGES,
) -> tuple[Vector, float]:
    """(the change of every node's value, by how much they are off in all in the L1 norm). The
    push ends when what still waits sums to `remaining`."""
    changed = Changed(graph, changes)
    nodes, weights = changed.waiting(values)
    ahead = forward(changed, nodes, weights, remaining=remaining, most_edges=most_edges)
    return ahead.settled, ahead.left()[0] / (1.0 - graph.damping)


def _spread(ahead: Pushed, left: Nodes, damping: float) -> tuple[float, float]:
    """Least and most that all values change by in sum: weight r that waits is worth between r and
    r / (1 - a)."""
    settled, waits = float(ahead.settled[left].sum()), ahead.waiting[left]
    ends = np.array((1.0, 1.0 / (1.0 - damping)))
    plus, minus = float(waits[waits > 0.0].sum()), float(waits[waits < 0.0].sum())
    return float(settled + plus * ends[0] + minus * ends[1]), float(
        settled + plus * ends[1] + minus * ends[0]
    )


def _joined(
    rows: Rows, kept: NDArray[np.bool_], row: NDArray[np.int64], ids: Nodes, weights: Vector
) -> Rows:
    """The kept links of rows, and further links, each with the row that it belongs to."""
    old = np.repeat(np.arange(rows.nodes), np.diff(rows.starts))[kept]
    every = np.concatenate((old, row))
    order = np.argsort(every, kind="stable")
    starts = np.searchsorted(every[order], np.arange(rows.nodes + 1))
    return Rows(
        starts,
        np.concatenate((rows.ids[kept], ids))[order],
        np.concatenate((_weights(rows)[kept], weights))[order],
    )


def _weights(rows: Rows) -> Vector:
    return _ones(rows.edges) if rows.weights is None else np.asarray(rows.weights, np.float64)


def _ones(edges: int) -> Vector:
    return np.ones(edges)
