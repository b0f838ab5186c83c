"""What a node's value loses when one of those that link to it no longer does.

Formula, for each source u alone: x'(t) - x(t) = x(u) * d / (1 - e) with
d = a * sum over v of (P'(u, v) - P(u, v)) M(v, t) and e the same sum of M(v, u): what u hands on in
another way, carried to t by the flow as it was, and what of that comes back to u. Without its link
to t, u hands the same to the others that it links to; if t was its only one, it hands on nothing.

`removals` leaves e out, so that one reverse push from t answers for all sources at once: exact
where nothing of what u hands on comes back to it, else too small by the part e of the answer.
whatif.py answers for any changes within a bound.

Reference: Sherman and Morrison 1950, for the rank-one change of an inverse; push.py for M.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backref.graph.push import Network, Nodes, Vector

CRUMB = 1e-6
"""What is left of a node's weights below this part of their sum is rounding."""


def removals(graph: Network, target: int, sources: Nodes, toward: Vector, values: Vector) -> Vector:
    """By how much the target's value changes when each of the sources, alone, drops its link to
    it. `toward` is M(v, target) as a reverse push settled it, `values` those of PageRank."""
    rows = graph.outgoing(sources)
    row = np.repeat(np.arange(len(sources)), np.diff(rows.starts))
    weights = np.ones(rows.edges) if rows.weights is None else np.asarray(rows.weights, np.float64)
    sums = np.bincount(row, weights, len(sources))
    dropped = np.bincount(row, weights * (rows.ids == target), len(sources))
    carried = np.bincount(row, weights * toward[rows.ids], len(sources))
    left = sums - dropped
    left[left <= CRUMB * sums] = 0.0
    before = _divided(carried, sums)
    after = _divided(np.maximum(carried - dropped * toward[target], 0.0), left)
    return np.asarray(graph.damping * values[sources] * (after - before), np.float64)


def _divided(part: NDArray[Any], whole: NDArray[Any]) -> Vector:
    return np.asarray(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0.0), float)
