"""People by day and channel, against the period before."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backref.faces.query.period import last

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backref.faces.query.view import View


@dataclass(frozen=True)
class Arrivals:
    """Visits of people of each day of a period. `now` and `before` hold a figure a day, None on
    days without a log; `channels` the visits of each channel in the period and before it."""

    days: tuple[date, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]
    channels: Mapping[str, tuple[float, float]]


def arrivals(view: View, days: int) -> Arrivals:
    """Visits from outside, the last so many days against as many before."""
    period = last(view, days)
    lo, hi = period.before.days["day_lo"], period.days["day_hi"]
    rows = view.rows("arrivals.sql", site=view.site.name, day_lo=lo, day_hi=hi)
    first = period.days["day_lo"]
    by_day: dict[date, float] = {}
    channels: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        by_day[row["day"]] = by_day.get(row["day"], 0.0) + row["visits"]
        if row["visits"]:
            channels[row["channel"]][row["day"] < first] += row["visits"]
    shown = tuple(first + timedelta(days=at) for at in range((hi - first).days + 1))
    ago = timedelta(days=days)
    return Arrivals(
        shown,
        tuple(by_day.get(day) for day in shown),
        tuple(by_day.get(day - ago) for day in shown),
        {
            name: (now, before)
            for name, (now, before) in sorted(channels.items(), key=lambda item: -item[1][0])
        },
    )
