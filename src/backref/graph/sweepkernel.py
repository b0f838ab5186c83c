"""One sweep over a graph: every node sums what the nodes that link to it hand on.

Formula: t(v) = a * sum over u -> v of c(u) * w(u, v), where c(u) is what u hands on for each unit
of weight, its value divided by the sum of its weights. Sums are float64; contributions are float32
or float64, as the caller likes. Nodes whose `inverse` is 0 link nowhere: they are left out.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.prefetch import AHEAD, prefetch


@compiled
def gather(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, contributions: np.ndarray, row: int
) -> float:
    """What the neighbours of one row hand on to it; weights of length 0 stand for ones."""
    total, last = 0.0, len(ids) - AHEAD
    if len(weights) == 0:
        for at in range(starts[row], starts[row + 1]):
            if at < last:
                prefetch(contributions, np.int64(ids[at + AHEAD]))
            total += contributions[ids[at]]
    else:
        for at in range(starts[row], starts[row + 1]):
            if at < last:
                prefetch(contributions, np.int64(ids[at + AHEAD]))
            total += contributions[ids[at]] * weights[at]
    return total


@compiled
def add_terms(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, contributions: np.ndarray,
    damping: float, inverse: np.ndarray, place: np.ndarray, values: np.ndarray,
    handed: np.ndarray, first: int, last: int,
) -> float:  # fmt: skip
    """The next term of rows `first` to `last` - 1 is added to their values and handed on; returns
    the sum of the terms' sizes."""
    size = 0.0
    for row in range(first, last):
        if inverse[row] == 0.0:
            continue
        term = damping * gather(starts, ids, weights, contributions, row)
        values[row] += term
        handed[place[row]] = term * inverse[row]
        size += abs(term)
    return size


@compiled
def find_residuals(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, contributions: np.ndarray,
    damping: float, inverse: np.ndarray, place: np.ndarray, values: np.ndarray,
    teleport: np.ndarray, handed: np.ndarray, first: int, last: int,
) -> float:  # fmt: skip
    """By how much rows `first` to `last` - 1 miss teleport + a * (what is handed to them): added
    to their values and handed on; returns the sum of its sizes."""
    size = 0.0
    for row in range(first, last):
        if inverse[row] == 0.0:
            continue
        missing = teleport[row] + damping * gather(starts, ids, weights, contributions, row)
        missing -= values[row]
        values[row] += missing
        handed[place[row]] = missing * inverse[row]
        size += abs(missing)
    return size


@compiled
def hand_on(values: np.ndarray, inverse: np.ndarray, place: np.ndarray, handed: np.ndarray) -> None:
    """What each row hands on for a unit of weight."""
    for row in range(len(values)):
        if inverse[row] != 0.0:
            handed[place[row]] = values[row] * inverse[row]


@compiled
def fill_leaves(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, contributions: np.ndarray,
    slots: np.ndarray, damping: float, leaf: np.ndarray, teleport: np.ndarray,
    values: np.ndarray, first: int, last: int,
) -> None:  # fmt: skip
    """Values of those of rows `first` to `last` - 1 that link nowhere; `slots` tells where the
    contribution of each neighbour lies."""
    for row in range(first, last):
        if not leaf[row]:
            continue
        total = 0.0
        for at in range(starts[row], starts[row + 1]):
            weight = weights[at] if len(weights) else 1.0
            total += contributions[slots[ids[at]]] * weight
        values[row] = teleport[row] + damping * total


@compiled
def carry(
    starts: np.ndarray, ids: np.ndarray, weights: np.ndarray, contributions: np.ndarray,
    damping: float, carried: np.ndarray, first: int, last: int,
) -> None:  # fmt: skip
    """What rows `first` to `last` - 1 are handed, damped."""
    for row in range(first, last):
        carried[row] = damping * gather(starts, ids, weights, contributions, row)


@compiled
def rename(
    starts: np.ndarray, ids: np.ndarray, slots: np.ndarray, nowhere: int, wanted: np.ndarray,
    into_starts: np.ndarray, into: np.ndarray, first: int, last: int,
) -> int:  # fmt: skip
    """Copies the rows numbered `wanted[first:last]`, with the slot of each neighbour for its id;
    returns how many neighbours have no slot."""
    without = 0
    for row in range(first, last):
        place = into_starts[row]
        for at in range(starts[wanted[row]], starts[wanted[row] + 1]):
            slot = slots[ids[at]]
            without += slot == nowhere
            into[place] = slot
            place += 1
    return without
