"""Pushes: what waits at some nodes is settled there, and its damped share waits at neighbours.

Formula, forward (along links): p(u) += r(u); r(w) += a * r(u) * w(u, w) / W(u) for each u -> w.
Reverse (against links): p(u) += r(u); r(w) += a * r(u) * w(w, u) / W(w) for each w -> u.
W(u) is the sum of the weights of u's links, taken as 1 where it is 0. Then r(u) = 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.compiled import compiled

if TYPE_CHECKING:
    import numpy as np


@compiled
def push_forward(
    active: np.ndarray, starts: np.ndarray, ids: np.ndarray, weights: np.ndarray,
    sums: np.ndarray, damping: float, settled: np.ndarray, waiting: np.ndarray,
    touched: np.ndarray, count: int,
) -> int:  # fmt: skip
    """Pushes from the active nodes, whose rows are given, with the sums of their weights. Nodes
    that something came to for the first time (`settled` and `waiting` were 0) are added to
    `touched` behind its first `count`; returns how many it then holds."""
    for row in range(len(active)):
        node = active[row]
        pushed = waiting[node]
        waiting[node] = 0.0
        settled[node] += pushed
        if starts[row] == starts[row + 1]:
            continue
        total = float(sums[row])
        share = damping * pushed / (total if total > 0.0 else 1.0)
        for at in range(starts[row], starts[row + 1]):
            neighbour = ids[at]
            weight = weights[at] if len(weights) else 1.0
            if waiting[neighbour] == 0.0 and settled[neighbour] == 0.0:
                touched[count] = neighbour
                count += 1
            waiting[neighbour] += share * weight
    return count


@compiled
def push_reverse(
    active: np.ndarray, starts: np.ndarray, ids: np.ndarray, weights: np.ndarray,
    sums: np.ndarray, damping: float, settled: np.ndarray, waiting: np.ndarray,
    touched: np.ndarray, count: int,
) -> int:  # fmt: skip
    """As `push_forward`, against links; `sums` are those of all nodes of the graph."""
    for row in range(len(active)):
        node = active[row]
        pushed = waiting[node]
        waiting[node] = 0.0
        settled[node] += pushed
        for at in range(starts[row], starts[row + 1]):
            neighbour = ids[at]
            weight = weights[at] if len(weights) else 1.0
            if waiting[neighbour] == 0.0 and settled[neighbour] == 0.0:
                touched[count] = neighbour
                count += 1
            total = float(sums[neighbour])
            waiting[neighbour] += damping * pushed * weight / (total if total > 0.0 else 1.0)
    return count


@compiled
def copy_rows(
    starts: np.ndarray, ids: np.ndarray, wanted: np.ndarray, into_starts: np.ndarray,
    into: np.ndarray,
) -> None:  # fmt: skip
    """Copies what lies in the wanted rows one after the other."""
    for row in range(len(wanted)):
        place = into_starts[row]
        for at in range(starts[wanted[row]], starts[wanted[row] + 1]):
            into[place] = ids[at]
            place += 1
