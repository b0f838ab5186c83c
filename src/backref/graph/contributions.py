"""Where the value of a node comes from.

Three answers, each of which sums to the whole with a remainder that is stated:

- `referrers`: which of the nodes that link to it hand it how much. Share of u: a x(u) P(u, t) /
  x(t). The remainder is what every node has of its own, v(t) / x(t).
- `contributions`: at which nodes, however far, what flows to it began. Share of s: v(s) M(s, t) /
  x(t), by reverse push; the remainder is what the push left waiting. The target is one of them.
- `paths`: the strongest paths from one node to the target, a path's strength being the product of
  a P(u, w) along it; the strengths of all paths from s to t sum to M(s, t).

References: those of push.py; Gyongyi et al., Link spam detection based on mass estimation, VLDB
2006, for contributions as sums over walks; Hart, Nilsson and Raphael 1968 for the search of paths
(what is left to go from w is at most M(w, t), so paths come out strongest first).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref.graph.push import MOST_EDGES, reverse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backref.graph.push import Network, Nodes, Pushed, Vector

MOST_STEPS = 20_000
"""Paths that a search extends before it gives what it found."""


@dataclass(frozen=True)
class Shares:
    """Nodes with their shares of a value, greatest first. The shares and the remainder sum to
    one."""

    nodes: Nodes
    shares: Vector
    remainder: float

    @classmethod
    def of(cls, nodes: Nodes, shares: Vector) -> Shares:
        """Sorted; of equal shares the lower node comes first."""
        order = np.lexsort((nodes, -shares))
        return cls(nodes[order], shares[order], 1.0 - float(shares.sum()))


class _Open(NamedTuple):
    """A path on its way: less than another when it may carry more."""

    reach: float
    strength: float
    nodes: tuple[int, ...]


@dataclass(frozen=True)
class Path:
    """Nodes from a source to the target, and the part of the source's value that flows along."""

    nodes: tuple[int, ...]
    strength: float


def referrers(graph: Network, target: int, values: Vector) -> Shares:
    """Which part of a node's value each node that links to it hands on; `values` are those of
    PageRank's solution."""
    row = graph.incoming(np.array([target], np.uint32))
    sums = np.asarray(graph.sums()[row.ids], np.float64)
    weights = 1.0 if row.weights is None else row.weights
    handed = graph.damping * values[row.ids] * weights / np.where(sums > 0.0, sums, 1.0)
    return Shares.of(row.ids, handed / values[target])


def drawn(
    graph: Network,
    target: int,
    value: float,
    *,
    teleport: Vector | None = None,
    remainder: float = 1e-3,
    most_edges: int = MOST_EDGES,
) -> Pushed:
    """A reverse push until at most `remainder` of a node's value is left to find, or `most_edges`
    were followed."""

    def enough(now: Pushed) -> bool:
        found = float(_begun(now, now.touched[: now.count], teleport).sum())
        return found >= (1.0 - remainder) * value

    return reverse(graph, target, most_edges=most_edges, enough=enough)


def origins(pushed: Pushed, value: float, teleport: Vector | None = None) -> Shares:
    """At which nodes a node's value began, by a reverse push from it."""
    nodes = pushed.reached()
    found = _begun(pushed, nodes, teleport)
    return Shares.of(nodes[found > 0.0], found[found > 0.0] / value)


def contributions(
    graph: Network,
    target: int,
    value: float,
    *,
    teleport: Vector | None = None,
    remainder: float = 1e-3,
    most_edges: int = MOST_EDGES,
) -> Shares:
    """At which nodes a node's value began, until at most `remainder` of it is left to find or
    `most_edges` were followed."""
    pushed = drawn(
        graph, target, value, teleport=teleport, remainder=remainder, most_edges=most_edges
    )
    return origins(pushed, value, teleport)


def _begun(pushed: Pushed, nodes: Nodes, teleport: Vector | None) -> Vector:
    settled = pushed.settled[nodes]
    return settled if teleport is None else settled * teleport[nodes]


def paths(
    graph: Network, source: int, target: int, toward: NDArray[np.float64], most: int = 10
) -> list[Path]:
    """The strongest paths without a circle from a node to the target, at most `most`. `toward` is
    M(v, target) as a reverse push settled it: only nodes that the push reached lie on a path."""
    found: list[Path] = []
    open_paths = [_Open(-float(toward[source]), 1.0, (source,))]
    for _ in range(MOST_STEPS):
        if not open_paths or len(found) == most:
            break
        _, strength, nodes = heapq.heappop(open_paths)
        if nodes[-1] == target:
            found.append(Path(nodes, strength))
            continue
        for node, part in _onward(graph, nodes, toward):
            reach = strength * part * (1.0 if node == target else float(toward[node]))
            heapq.heappush(open_paths, _Open(-reach, strength * part, (*nodes, node)))
    return found


def _onward(
    graph: Network, nodes: tuple[int, ...], toward: NDArray[np.float64]
) -> list[tuple[int, float]]:
    """The links of a path's last node that lead on to the target, with what each carries."""
    last = np.array([nodes[-1]], np.uint32)
    row = graph.outgoing(last)
    total = float(graph.sums()[nodes[-1]]) or 1.0
    weights = np.ones(row.edges) if row.weights is None else row.weights
    leads = (toward[row.ids] > 0.0) & ~np.isin(row.ids, nodes)
    parts = graph.damping * weights[leads] / total
    return list(zip(row.ids[leads].tolist(), parts.tolist(), strict=True))
