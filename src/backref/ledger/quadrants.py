"""Backlinks against referral links: where each referring domain stands, and which matter more.

A referring domain is *strong in search* when it belongs to the smallest set of domains that
together carry 80 % of the search value, and *strong in people* when it belongs to the smallest
set that together brought 80 % of the engaged visits; equals of the last member are in. Both
sides are cut by the same rule, so that neither scale favours one of them.

A domain's search value is its share: the sum of its live links' shares, which is also what the
chart plots. A rated domain whose links are gone carries nothing now and has the share 0; one
without a rating has none, and is not measurable.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.ledger.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CARRIED = 0.8
TOP = 10
ENOUGH = 10
"""So many domains are compared at least."""
ENOUGH_CONVERSIONS = 10
ENOUGH_ENGAGED = 30
"""Of fewer, nothing is said about which matters more."""

CHAMPIONS = "champions"
AUTHORITY_ONLY = "authority only"
PEOPLE_ONLY = "people only"
NEITHER = "neither"
NOT_MEASURABLE = "not measurable"
QUADRANTS = (CHAMPIONS, AUTHORITY_ONLY, PEOPLE_ONLY, NEITHER, NOT_MEASURABLE)


@dataclass(frozen=True)
class Standing:
    """A referring domain's share of the search value (None unrated), its engaged visits (None
    when they cannot be measured), and whether it still links."""

    domain: str
    search: float | None
    engaged: float | None
    linking: bool = True

    @property
    def measurable(self) -> bool:
        """Whether both sides are known."""
        return self.search is not None and self.engaged is not None


@dataclass(frozen=True)
class Overlap:
    """How far the two orders agree among the domains that both sides know."""

    top: int
    shared: int | None
    correlation: float | None


@dataclass(frozen=True)
class Flow:
    """Engaged visits and conversions that came by links, and those that came by search."""

    by_links: float
    by_search: float
    links_converted: float
    search_converted: float


def quadrants(domains: Sequence[Standing]) -> dict[str, str]:
    """The quadrant of each domain; those that are gone are placed, but move no bar."""
    known = [domain for domain in domains if domain.measurable and domain.linking]
    search_bar = _carrying([domain.search or 0 for domain in known])
    visits_bar = _carrying([domain.engaged or 0 for domain in known])
    named = {
        (True, True): CHAMPIONS,
        (True, False): AUTHORITY_ONLY,
        (False, True): PEOPLE_ONLY,
        (False, False): NEITHER,
    }
    return {
        domain.domain: named[
            (domain.search or 0) >= search_bar, (domain.engaged or 0) >= visits_bar
        ]
        if domain.measurable
        else NOT_MEASURABLE
        for domain in domains
    }


def _carrying(values: Sequence[float]) -> float:
    """The smallest value of the fewest largest that carry `CARRIED` of the sum."""
    total, carried = sum(values), 0.0
    for value in sorted(values, reverse=True):
        carried += value
        if value > 0 and carried >= CARRIED * total * (1 - 1e-12):
            return value
    return float("inf")


def counts(placed: Mapping[str, str]) -> dict[str, int]:
    """How many domains each quadrant holds, all quadrants named."""
    found = Counter(placed.values())
    return {name: found[name] for name in QUADRANTS}


def overlap(domains: Sequence[Standing]) -> Overlap:
    """How many of the ten best by each side coincide, and Spearman's rank correlation.

    Neither is said of fewer than ten domains that both sides know; a domain without a single
    engaged visit is never among the best by people, nor one of no search value by search.
    """
    known = [domain for domain in domains if domain.measurable]
    if len(known) < ENOUGH:
        return Overlap(TOP, None, None)
    by_search = sorted(
        (one for one in known if one.search), key=lambda one: (-(one.search or 0), one.domain)
    )[:TOP]
    by_people = sorted(
        (one for one in known if one.engaged), key=lambda one: (-(one.engaged or 0), one.domain)
    )[:TOP]
    shared = len({one.domain for one in by_search} & {one.domain for one in by_people})
    return Overlap(
        TOP, shared, spearman([one.search for one in known], [one.engaged for one in known])
    )


def spearman(left: Sequence[float | None], right: Sequence[float | None]) -> float | None:
    """Pearson's correlation of the average ranks; None when one side is all equal."""
    a, b = _ranks(left), _ranks(right)
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / scale if scale > 0 else None


def _ranks(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    array = np.asarray(values, dtype=np.float64)
    _, inverse, tallies = np.unique(array, return_inverse=True, return_counts=True)
    last = np.cumsum(tallies)
    average: np.ndarray[tuple[int], np.dtype[np.float64]] = (last - (tallies - 1) / 2)[inverse]
    return average


def sentence(
    flow: Flow | None,
    agreement: Overlap,
    *,
    period: str = "",
    since: str = "",
    linked: bool = True,
) -> str:
    """One sentence: which of backlinks and referral links matters more here, and the evidence.

    Backlinks work through search, referral links through the people who follow them, so what
    search brought is the most that backlinks can have brought: search works without them too.
    `period` names the days of the flow and `since` those of the overlap; `linked` is whether any
    backlink is known.
    """
    verdict = _verdict(flow, f" ({period})" if period else "") if linked else UNLINKED
    return f"{verdict}; {_agreement(agreement, since)}."


CANNOT = "Which matters more here cannot be told"
UNLINKED = f"{CANNOT}, for no backlink is known: import a crawl or a backlink export"


def _verdict(flow: Flow | None, days: str) -> str:
    if flow is None:
        return (
            f"{CANNOT} without a log of the period{days}: "
            "import access logs to see the people that links bring"
        )
    leads = flow.links_converted + flow.search_converted
    if leads >= ENOUGH_CONVERSIONS:
        return _compare(flow.links_converted, leads, "conversions", days)
    engaged = flow.by_links + flow.by_search
    if engaged >= ENOUGH_ENGAGED:
        return _compare(flow.by_links, engaged, "engaged visits", days)
    return f"{CANNOT}: only {engaged:,.0f} engaged visits came by links or by search{days}"


def _compare(by_links: float, total: float, unit: str, days: str) -> str:
    low, high = wilson(by_links, total) or (0.0, 1.0)
    evidence = (
        f"links themselves brought {by_links:,.0f} of the {total:,.0f} {unit} that came by links "
        f"or by organic search{days}, which is {low * 100:.0f} to {high * 100:.0f} % "
        "at 95 % confidence"
    )
    if low > 0.5:
        return f"Referral links matter more here than backlinks' effect on search: {evidence}"
    if high < 0.5:
        return f"Search, and so backlinks, matters more here than referral links: {evidence}"
    return f"Backlinks and referral links matter about alike here: {evidence}"


def _agreement(agreement: Overlap, since: str) -> str:
    if agreement.shared is None:
        return "too few referring domains are known on both sides to say how much they overlap"
    top = agreement.top
    people = f"by people since {since}" if since else "by people"
    spoken = f"of the {top} best domains by search value and the {top} best {people}, "
    spoken += f"{agreement.shared} coincide" if agreement.shared != 1 else "1 coincides"
    if agreement.correlation is None:
        return spoken
    return f"{spoken} (rank correlation {agreement.correlation:.2f})"
