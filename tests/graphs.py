"""Graphs for the tests of kernels: drawn at random, of known form, and solved without kernels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from backref.graph.rows import Rows


@dataclass(frozen=True)
class Graph:
    """Edges in any order, with repetitions and loops, and what is made of them."""

    nodes: int
    edges: list[tuple[int, int]]
    weights: list[float] | None = None

    @property
    def outgoing(self) -> Rows:
        ends = np.array(self.edges, np.int64).reshape(-1, 2)
        weights = None if self.weights is None else np.array(self.weights, np.float32)
        return Rows.of(ends[:, 0].copy(), ends[:, 1].copy(), self.nodes, weights)

    @property
    def incoming(self) -> Rows:
        return self.outgoing.transposed()

    @property
    def matrix(self) -> np.ndarray:
        """Weights of the links from row to column; loops are none, repetitions count by weight."""
        matrix = np.zeros((self.nodes, self.nodes))
        weights = self.weights or [1.0] * len(self.edges)
        for (source, target), weight in zip(self.edges, weights, strict=True):
            if source != target:
                matrix[source, target] += np.float32(weight)
        return matrix if self.weights else np.minimum(matrix, 1.0)


def drawn(most: int = 30, weighted: bool = False) -> st.SearchStrategy[Graph]:
    """Graphs of 1 to `most` nodes: sparse ones have dangling nodes and parts that do not meet."""
    weight = st.integers(1, 64).map(lambda eighths: eighths / 8)
    edge = st.integers(0, most - 1)

    def graph(nodes: int) -> st.SearchStrategy[Graph]:
        ends = st.tuples(edge.map(lambda e: e % nodes), edge.map(lambda e: e % nodes))
        if not weighted:
            return st.builds(Graph, st.just(nodes), st.lists(ends, max_size=4 * most))
        both = st.lists(st.tuples(ends, weight), min_size=1, max_size=4 * most)
        return both.map(lambda each: Graph(nodes, [e for e, _ in each], [w for _, w in each]))

    return st.integers(1, most).flatmap(graph)


def web_like(nodes: int, edges: int, seed: int = 1) -> Graph:
    """Half the nodes link, near ones and hubs more often than others."""
    chance = np.random.default_rng(seed)
    sources = chance.choice(np.flatnonzero(chance.random(nodes) < 0.5), edges)
    near = np.clip(sources + chance.integers(-9, 10, edges), 0, nodes - 1)
    hubs = np.minimum(nodes ** chance.random(edges), nodes - 1).astype(np.int64)
    targets = np.where(chance.random(edges) < 0.4, near, hubs)
    return Graph(nodes, list(zip(sources.tolist(), targets.tolist(), strict=True)))


def solved(matrix: np.ndarray, teleport: np.ndarray, damping: float) -> np.ndarray:
    """x = v + a x P, by elimination."""
    return np.linalg.solve((np.eye(len(matrix)) - damping * chances(matrix)).T, teleport)


def chances(matrix: np.ndarray) -> np.ndarray:
    """P: rows that sum to one, or to nothing."""
    sums = matrix.sum(axis=1, keepdims=True)
    return np.divide(matrix, sums, out=np.zeros_like(matrix), where=sums > 0)


def ring(nodes: int) -> Graph:
    return Graph(nodes, [(v, (v + 1) % nodes) for v in range(nodes)])


def star(leaves: int) -> Graph:
    """Every leaf links to node 0, which links nowhere."""
    return Graph(leaves + 1, [(leaf, 0) for leaf in range(1, leaves + 1)])


def clique_with_tail(clique: int, tail: int) -> Graph:
    """All of the first link to each other, the last of them to the tail, each of which links on."""
    inside = [(v, w) for v in range(clique) for w in range(clique) if v != w]
    links = [(v, v + 1) for v in range(clique - 1, clique + tail - 1)]
    return Graph(clique + tail, inside + links)
