"""Local answers on a graph that has been ranked: no sweep over all of it.

M(v, t) is the sum over all paths from v to t of the product of a * P(u, w) along the path, so that
the value of t is x(t) = sum over v of v(v) M(v, t) (see pagerank.py for P, a and x).

- Forward push: from some weight r waiting at nodes, p(w) = sum over v of r(v) M(v, w) for all w.
- Reverse push: from t, p(v) = M(v, t) for all v: what each node contributes to the target.

Each keeps its invariant while it pushes: p plus what still waits, carried on, is the answer.
Because no row of M sums to more than 1 / (1 - a), waiting weight r is worth at most
sum |r| / (1 - a) in all (forward), and max |r| / (1 - a) for each node (reverse). Nodes are pushed
by levels, those with the most waiting first; the order depends on nothing but the graph.

References: Andersen, Chung and Lang, Local Graph Partitioning using PageRank Vectors, FOCS 2006;
Andersen et al., Local Computation of PageRank Contributions, 2007; Lofgren, Banerjee and Goel,
Personalized PageRank Estimation and Search: A Bidirectional Approach, WSDM 2016.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from backref.graph.pagerank import DAMPING
from backref.graph.pushkernel import push_forward, push_reverse
from backref.graph.transition import NO_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from backref.graph.held import Held
    from backref.graph.rows import Rows

    Nodes = NDArray[np.uint32]
    Vector = NDArray[np.float64]

MOST_EDGES = 10_000_000
"""Edges that one push follows before it stops and states what still waits."""
LEVEL = 0.25
"""Every level is this part of the one before."""
FEWEST = 1e-15
"""The part of the first level below which nothing is pushed: rounding is larger."""

AT_ONCE = 1 << 15
"""Nodes whose rows are read at a time."""


class Network(Protocol):
    """What a push asks of a graph: rows both ways, and what the weights of links sum to."""

    @property
    def damping(self) -> float:
        """The part of a node's value that its links carry on."""
        ...

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        ...

    def outgoing(self, nodes: Nodes) -> Rows:
        """The links of some nodes."""
        ...

    def incoming(self, nodes: Nodes) -> Rows:
        """The links to some nodes."""
        ...

    def sums(self) -> NDArray[np.generic]:
        """The sum of the weights of every node's links; its out-degree where links have none."""
        ...


@dataclass(frozen=True)
class Linked:
    """A graph as it stands: what gives the links of some nodes and those to them, and the sum of
    the weights of every node's links."""

    outgoing: Callable[[Nodes], Rows]
    incoming: Callable[[Nodes], Rows]
    out: NDArray[np.generic]
    damping: float = DAMPING

    @classmethod
    def of(cls, held: Held, out: NDArray[np.generic], damping: float = DAMPING) -> Linked:
        """A stored graph, read row by row. `out` is what `out_sums` or, of a graph without
        weights, `out_degrees` says, and may be mapped from a file."""
        return cls(partial(held.some, "out"), partial(held.some, "in"), out, damping)

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.out)

    def sums(self) -> NDArray[np.generic]:
        """The sum of the weights of every node's links."""
        return self.out


@dataclass
class Pushed:
    """What was settled, and what still waits; both are 0 outside the first `count` of `touched`.
    `edges` were followed."""

    settled: Vector
    waiting: Vector
    touched: Nodes
    count: int = 0
    edges: int = 0

    @classmethod
    def nothing(cls, nodes: int) -> Pushed:
        """No weight anywhere. The zeros cost memory only where something comes to lie."""
        return cls(np.zeros(nodes), np.zeros(nodes), np.empty(1024, np.uint32))

    def add(self, nodes: Nodes, weights: Vector) -> None:
        """Let weights wait at nodes."""
        unknown = np.unique(nodes[(self.settled[nodes] == 0) & (self.waiting[nodes] == 0)])
        self._reserve(len(unknown))
        self.touched[self.count : self.count + len(unknown)] = unknown
        self.count += len(unknown)
        np.add.at(self.waiting, nodes, weights)

    def _reserve(self, more: int) -> None:
        if self.count + more > len(self.touched):
            grown = np.empty(2 * (self.count + more), np.uint32)
            grown[: self.count] = self.touched[: self.count]
            self.touched = grown

    def reached(self) -> Nodes:
        """The nodes that anything came to, in order."""
        return np.unique(self.touched[: self.count])

    def left(self) -> tuple[float, float]:
        """(sum, greatest) of the sizes of what waits; what was twice at 0 may count twice."""
        sizes = np.abs(self.waiting[self.touched[: self.count]])
        return float(sizes.sum()), float(sizes.max(initial=0.0))

    def push(
        self, step: Callable[[Nodes], None], enough: Callable[[Pushed], bool], most_edges: int
    ) -> None:
        """Push level by level until it is enough, nothing waits, or too many edges were
        followed."""
        level = self.left()[1] * LEVEL
        fewest = level * FEWEST
        while level > fewest and self.edges < most_edges and not enough(self):
            near = self.touched[: self.count]
            active = np.unique(near[np.abs(self.waiting[near]) >= level])
            if not len(active):
                level = min(level, self.left()[1]) * LEVEL
            for part in np.array_split(active, 1 + len(active) // AT_ONCE):
                if self.edges < most_edges:
                    step(part)

    def follow(
        self, kernel: Callable[..., int], active: Nodes, rows: Rows, sums: NDArray[np.generic],
        damping: float,
    ) -> None:  # fmt: skip
        """Push from nodes whose rows are given."""
        self._reserve(rows.edges)
        weights = NO_WEIGHTS if rows.weights is None else rows.weights
        self.count = kernel(
            active, rows.starts, rows.ids, weights, sums, damping, self.settled, self.waiting,
            self.touched, self.count,
        )  # fmt: skip
        self.edges += rows.edges


def forward(
    graph: Network,
    nodes: Nodes,
    weights: Vector,
    *,
    remaining: float = 0.0,
    most_edges: int = MOST_EDGES,
) -> Pushed:
    """Carries the weights that wait at nodes along links until those that still wait sum to at
    most `remaining`."""
    pushed = Pushed.nothing(graph.nodes)
    pushed.add(nodes, weights)

    def step(active: Nodes) -> None:
        rows, sums = graph.outgoing(active), graph.sums()[active]
        pushed.follow(push_forward, active, rows, sums, graph.damping)

    pushed.push(step, lambda now: now.left()[0] <= remaining, most_edges)
    return pushed


def reverse(
    graph: Network,
    target: int,
    *,
    remaining: float = 0.0,
    most_edges: int = MOST_EDGES,
    enough: Callable[[Pushed], bool] | None = None,
) -> Pushed:
    """M(v, target) for every v that was reached, none too high, each too low by at most
    (greatest that still waits) / (1 - a). It ends when that is at most `remaining`, or when it is
    `enough` otherwise."""
    pushed = Pushed.nothing(graph.nodes)
    pushed.add(np.array([target], np.uint32), np.ones(1))

    def step(active: Nodes) -> None:
        rows, sums = graph.incoming(active), graph.sums()
        pushed.follow(push_reverse, active, rows, sums, graph.damping)

    bound = remaining * (1.0 - graph.damping)
    pushed.push(step, enough or (lambda now: now.left()[1] <= bound), most_edges)
    return pushed
