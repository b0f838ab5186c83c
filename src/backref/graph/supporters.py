"""From how near a node's rank comes.

Formulas, a being the damping, P the transition (pagerank.py), x its solution under uniform v:
- Truncated PageRank: the part of x that comes over paths of more than T links,
  x_T = sum over t > T of (a P)^t v. A node whose x_T / x is small has its rank from its nearest
  neighbourhood, as a link farm's target has.
- Supporters at distance d: the nodes that reach it over at most d links, |B_d|, from harmonic.py.
- Bottleneck: the smallest growth of those balls, b = min over j <= d of |B_j| / |B_(j-1)|, with
  |B_0| = 1. A farm's is near one.

Conventions: as in pagerank.py the rank that flows into nodes without links does not flow on, and
x_T / x does not depend on that. T is 1 to 4.

Reference: Becchetti, Castillo, Donato, Baeza-Yates and Leonardi, Link Analysis for Web Spam
Detection, ACM TWEB 2 (1), 2008.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.graph.pagerank import DAMPING, one_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from backref.graph.rows import Rows
    from backref.graph.transition import Blocks

    Vector = NDArray[np.float64]

STEPS = 4


def truncated(
    incoming: Rows | Blocks,
    out: NDArray[np.generic],
    values: Vector,
    damping: float = DAMPING,
    workers: int | None = None,
) -> Iterator[NDArray[np.float32]]:
    """x_T / x for T = 1 to 4, one after the other; `values` is x, exact to the residual that it
    was solved to. One sweep each."""
    term = np.ones(len(values))
    left = values - term
    step = one_step(incoming, out, damping, workers)
    for _ in range(STEPS):
        term = step(term)
        left -= term
        yield np.maximum(left / values, 0.0).astype(np.float32)


def bottleneck(balls: NDArray[np.floating]) -> NDArray[np.float32]:
    """The smallest growth of each node's balls; `balls` has a row for each radius."""
    before = np.vstack((np.ones_like(balls[:1]), balls[:-1]))
    return np.asarray((balls / before).min(axis=0), np.float32)
