"""A graph in memory, as the neighbours of each node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.pushkernel import copy_rows
from backref.graph.sorting import bits_of, even, in_parts, sort_distinct, threads
from backref.graph.sortkernel import cut_rows, pack_links, turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NODES = 1 << 32


@dataclass(frozen=True)
class Rows:
    """Row v, `ids[starts[v]:starts[v + 1]]`, holds the sorted distinct neighbours of node v.

    `starts` is int64 (nodes + 1), `ids` uint32 (edges), `weights` float32 (edges) or None;
    float64 in rows that are made in passing. Whether
    neighbours are those that a node links to or those that link to it, the holder says.
    """

    starts: NDArray[np.int64]
    ids: NDArray[np.uint32]
    weights: NDArray[np.float32] | NDArray[np.float64] | None = None

    @classmethod
    def of(
        cls,
        sources: NDArray[np.integer],
        targets: NDArray[np.integer],
        nodes: int,
        weights: NDArray[np.floating] | None = None,
    ) -> Rows:
        """Rows by source of edges in any order. Repeated edges become one, their weights summed;
        edges from a node to itself are dropped.

        Raises ValueError for an id that is not below `nodes`.
        """
        bits = bits_of(nodes)
        if not 0 <= nodes <= MOST_NODES or len(sources) != len(targets):
            raise ValueError("Sources and targets are of one length, nodes fewer than 2**32.")
        keys = np.empty(len(sources), np.uint64)
        kept, _, strangers = pack_links(sources, targets, bits, nodes, keys)
        if strangers:
            raise ValueError(f"{strangers} edges name a node that is not below {nodes}.")
        if weights is not None:
            return cls._weighted(keys[:kept], bits, nodes, weights[sources != targets])
        return cls.of_sorted(
            sort_distinct(keys[:kept], np.empty(kept, np.uint64), 2 * bits), bits, 0, nodes
        )

    @classmethod
    def of_sorted(cls, keys: NDArray[np.uint64], bits: int, first: int, nodes: int) -> Rows:
        """Rows of nodes `first` to `first` + `nodes` - 1 from sorted distinct keys, see
        sortkernel."""
        starts, ids = np.empty(nodes + 1, np.int64), np.empty(len(keys), np.uint32)
        cut_rows(keys, bits, first, starts, ids)
        return cls(starts, ids)

    @classmethod
    def _weighted(
        cls, keys: NDArray[np.uint64], bits: int, nodes: int, weights: NDArray[np.floating]
    ) -> Rows:
        order = np.argsort(keys, kind="stable")
        keys = keys[order]
        first = np.flatnonzero(np.diff(keys, prepend=~keys[:1])) if len(keys) else order
        sums = np.add.reduceat(weights[order].astype(np.float64), first) if len(first) else first
        rows = cls.of_sorted(keys[first], bits, 0, nodes)
        return cls(rows.starts, rows.ids, np.asarray(sums, np.float32))

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.starts) - 1

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return len(self.ids)

    def degrees(self) -> NDArray[np.uint32]:
        """How many neighbours each node has."""
        return np.diff(self.starts).astype(np.uint32)

    def sums(self) -> NDArray[np.float64]:
        """What the weights of each row sum to; its degree where edges have no weights."""
        if self.weights is None:
            return np.diff(self.starts).astype(np.float64)
        until = np.concatenate(([0.0], np.cumsum(self.weights, dtype=np.float64)))
        return np.diff(until[self.starts])

    def __getitem__(self, node: int) -> NDArray[np.uint32]:
        return self.ids[self.starts[node] : self.starts[node + 1]]

    def some(self, nodes: NDArray[np.uint32]) -> Rows:
        """The rows of some nodes, in the order given."""
        starts = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(self.starts[nodes.astype(np.int64) + 1] - self.starts[nodes], out=starts[1:])
        ids = np.empty(starts[-1], np.uint32)
        copy_rows(self.starts, self.ids, nodes, starts, ids)
        if self.weights is None:
            return Rows(starts, ids)
        weights = np.empty(starts[-1], self.weights.dtype)
        copy_rows(self.starts, self.weights, nodes, starts, weights)
        return Rows(starts, ids, weights)

    def transposed(self) -> Rows:
        """The same edges the other way round, with their weights."""
        bits = bits_of(self.nodes)
        if self.weights is not None:
            sources = np.repeat(np.arange(self.nodes, dtype=np.uint32), np.diff(self.starts))
            return Rows.of(self.ids, sources, self.nodes, self.weights)
        keys = np.empty(self.edges, np.uint64)

        def turned(begin: int, end: int) -> None:
            part = keys[self.starts[begin] : self.starts[end]]
            turn(self.starts, self.ids, 0, bits, begin, end, part)

        cuts = np.searchsorted(self.starts, even(self.edges, threads()))
        cuts[0], cuts[-1] = 0, self.nodes
        in_parts(turned, cuts.tolist())
        ordered = sort_distinct(keys, np.empty(self.edges, np.uint64), 2 * bits)
        return Rows.of_sorted(ordered, bits, 0, self.nodes)
