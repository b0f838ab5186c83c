"""What a link is worth to search, as a share of the site's whole search value.

For a live link l of referring domain d:

    w(l) = v(d) / n(d) · follow(l) · place(l)        share(l) = w(l) / Σ w

where n(d) is the number of d's live links to the site, and v(d) what d hands on by the foremost
ranked graph: its PageRank over the number of domains that it links to. A domain that the graph
does not know has a published rating in its place (the vendor's word, 0 to 100, named beside every
figure). Such ratings are logarithmic: by convention twenty points are worth ten times as much, so
that v(d) = c · 10^(rating(d) / 20). Of the domains that have both, c is the middle of what they
hand on over 10^(rating / 20), so that both kinds stand on one scale; where no domain has both, the
middle domains of the two kinds are taken for equals. Without any graph c is 1.

`follow` is 0.1 for links that say nofollow, ugc or sponsored, or whose page is kept out of
indexes, since search engines treat those as hints; `place` is a reasonable surfer's weight of the
spot on the page (US patent 7,716,225). These weights are choices, not measurements. Links that are
not live have the share 0; links of a domain that neither a graph knows nor anybody rates have none,
which is not the same.
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


def placement_weight(placement: str | None) -> float:
    """How likely a reader clicks there, content being 1; unknown places count half."""
    return PLACEMENT_WEIGHTS[placement or "unknown"]


def values(
    domains: Sequence[str], handed_on: NDArray[np.float64], ratings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What each link's domain hands on, by the graph or on its scale by a rating; NaN where both
    are NaN. All arguments are as long as there are links."""
    rated = 10.0 ** (ratings / POINTS_PER_TENFOLD)
    _, first = np.unique(np.asarray(domains, str), return_index=True)
    factor = _calibration(handed_on[first], rated[first])
    return np.where(np.isnan(handed_on), rated * factor, handed_on)


def _calibration(handed_on: NDArray[np.float64], rated: NDArray[np.float64]) -> float:
    """What a rating's value is multiplied with; a row a domain."""
    known = ~np.isnan(handed_on)
    both, alone = known & ~np.isnan(rated), ~known & ~np.isnan(rated)
    if both.any():
        return float(np.median(handed_on[both] / rated[both]))
    if known.any() and alone.any():
        return float(np.median(handed_on[known]) / np.median(rated[alone]))
    return 1.0


def shares(
    domains: Sequence[str],
    values: NDArray[np.float64],
    live: NDArray[np.bool_],
    followed: NDArray[np.bool_],
    placements: Sequence[str | None],
) -> NDArray[np.float64]:
    """Each link's share of the search value, NaN where what its domain hands on is not known (NaN).

    All arguments are as long as there are links. The shares of live links with a value sum to one.
    """
    weights = values * np.where(followed, 1.0, HINTED)
    weights *= np.fromiter(map(placement_weight, placements), np.float64, len(placements))
    weights /= _live_links_of_its_domain(domains, live)
    weights[~live & ~np.isnan(values)] = 0.0
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
