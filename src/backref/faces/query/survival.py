"""How long a site's links live: by how they were acquired, by vendor and by place on the page."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.ledger.survival import Estimate, Expectation, Life, survival

if TYPE_CHECKING:
    import pyarrow as pa

    from backref.faces.query.view import View

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
    costs = list(
        zip(*(held.column(name).to_pylist() for name in ("cost", "currency")), strict=True)
    )
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    rows = [
        _row(name, [lives[place] for place in places], [costs[place] for place in places])
        for name, places in [(ALL, list(range(len(lives)))), *ordered]
    ]
    return first(rows, limit)


def lives_of(held: pa.Table) -> list[Life]:
    """The lives of `lives.sql`, in its order."""
    lived, lost = (_days(held, until) for until in ("lived", "lost"))
    return [
        Life(low, None if np.isnan(high) else max(low, high))
        for low, high in zip(lived.tolist(), lost.tolist(), strict=True)
    ]


def _days(held: pa.Table, until: str) -> Any:
    """Days from when links were first seen; not a number where there is no end."""
    passed = pc.subtract(held.column(until), held.column("born")).cast("int64")
    return passed.to_numpy().astype(float) / (timedelta(days=1) / timedelta(microseconds=1))


def _row(name: str, lives: list[Life], costs: list[tuple[float | None, str | None]]) -> SurvivalRow:
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


def _costs(lives: list[Life], costs: list[tuple[float | None, str | None]]) -> dict[str, float]:
    """What a month of the paid links' lives has cost, by currency."""
    spent: defaultdict[str, float] = defaultdict(float)
    lived: defaultdict[str, float] = defaultdict(float)
    for life, (cost, currency) in zip(lives, costs, strict=True):
        if cost:
            spent[currency or ""] += cost
            lived[currency or ""] += life.low + ((life.high or life.low) - life.low) / 2
    return {
        name: round(spent[name] / (lived[name] / MONTH), 6) for name in sorted(spent) if lived[name]
    }


class Remaining:
    """What living links may still expect, as those do that came about in the same way; where too
    few of these were lost, as all do."""

    def __init__(self, view: View) -> None:
        held = view.table("lives.sql")
        lives = lives_of(held)
        ways: defaultdict[str, list[Life]] = defaultdict(list)
        for way, life in zip(held.column("acquired").to_pylist(), lives, strict=True):
            ways[way].append(life)
        self._ways = {way: Expectation(own) for way, own in ways.items()}
        self._all = Expectation(lives)

    def days(self, acquired: str | None, age: float) -> Estimate | None:
        """The days that a link of this age may expect; None where nothing can be said."""
        own = self._ways.get(acquired or "not known")
        return (own and own.at(age)) or self._all.at(age)
