"""How much authority owes to which links happened to be seen.

Method: the Poisson bootstrap. In each replica every link counts k times its weight, k ~
Poisson(1), independently; a link is left out of a replica with chance 1/e. The ranks of each
replica are solved for, and the standard deviation of ln x(v) over the replicas is the deviation of
a node. Values spread about as a log-normal variable, so the interval of x(v) at a level of 90 % is
x(v) exp(-+ 1.645 deviation).

What it covers: that another crawl would have found other links of the same kind. The spread is
that of a crawl which saw each link with chance one half, independently; one that saw more is
spread less, and the interval is then on the safe side. What it does not cover: links that a crawl
never sees (robots.txt, scripts, whole sites), links that are seen or missed together, such as all
of one site, what changed since, and whether the formula is what a search engine goes by. A
site's one and only link stays or goes as a whole, which is right for the site and harsh for its
target. With r replicas a deviation is itself known to about 1 / sqrt(2 r): 12 % with 32.

References: Efron and Tibshirani, An Introduction to the Bootstrap, 1993; Chamandy et al.,
Estimating Uncertainty for Massive Data Streams, Google 2012 (Poisson weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import exp, factorial
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.pagerank import DAMPING, shares
from backref.graph.resamplekernel import LANES, add_moments, add_sums, resampled
from backref.graph.rows import Rows
from backref.graph.transition import Transition, each, in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from backref.graph.transition import Blocks

    Vector = NDArray[np.float64]

REPLICAS = 32
MOVED = 1e-4
"""The part of all rank that may still move in the last sweep of a replica."""
MOST_SWEEPS = 100


@dataclass(frozen=True)
class Progress:
    """So many replicas of `replicas` are done; `part` of the next sixteen, as far as can be
    told."""

    done: int
    replicas: int


def deviations(
    incoming: Rows | Blocks,
    out: NDArray[np.generic],
    values: Vector,
    *,
    damping: float = DAMPING,
    teleport: Vector | None = None,
    replicas: int = REPLICAS,
    seed: int = 1,
    told: Callable[[Progress], None] | None = None,
    workers: int | None = None,
) -> NDArray[np.float32]:
    """The standard deviation of ln x of every node over replicas, whose number is rounded up to
    sixteens. `values` is the solution of the graph as it is."""
    ready = (
        Transition.renamed(incoming, out)
        if isinstance(incoming, Rows)
        else Transition.streamed(incoming, out)
    )
    blocks: Blocks = (lambda: [(0, incoming)]) if isinstance(incoming, Rows) else incoming
    drawing = Resampling(ready, blocks, shares(teleport, len(out)), damping, workers)
    rounds = max(1, -(-replicas // LANES))
    moments = np.zeros((2, len(values)))
    for number in range(rounds):
        drawing.add(values, seed + number, moments)
        if told:
            told(Progress(LANES * (number + 1), LANES * rounds))
    drawn = rounds * LANES
    variance = (moments[1] - moments[0] ** 2 / drawn) / (drawn - 1)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)), np.float32)


def interval(
    values: NDArray[np.floating], deviation: NDArray[np.floating], level: float = 0.9
) -> tuple[Vector, Vector]:
    """The least and the greatest value that are plausible at a level; never below 1, what a node
    without links to it has."""
    width = NormalDist().inv_cdf(0.5 + level / 2)
    factor = np.exp(width * np.asarray(deviation, np.float64))
    held = np.asarray(values, np.float64)
    return np.maximum(held / factor, np.minimum(held, 1.0)), held * factor


def poisson_times() -> NDArray[np.float32]:
    """256 equal chances of a Poisson(1) variable, with its mean of one."""
    chances = np.array([exp(-1.0) / factorial(times) for times in range(6)])
    counts = np.round(256 * chances).astype(int)
    counts[0] += 256 - counts.sum()
    excess = int(counts @ np.arange(6)) - 256
    counts[1] -= excess
    counts[0] += excess
    return np.repeat(np.arange(6, dtype=np.float32), counts)


_SWEEP: Callable[..., float] = resampled
_MOMENTS: Callable[..., None] = add_moments


class Resampling:
    """Sixteen replicas of a graph, solved side by side."""

    def __init__(
        self,
        transition: Transition,
        blocks: Blocks,
        teleport: Vector,
        damping: float,
        workers: int | None,
    ) -> None:
        self.transition, self.blocks, self.workers = transition, blocks, workers
        self.teleport, self.damping, self.times = teleport, damping, poisson_times()
        every = np.arange(len(teleport), dtype=np.uint32)
        self.targets = every if transition.nodes is None else transition.nodes

    def add(self, values: Vector, seed: int, moments: NDArray[np.float64]) -> None:
        """Adds the moments of sixteen more replicas."""
        handed = self._solved(values, seed, self._sums(seed))
        for first, rows, weights in each(self.blocks):
            part = slice(first, first + rows.nodes)
            given = (
                rows.starts, rows.ids, weights, handed, self.damping, seed, self.times,
                self.transition.slots, first, self.teleport[part], values[part], moments[:, part],
            )  # fmt: skip
            in_pieces(partial(_MOMENTS, *given), rows.starts, self.workers)

    def _sums(self, seed: int) -> NDArray[np.float32]:
        sums = np.zeros((self.transition.nowhere + 1, LANES), np.float32)
        for first, rows, weights in each(self.blocks):
            add_sums(
                rows.starts, rows.ids, weights, self.transition.slots, first, seed, self.times, sums
            )
        return sums

    def _solved(self, values: Vector, seed: int, sums: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each row hands on in each replica, from what it does in the graph as it is."""
        ready, onward = self.transition, np.zeros_like(sums)
        handed = np.zeros_like(sums)
        own = ready.of_rows(values)[:, None]
        divided = sums[ready.place]
        handed[ready.place] = np.divide(own, divided, out=np.zeros_like(divided), where=divided > 0)
        by_row: tuple[NDArray[np.generic], ...] = (
            self.targets, ready.of_rows(self.teleport), ready.inverse, ready.place,
        )  # fmt: skip
        enough = MOVED * float(values.sum()) * LANES
        for _ in range(MOST_SWEEPS):
            moved = 0.0
            for first, rows, weights in each(ready.blocks):
                cut = [array[first : first + rows.nodes] for array in by_row]
                given = (
                    rows.starts, rows.ids, weights, handed, self.damping, seed, self.times, *cut,
                    sums, onward,
                )  # fmt: skip
                moved += sum(in_pieces(partial(_SWEEP, *given), rows.starts, self.workers))
            handed, onward = onward, handed
            if moved <= enough:
                break
        return handed
