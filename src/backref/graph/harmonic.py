"""Harmonic centrality: how near the rest of the graph is to a node, and how much of it.

Formula: H(x) = sum over all y other than x that can reach x of 1 / d(y, x), d being the number of
links of a shortest path. B_t(x) are the nodes that reach x over at most t links.

Two ways, chosen by size:

- exact: a search against the links from every node, or from those asked for, breadth first.
- HyperBall: one counter (HyperLogLog, counterkernel.py) a node; in step t the counter of x takes in
  those of the nodes that link to x and changed in the step before, and H(x) grows by
  (|B_t(x)| - |B_(t-1)(x)|) / t. |B_1| is the in-degree and one, and known. It ends with the step
  in which no counter changes. The size of a ball is then known with a standard error of about
  1.04 / sqrt(2**bits), relative to the size; the errors of a node's balls go together, so that H
  is about as exact. Several seeds give independent runs whose mean is better by the root of their
  number.

A step waits for the memory, a cache line of 64 registers for each link: 6 bits are the cheapest.
The result depends neither on the number of threads nor on their luck, but on the seed.

References: Boldi and Vigna, Axioms for Centrality, Internet Mathematics 2014; In-Core Computation
of Geometric Centralities with HyperBall, ICDM Workshops 2013; Flajolet et al. 2007.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.counterkernel import begin, grow
from backref.graph.rows import Rows
from backref.graph.searchkernel import search
from backref.graph.transition import each, in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from backref.graph.transition import Blocks

FEWEST_BITS, MOST_BITS = 4, 12
BITS = 6
BENDS = {4: 0.673, 5: 0.697, 6: 0.709}
"""The constant of counters with few registers (Flajolet et al.)."""
RADII = 4
"""Balls whose sizes are kept."""
EXACT = 2_000_000_000
"""Nodes times links up to which every node is searched from."""


@dataclass
class State:
    """Where a run stands after a step; its arrays change with the next one, and may be copied,
    kept, and given to a later run of the same graph, which goes on from there."""

    step: int
    counters: NDArray[np.uint8]
    changed: NDArray[np.bool_]
    sizes: NDArray[np.float32]
    harmonic: NDArray[np.float64]
    balls: NDArray[np.float32]


@dataclass(frozen=True)
class Progress:
    """A step was made in which `grown` counters changed; it ends when none does."""

    step: int
    grown: int
    seconds: float
    state: State


@dataclass(frozen=True)
class Centrality:
    """The harmonic centrality of all nodes; the sizes of their balls of radius 1 to 4, the node
    itself among them, a row each; the relative standard error of a size (0: exact)."""

    harmonic: NDArray[np.float32]
    balls: NDArray[np.float32]
    error: float
    steps: int
    seconds: float


def bits_for(nodes: int, memory: int) -> int:
    """Bits of the largest counters with which a run fits in so many bytes, at least 4.

    Raises ValueError where not even these do.
    """
    room = memory - nodes * (4 * RADII + 16)
    for bits in range(MOST_BITS, FEWEST_BITS - 1, -1):
        if 2 * nodes << bits <= room:
            return bits
    raise ValueError(f"Counters of {nodes:,} nodes do not fit in {memory >> 20:,} MiB.")


def harmonic(
    incoming: Rows | Blocks,
    nodes: int,
    *,
    bits: int = BITS,
    seeds: tuple[int, ...] = (1,),
    exact: int = EXACT,
    told: Callable[[Progress], None] | None = None,
    workers: int | None = None,
) -> Centrality:
    """The harmonic centrality of every node; `incoming` as in `pagerank`. Exact for graphs in
    memory whose nodes times links are at most `exact`, else by counters of 2**bits registers,
    the mean of one run for each seed."""
    if isinstance(incoming, Rows) and nodes * incoming.edges <= exact:
        return searched(incoming, workers=workers)
    runs = [Balls(incoming, nodes, bits, seed, workers).grown(told) for seed in seeds]
    return Centrality(
        _mean([run.harmonic for run in runs]),
        _mean([run.balls for run in runs]),
        runs[0].error / sqrt(len(runs)),
        max(run.steps for run in runs),
        sum(run.seconds for run in runs),
    )


def _mean(found: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.asarray(np.mean(found, axis=0, dtype=np.float64), np.float32)


def searched(
    incoming: Rows, nodes: NDArray[np.uint32] | None = None, workers: int | None = None
) -> Centrality:
    """Exact values, of all nodes or of some, in their order; as many searches over the links."""
    began = time.perf_counter()
    asked = np.arange(incoming.nodes, dtype=np.uint32) if nodes is None else nodes
    values, balls = np.zeros(len(asked)), np.zeros((RADII, len(asked)), np.float32)
    pieces = np.arange(len(asked) + 1, dtype=np.int64) * max(1, incoming.edges)
    given = (incoming.starts, incoming.ids, asked, values, balls)
    deepest = in_pieces(partial(search, *given), pieces, workers)
    seconds = time.perf_counter() - began
    steps = max(deepest, default=0)
    return Centrality(values.astype(np.float32), balls, 0.0, steps, seconds)


class Balls:
    """The balls around all nodes, and how they grow."""

    def __init__(
        self, incoming: Rows | Blocks, nodes: int, bits: int, seed: int, workers: int | None = None
    ) -> None:
        if not FEWEST_BITS <= bits <= MOST_BITS:
            raise ValueError(f"A counter has {FEWEST_BITS} to {MOST_BITS} bits, not {bits}.")
        self.blocks: Blocks = (lambda: [(0, incoming)]) if isinstance(incoming, Rows) else incoming
        self.nodes, self.bits, self.seed, self.workers = nodes, bits, seed, workers
        self.bend = BENDS.get(bits, 0.7213 / (1.0 + 1.079 / (1 << bits)))
        self.error = 1.04 / sqrt(1 << bits)
        self.began = time.perf_counter()

    def grown(
        self, told: Callable[[Progress], None] | None = None, state: State | None = None
    ) -> Centrality:
        """Grow all balls until none grows any more."""
        state = state or self._first()
        spare = np.zeros_like(state.counters), np.zeros_like(state.changed)
        if state.step > 1:
            spare[0][:] = state.counters
        while state.changed.any():
            state.step += 1
            grown = self._step(state, *spare)
            spare, (state.counters, state.changed) = (state.counters, state.changed), spare
            if told:
                told(Progress(state.step, grown, time.perf_counter() - self.began, state))
        for radius in range(state.step, RADII):
            state.balls[radius] = state.sizes
        return Centrality(
            state.harmonic.astype(np.float32), state.balls, self.error, state.step,
            time.perf_counter() - self.began,
        )  # fmt: skip

    def _first(self) -> State:
        """Radius 1: every node, and those that link to it, which is known exactly."""
        state = State(
            1,
            np.zeros((self.nodes, 1 << self.bits), np.uint8),
            np.ones(self.nodes, np.bool_),
            np.empty(self.nodes, np.float32),
            np.empty(self.nodes, np.float64),
            np.empty((RADII, self.nodes), np.float32),
        )
        for first, rows, _ in each(self.blocks):
            given = (rows.starts, rows.ids, first, self.seed, self.bits, state.counters)
            in_pieces(partial(begin, *given), rows.starts, self.workers)
            state.harmonic[first : first + rows.nodes] = np.diff(rows.starts)
        state.sizes[:] = state.harmonic + 1.0
        state.balls[0] = state.sizes
        return state

    def _step(
        self, state: State, onward: NDArray[np.uint8], changed_onward: NDArray[np.bool_]
    ) -> int:
        """One more link; returns how many counters changed."""
        grown = 0
        for first, rows, _ in each(self.blocks):
            given = (
                rows.starts, rows.ids, first, state.changed, state.counters, onward,
                changed_onward, self.bend, state.sizes, state.harmonic, float(state.step),
            )  # fmt: skip
            grown += sum(in_pieces(partial(grow, *given), rows.starts, self.workers))
        if state.step <= RADII:
            state.balls[state.step - 1] = state.sizes
        return grown
