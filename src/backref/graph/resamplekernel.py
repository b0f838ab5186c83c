"""PageRank over sixteen resampled graphs at a time.

Formula: in replica b the link u -> v counts k times its weight, k ~ Poisson(1), drawn for each
link and replica from a hash of both, so that nothing is stored for it. Sixteen float32 are one
cache line: what a node hands on in all replicas is fetched at once.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.counterkernel import hashed
from backref.graph.prefetch import AHEAD, prefetch

LANES = 16
BYTE, LINK = np.uint64(8), np.uint64(32)
LOW = np.uint64(255)
SECOND = 0x5851F42D4C957F2D
"""Makes another seed of a seed."""


@compiled
def draw(source: int, target: int, seed: int, times: np.ndarray, drawn: np.ndarray) -> None:
    """How often a link counts in each replica; `times` is a Poisson variable by 256 equal
    chances."""
    link = np.uint64(source) << LINK | np.uint64(target)
    first, second = hashed(link, seed), hashed(link, seed + SECOND)
    for lane in range(8):
        drawn[lane] = times[first & LOW]
        drawn[lane + 8] = times[second & LOW]
        first >>= BYTE
        second >>= BYTE


@compiled
def add_sums(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, slots: np.ndarray, target: int,
    seed: int, times: np.ndarray, sums: np.ndarray,
) -> None:  # fmt: skip
    """Adds the weights of all links to the sums of their sources, by slot; row r is that of node
    `target` + r."""
    drawn = np.empty(LANES, np.float32)
    for row in range(len(starts) - 1):
        for at in range(starts[row], starts[row + 1]):
            slot = slots[ids[at]]
            draw(slot, target + row, seed, times, drawn)
            weight = weights[at] if len(weights) else np.float32(1.0)
            for lane in range(LANES):
                sums[slot, lane] += drawn[lane] * weight


@compiled
def resampled_row(
    begin: int, end: int, ids: np.ndarray, weights: np.ndarray, handed: np.ndarray, target: int,
    seed: int, times: np.ndarray, drawn: np.ndarray, total: np.ndarray,
) -> None:  # fmt: skip
    """What the links of a row hand on in each replica."""
    for lane in range(LANES):
        total[lane] = 0.0
    last = len(ids) - AHEAD
    for at in range(begin, end):
        if at < last:
            prefetch(handed, np.int64(ids[at + AHEAD]) * LANES)
        slot = ids[at]
        draw(slot, target, seed, times, drawn)
        weight = weights[at] if len(weights) else np.float32(1.0)
        for lane in range(LANES):
            total[lane] += handed[slot, lane] * drawn[lane] * weight


@compiled
def resampled(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, handed: np.ndarray,
    damping: float, seed: int, times: np.ndarray, targets: np.ndarray, teleport: np.ndarray,
    inverse: np.ndarray, place: np.ndarray, sums: np.ndarray, onward: np.ndarray, first: int,
    last: int,
) -> float:  # fmt: skip
    """One sweep: rows `first` to `last` - 1 hand on what they were handed and their own. Returns
    the sum over all replicas of what changed in what is handed on, times its sums."""
    drawn, total = np.empty(LANES, np.float32), np.empty(LANES, np.float32)
    moved = 0.0
    for row in range(first, last):
        if inverse[row] == 0.0:
            continue
        resampled_row(
            starts[row], starts[row + 1], ids, weights, handed, targets[row], seed, times, drawn,
            total,
        )  # fmt: skip
        slot = place[row]
        for lane in range(LANES):
            value = np.float32(teleport[row] + damping * total[lane])
            weight = sums[slot, lane]
            hands = value / weight if weight > 0.0 else np.float32(0.0)
            moved += abs(hands - handed[slot, lane]) * weight
            onward[slot, lane] = hands
    return moved


@compiled
def add_moments(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, handed: np.ndarray,
    damping: float, seed: int, times: np.ndarray, slots: np.ndarray, target: int,
    teleport: np.ndarray, values: np.ndarray, moments: np.ndarray, first: int, last: int,
) -> None:  # fmt: skip
    """Adds to `moments` the sum over replicas of ln of the value of rows `first` to `last` - 1 by
    their value before, and of its square."""
    drawn, total = np.empty(LANES, np.float32), np.empty(LANES, np.float32)
    for row in range(first, last):
        for lane in range(LANES):
            total[lane] = 0.0
        for at in range(starts[row], starts[row + 1]):
            slot = slots[ids[at]]
            draw(slot, target + row, seed, times, drawn)
            weight = weights[at] if len(weights) else np.float32(1.0)
            for lane in range(LANES):
                total[lane] += handed[slot, lane] * drawn[lane] * weight
        for lane in range(LANES):
            value = teleport[row] + damping * total[lane]
            if value > 0.0 and values[row] > 0.0:
                off = np.log(value / values[row])
                moments[0, row] += off
                moments[1, row] += off * off
