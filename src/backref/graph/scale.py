"""Authority: PageRank on a scale that people read, from 0 to 100.

Formula: A(v) = 100 ln x(v) / ln X, cut to 0..100, where x is what pagerank.py solves for, so that
x(v) = 1 for a node that nobody links to, and X = s T is the value of a node on which the share
s = 0.1 of all readers is, T being the sum of x over the graph.

So 0 says that nobody links there, 100 that one reader in ten is there, and equal steps are equal
factors. Both ends mean the same in every graph, and move little between releases of one: from
100 to 120 million nodes a tenfold is 13.5 or 13.6 points. Between graphs of very different size
the points of a tenfold differ: a number is one of its graph, which is named beside it.

X is at least 10, so that in a graph of a handful of nodes a tenfold is not more than the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

SHARE = 0.1
"""Of all readers, where the scale ends."""
LEAST = 10.0


@dataclass(frozen=True)
class Scale:
    """The scale of a graph whose values x sum to `total`."""

    total: float

    @property
    def top(self) -> float:
        """The value that is worth 100 points."""
        return max(LEAST, SHARE * self.total)

    @property
    def points_per_tenfold(self) -> float:
        """By how many points ten times the value is more."""
        return 100.0 * log(10.0) / log(self.top)

    def authority(self, values: ArrayLike) -> NDArray[np.float64]:
        """Values as points; NaN stays NaN."""
        held = np.maximum(np.asarray(values, np.float64), 1.0)
        return np.clip(100.0 * np.log(held) / log(self.top), 0.0, 100.0)

    def values(self, authority: ArrayLike) -> NDArray[np.float64]:
        """Points as values."""
        return np.asarray(np.exp(np.asarray(authority, np.float64) / 100.0 * log(self.top)))
