"""How long a site's links live: by how they were acquired, by vendor and by place on the page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.faces.query.lives import lives_of
from backref.ledger.survival import survival

if TYPE_CHECKING:
    from backref.faces.query.view import View
    from backref.ledger.survival import Estimate, Lives, Survival

BY = {"acquired": "acquired", "vendor": "vendor", "placement": "position"}
ALL = "all links"
MONTH = 365.25 / 12
DAYS = (90, 180, 365)
NOT_ENOUGH = "not enough data"


@dataclass(frozen=True)
class SurvivalRow:
    """A group of links that somebody dated: how many there are, how many of them are proved to be
    lost, the months that all of them were seen to live, and the parts that live for 90, 180 and
    365 days after they were first seen. `median_days` is what half of them do not reach, None
    where `median_why` says why. `costs_per_month` is what a month that a paid one lived has cost so
    far, by currency. Intervals are of 95 % and hold whenever between two looks each was lost."""

    group: str
    links: int
    lost: int
    months: float
    share_90: float | None
    share_90_low: float | None
    share_90_high: float | None
    share_180: float | None
    share_180_low: float | None
    share_180_high: float | None
    share_365: float | None
    share_365_low: float | None
    share_365_high: float | None
    median_days: float | None
    median_low: float | None
    median_high: float | None
    median_why: str
    costs_per_month: dict[str, float]


def survivals(view: View, by: str, *, limit: int | None = None) -> Answer[SurvivalRow]:
    """All links, then their groups, the largest first."""
    one_of(by, tuple(BY), "grouping")
    held = view.table("lives.sql")
    lives = lives_of(held)
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(held.column(BY[by]).to_pylist()):
        groups[name].append(place)
    costs = list(zip(*(held[name].to_pylist() for name in ("cost", "currency")), strict=True))
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    rows = [
        _row(name, lives.some(np.asarray(places, int)), [costs[place] for place in places])
        for name, places in [(ALL, list(range(len(costs)))), *ordered]
    ]
    return first(rows, limit)


def curve(view: View) -> Survival:
    """The curve of all links that somebody dated."""
    return survival(lives_of(view.table("lives.sql")))


def _row(name: str, lives: Lives, costs: list[tuple[float | None, str | None]]) -> SurvivalRow:
    found = survival(lives)
    shares: dict[str, float | None] = {}
    for day in DAYS:
        shares |= _told(f"share_{day}", found.share(day), digits=6)
    median = found.median
    return SurvivalRow(
        group=name,
        links=found.links,
        lost=found.lost,
        months=round(found.days / MONTH, 3),
        **shares,
        median_days=median and round(median.value, 3),
        median_low=median and median.low and round(median.low, 3),
        median_high=median and median.high and round(median.high, 3),
        median_why="" if median else NOT_ENOUGH,
        costs_per_month=_costs(lives, costs),
    )


def _told(name: str, estimate: Estimate | None, digits: int) -> dict[str, float | None]:
    ends = estimate or (None, None, None)
    values = (None if end is None else round(end, digits) for end in ends)
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _costs(lives: Lives, costs: list[tuple[float | None, str | None]]) -> dict[str, float]:
    """What a month of the paid links' lives has cost, by currency."""
    spent: defaultdict[str, float] = defaultdict(float)
    lived: defaultdict[str, float] = defaultdict(float)
    for days, (cost, currency) in zip(lives.ends(0.5).tolist(), costs, strict=True):
        if cost:
            spent[currency or ""] += cost
            lived[currency or ""] += days
    return {
        name: round(spent[name] / (lived[name] / MONTH), 6) for name in sorted(spent) if lived[name]
    }
