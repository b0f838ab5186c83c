"""A graph made ready for sweeps: who hands how much to whom, in an order that spares the memory.

A node that links nowhere hands nothing on, so it takes no part in a sweep: its value is read off
at the end. The others are swept in the order of their ids, for neighbours in that order share
sources. What they hand on lies in another order, those with many links first (in groups by the
power of two, in the order of their ids within a group), so that what is asked for most often
shares cache lines: a sweep waits for memory, and hardly for anything else.

Reference: Faldu, Diamond and Grot, A Closer Look at Lightweight Graph Reordering, IISWC 2019
(degree-based grouping); Lee, Golub and Zenios, A fast two-stage algorithm for computing PageRank
(nodes without links set aside), Stanford SCCM-03-15, 2003.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from backref.graph.rows import Rows
from backref.graph.sorting import threads
from backref.graph.sweepkernel import rename

if TYPE_CHECKING:
    from numpy.typing import NDArray

Answer = TypeVar("Answer")
Blocks = Callable[[], Iterable[tuple[int, Rows]]]
"""Gives all rows of a graph, some at a time, each time it is called: (first node, rows)."""
PIECES = 64
"""Pieces that a block is cut into. It does not depend on the number of threads, so that sums, and
with them results, do not either."""
ALONE = 1 << 16
"""Below so many edges a second thread costs more than it brings."""
NO_WEIGHTS = np.empty(0, np.float32)


@dataclass(frozen=True)
class Transition:
    """`blocks` are rows by target whose ids are slots of what is handed on; `nodes` says which
    node each row is (None: all of them, in order); `place` is the slot of each row, `inverse` one
    divided by the sum of its links' weights, 0 for a row that links nowhere. `slots` has the slot
    of every node of the graph; that of a node without links is `nowhere`, one past the last."""

    blocks: Blocks
    nodes: NDArray[np.uint32] | None
    place: NDArray[np.uint32]
    inverse: NDArray[np.float64]
    slots: NDArray[np.uint32]
    edges: int

    @property
    def nowhere(self) -> int:
        """The slot of those that hand nothing on; what lies there is 0."""
        return len(self.place)

    @classmethod
    def renamed(cls, incoming: Rows, out: NDArray[np.generic]) -> Transition:
        """All in memory: beside the rows, 4 bytes for each edge between nodes that link.

        Raises ValueError when a node that has no out-links by `out` is a source in `incoming`.
        """
        nodes = np.flatnonzero(np.greater(out, 0)).astype(np.uint32)
        slots, place = _hot_first(out, nodes)
        starts = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(np.diff(incoming.starts)[nodes], out=starts[1:])
        ids = np.empty(starts[-1], np.uint32)
        given = (incoming.starts, incoming.ids, slots, len(nodes), nodes, starts, ids)
        if sum(in_pieces(partial(rename, *given), starts)):
            raise ValueError("A node that has no links by their count is the source of an edge.")
        weights = None
        if incoming.weights is not None:
            kept = np.repeat(np.greater(out, 0), np.diff(incoming.starts))
            weights = incoming.weights[kept]
        rows = Rows(starts, ids, weights)
        inverse = 1.0 / np.asarray(out, np.float64)[nodes]
        return cls(lambda: [(0, rows)], nodes, place, inverse, slots, len(ids))

    @classmethod
    def streamed(cls, blocks: Blocks, out: NDArray[np.generic]) -> Transition:
        """Of a graph whose ids do not fit in memory: its rows come anew for each sweep."""
        values = np.asarray(out, np.float64)
        inverse = np.divide(1.0, values, out=np.zeros(len(values)), where=values > 0)
        every = np.arange(len(values), dtype=np.uint32)
        return cls(blocks, None, every, inverse, every, 0)

    def of_rows(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values of all nodes cut to those of the rows, as a copy."""
        return values.copy() if self.nodes is None else values[self.nodes]

    def of_nodes(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The values of the rows spread over all nodes, 0 where there is no row."""
        if self.nodes is None:
            return values
        spread = np.zeros(len(self.slots))
        spread[self.nodes] = values
        return spread


def _hot_first(
    out: NDArray[np.generic], nodes: NDArray[np.uint32]
) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """(slot of every node, slot of each of `nodes`), those with most links first."""
    coldness = -np.frexp(np.asarray(out[nodes], np.float64))[1].astype(np.int16)
    place = np.empty(len(nodes), np.uint32)
    place[np.argsort(coldness, kind="stable")] = np.arange(len(nodes), dtype=np.uint32)
    slots = np.full(len(out), len(nodes), np.uint32)
    slots[nodes] = place
    return slots, place


def in_pieces(
    work: Callable[[int, int], Answer], starts: NDArray[np.int64], workers: int | None = None
) -> list[Answer]:
    """The answers of `work(first, last)` for pieces of rows with about as many edges, in order,
    made by `workers` threads (None: one a core)."""
    rows = len(starts) - 1
    shares = starts[0] + (starts[-1] - starts[0] + rows) * np.arange(1, PIECES) // PIECES
    cuts = np.searchsorted(starts + np.arange(rows + 1), shares).tolist()
    pieces = list(pairwise([0, *cuts, rows]))
    workers = workers or threads()
    if workers == 1 or starts[-1] - starts[0] < ALONE:
        return [work(*piece) for piece in pieces]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda piece: work(*piece), pieces))


def each(blocks: Blocks) -> Iterator[tuple[int, Rows, NDArray[np.floating]]]:
    """(first node, rows, weights) of each block; of rows without weights an empty array."""
    for first, rows in blocks():
        yield first, rows, NO_WEIGHTS if rows.weights is None else rows.weights
