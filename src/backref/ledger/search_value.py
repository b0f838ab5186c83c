"""What a link is worth to search, as a share of the site's whole search value.

Before ranks of its own exist, Backref rests on a published rating of the referring domain (the
vendor's word, 0 to 100, named beside every figure). For a live link l of referring domain d:

    w(l) = 10^(rating(d) / 20) / n(d) · follow(l) · place(l)        share(l) = w(l) / Σ w

where n(d) is the number of d's live links to the site. Such ratings are logarithmic: by
convention twenty points are worth ten times as much. `follow` is 0.1 for links that say
nofollow, ugc or sponsored, or whose page is kept out of indexes, since search engines treat
those as hints; `place` is a reasonable surfer's weight of the spot on the page (US patent
7,716,225). These weights are choices, not measurements. Links that are not live have the share
0; links of an unrated domain have none, which is not the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref import data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

POINTS_PER_TENFOLD = 20.0
HINTED = 0.1
PLACEMENT_WEIGHTS = {
    row["placement"]: float(row["weight"]) for row in data.table("placement_weights.csv")
}


def linear(rating: float) -> float:
    """A logarithmic rating from 0 to 100 on a linear scale: 20 points are a factor of ten."""
    return float(10.0 ** (rating / POINTS_PER_TENFOLD))


def placement_weight(placement: str | None) -> float:
    """How likely a reader clicks there, content being 1; unknown places count half."""
    return PLACEMENT_WEIGHTS[placement or "unknown"]


def shares(
    domains: Sequence[str],
    ratings: NDArray[np.float64],
    live: NDArray[np.bool_],
    followed: NDArray[np.bool_],
    placements: Sequence[str | None],
) -> NDArray[np.float64]:
    """Each link's share of the search value, NaN where its domain has no rating (NaN).

    All arguments are as long as there are links. The shares of live, rated links sum to one.
    """
    weights = 10.0 ** (ratings / POINTS_PER_TENFOLD)
    weights *= np.where(followed, 1.0, HINTED)
    weights *= np.fromiter(map(placement_weight, placements), np.float64, len(placements))
    weights /= _live_links_of_its_domain(domains, live)
    weights[~live & ~np.isnan(ratings)] = 0.0
    total = np.nansum(weights)
    return weights / total if total > 0 else weights


def _live_links_of_its_domain(
    domains: Sequence[str], live: NDArray[np.bool_]
) -> NDArray[np.float64]:
    if not len(domains):
        return np.ones(0)
    _, number = np.unique(np.asarray(domains, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(number, weights=live.astype(np.float64))
    return np.maximum(counts[number], 1.0)
