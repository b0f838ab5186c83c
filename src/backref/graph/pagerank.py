"""PageRank: the share of its time that a reader who follows links at random spends on a node.

Formula: r = a * (r P + dangling(r) v) + (1 - a) v, where P(u, w) is the weight of the link u -> w
divided by the weights of all links of u, dangling(r) is the rank of the nodes that link nowhere, v
the teleport vector (uniform by default), a the damping.

How: with dangling nodes handing on by the teleport vector, r is the solution x of the linear
system x = v + a x P, with empty rows for the dangling nodes, scaled to sum to one (Langville and
Meyer 2004; Del Corso, Gulli and Romani 2005). x is summed as the series v + a v P + (a P)^2 v ...,
which loses at each step what flows into dangling nodes and so ends sooner than the power method.
Terms are handed on as float32, summed as float64. Whenever they have shrunk a thousandfold, a
sweep in float64 finds what is truly missing, and the series goes on from there: the rounding of
the short numbers is made good, and the last residual is not estimated, but measured.

Stopping: when the L1 norm of F(r) - r, F being the right-hand side of the formula, is at most
`tolerance` (1e-9). Then the L1 distance from the exact r is at most residual / (1 - a).
The result depends neither on the number of threads nor on their luck.

References: Page, Brin, Motwani and Winograd, The PageRank citation ranking, 1999; Langville and
Meyer, Google's PageRank and Beyond, 2006, chapter 8; Higham, Accuracy and Stability of Numerical
Algorithms, chapter 12 (iterative refinement).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.rows import Rows
from backref.graph.sweepkernel import add_terms, carry, fill_leaves, find_residuals, hand_on
from backref.graph.transition import Transition, each, in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from backref.graph.transition import Blocks

    Handed = NDArray[np.floating]
    Vector = NDArray[np.float64]

DAMPING = 0.85
TOLERANCE = 1e-9
SHRUNK = 1e-3
"""How far terms in float32 shrink before a sweep in float64 checks them."""
MOST_SWEEPS = 1000
RECENT = 8
"""Sweeps from which the remaining time is guessed."""


@dataclass(frozen=True)
class Progress:
    """Where a run is: `residual` is an upper bound of the L1 residual, `remaining` the seconds
    that it will still take if terms go on shrinking as they did, None before that is known.
    `values` is the state from which `solve` goes on; it changes with the next sweep."""

    sweeps: int
    residual: float
    tolerance: float
    seconds: float
    remaining: float | None
    values: Vector


@dataclass(frozen=True)
class Solution:
    """x of the linear system, one value a node, for a teleport vector that sums to `nodes` (a
    node that nobody links to has 1 under the uniform one). `residual` is the L1 norm of what is
    missing, measured in float64, relative to the sum of x. A solution whose residual is above the
    tolerance ran out of sweeps."""

    values: Vector
    damping: float
    residual: float
    sweeps: int
    seconds: float

    @property
    def bound(self) -> float:
        """The most that ranks are off by in all, in the L1 norm."""
        return self.residual / (1.0 - self.damping)

    @property
    def ranks(self) -> Vector:
        """PageRank: sums to one."""
        total = float(self.values.sum())
        return self.values / total if total else self.values


def pagerank(
    incoming: Rows | Blocks,
    out: NDArray[np.generic],
    *,
    damping: float = DAMPING,
    teleport: Vector | None = None,
    tolerance: float = TOLERANCE,
    most_sweeps: int = MOST_SWEEPS,
    told: Callable[[Progress], None] | None = None,
    values: Vector | None = None,
    workers: int | None = None,
) -> Solution:
    """The PageRank of every node of a graph given by its incoming links.

    `incoming`: row v holds the nodes that link to v; a callable that gives them in blocks serves
    graphs that do not fit in memory. `out`: the out-degree of each node, or the sum of its links'
    weights. `teleport` may be of any positive sum, which is set to the number of nodes. `told` is
    called after every sweep; what it is told as `values` may be copied, kept, and given as
    `values` to a later call for the same graph, which goes on from there.
    """
    ready = Transition.renamed(incoming, out) if isinstance(incoming, Rows) else None
    transition = ready or Transition.streamed(incoming, out)  # type: ignore[arg-type]
    blocks: Blocks = (lambda: [(0, incoming)]) if isinstance(incoming, Rows) else incoming
    series = Series(transition, blocks, shares(teleport, len(out)), damping, workers)
    return series.solved(tolerance, most_sweeps, told, values)


def shares(teleport: Vector | None, nodes: int) -> Vector:
    """A teleport vector that sums to the number of nodes; ValueError for one that cannot."""
    if teleport is None:
        return np.ones(nodes)
    total = float(teleport.sum())
    if len(teleport) != nodes or teleport.min(initial=0.0) < 0.0 or not 0.0 < total < np.inf:
        raise ValueError("A teleport vector has a share of 0 or more a node, and not all are 0.")
    return np.asarray(teleport, np.float64) * (nodes / total)


class Series:
    """The sum v + a v P + (a P)^2 v ..., and where it stands."""

    def __init__(
        self,
        transition: Transition,
        blocks: Blocks,
        teleport: Vector,
        damping: float,
        workers: int | None,
    ) -> None:
        if not 0.0 <= damping < 1.0:
            raise ValueError(f"A damping is at least 0 and below 1, not {damping}.")
        self.transition, self.blocks = transition, blocks
        self.teleport, self.damping, self.workers = teleport, damping, workers
        self.rows_teleport = transition.of_rows(teleport)
        self.least = float(teleport.sum())
        self.sweeps, self.began = 0, time.perf_counter()

    def solved(
        self,
        tolerance: float,
        most_sweeps: int,
        told: Callable[[Progress], None] | None,
        values: Vector | None,
    ) -> Solution:
        """Sweep until what is missing is small enough, or the sweeps are used up."""
        tell = _Teller(self, tolerance, told)
        if values is None:
            values = self.rows_teleport.copy()
            linking = self.transition.inverse > 0.0
            handed, size = self._handed(values, np.float32), float(values[linking].sum())
        elif len(values) != len(self.rows_teleport):
            raise ValueError("These values are of another graph: begin without them.")
        else:
            values = np.array(values, np.float64)
            handed, size = self._checked(values)
        enough, onward = tolerance * self.least / 2, np.zeros_like(handed)
        while size > enough and self.sweeps < most_sweeps:
            check = max(size * SHRUNK, enough)
            while size > check and self.sweeps < most_sweeps:
                size = self.swept(values, handed, onward)
                handed, onward = onward, handed
                tell(values, size)
            handed, size = self._checked(values)
            tell(values, size)
        return self._finished(values, size)

    def _handed(self, values: Vector, kind: type[np.floating]) -> Handed:
        handed = np.zeros(self.transition.nowhere + 1, kind)
        hand_on(values, self.transition.inverse, self.transition.place, handed)
        return handed

    def swept(self, values: Vector, handed: Handed, onward: Handed) -> float:
        """Adds the next term to the values and hands it on; returns its size."""
        ready = self.transition
        self.sweeps += 1
        return self._over(add_terms, handed, (ready.inverse, ready.place, values), (onward,))

    def _checked(self, values: Vector) -> tuple[Handed, float]:
        """Adds what is missing, in float64, to the values; returns it as handed on, its size."""
        ready, onward = self.transition, np.zeros(self.transition.nowhere + 1, np.float32)
        self.sweeps += 1
        rows = (ready.inverse, ready.place, values, self.rows_teleport)
        return onward, self._over(find_residuals, self._handed(values, np.float64), rows, (onward,))

    def _over(
        self,
        kernel: Callable[..., float],
        handed: Handed,
        by_row: tuple[NDArray[np.generic], ...],
        whole: tuple[NDArray[np.generic], ...],
    ) -> float:
        """Runs a kernel over all rows; returns the sum of what it answers."""
        size = 0.0
        for first, rows, weights in each(self.transition.blocks):
            cut = [array[first : first + rows.nodes] for array in by_row]
            given = (rows.starts, rows.ids, weights, handed, self.damping, *cut, *whole)
            size += sum(in_pieces(partial(kernel, *given), rows.starts, self.workers))
        return size

    def _finished(self, values: Vector, size: float) -> Solution:
        """The values of all nodes, those that link nowhere among them."""
        ready = self.transition
        handed, leaf = self._handed(values, np.float64), ready.slots == ready.nowhere
        every = ready.of_nodes(values)
        if ready.nodes is None:
            leaf = ready.inverse == 0.0
        for first, rows, weights in each(self.blocks):
            part = slice(first, first + rows.nodes)
            given = (rows.starts, rows.ids, weights, handed, ready.slots, self.damping)
            own = (leaf[part], self.teleport[part], every[part])
            in_pieces(partial(fill_leaves, *given, *own), rows.starts, self.workers)
        residual = 2.0 * size / max(float(every.sum()), self.least, 1.0)
        seconds = time.perf_counter() - self.began
        return Solution(every, self.damping, residual, self.sweeps, seconds)


class _Teller:
    """Tells how a run gets on, and guesses from the last terms when it will end."""

    def __init__(
        self, series: Series, tolerance: float, told: Callable[[Progress], None] | None
    ) -> None:
        self.series, self.tolerance, self.told = series, tolerance, told
        self.sizes: list[float] = []

    def __call__(self, values: Vector, size: float) -> None:
        """Tell of one more sweep."""
        if self.told is None:
            return
        residual = 2.0 * size / self.series.least
        self.sizes = [*self.sizes[-RECENT:], residual]
        seconds = time.perf_counter() - self.series.began
        sweeps = self.series.sweeps
        remaining = self._sweeps_left() * seconds / sweeps
        known = remaining if np.isfinite(remaining) else None
        self.told(Progress(sweeps, residual, self.tolerance, seconds, known, values))

    def _sweeps_left(self) -> float:
        first, last = self.sizes[0], self.sizes[-1]
        if last <= self.tolerance:
            return 0.0
        if len(self.sizes) == 1 or last >= first:
            return np.inf
        return float(np.log(last / self.tolerance) * (len(self.sizes) - 1) / np.log(first / last))


def one_step(
    incoming: Rows | Blocks,
    out: NDArray[np.generic],
    damping: float,
    workers: int | None = None,
) -> Callable[[Vector], Vector]:
    """A function that carries values of all nodes over one link, damped: t -> a t P."""
    blocks: Blocks = (lambda: [(0, incoming)]) if isinstance(incoming, Rows) else incoming
    weights = np.asarray(out, np.float64)
    inverse = np.divide(1.0, weights, out=np.zeros(len(weights)), where=weights > 0.0)

    def carried(values: Vector) -> Vector:
        handed, onward = values * inverse, np.zeros(len(values))
        for first, rows, own in each(blocks):
            part = onward[first : first + rows.nodes]
            given = (rows.starts, rows.ids, own, handed, damping, part)
            in_pieces(partial(carry, *given), rows.starts, workers)
        return onward

    return carried
