"""The lifeline: 52 weeks of what is known about a link, and the people of the same weeks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WEEKS = 52
STRENGTH = {"lost": 5, "verified": 4, "archive": 3, "reported": 2, "vendor": 1}
UNCHECKED = ""


class Run(NamedTuple):
    """Weeks with the same evidence, from Monday to Monday; an open run has no end."""

    week_lo: date
    week_hi: date | None
    cell: str
    nofollow: bool | None = False


def monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks(until: date, count: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the last `count` weeks, oldest first, the last one holding `until`."""
    last = monday(until)
    return tuple(last - timedelta(weeks=back) for back in range(count - 1, -1, -1))


def cells(runs: Iterable[Run], shown: tuple[date, ...]) -> tuple[str, ...]:
    """One cell a week of `shown`: the strongest evidence of that week, or nothing.

    A proven absence is stronger than a presence in the same week, since runs of presence end
    where they were refuted; a presence that was seen is stronger than anybody's word.
    """
    shows = [UNCHECKED] * len(shown)
    first = shown[0]
    for run in sorted(runs, key=lambda run: (STRENGTH.get(run.cell, 0), _named(run))):
        begin = max(0, (run.week_lo - first).days // 7)
        end = len(shown) if run.week_hi is None else (run.week_hi - first).days // 7 + 1
        end = min(end, len(shown))
        if begin < end:
            shows[begin:end] = [_named(run)] * (end - begin)
    return tuple(shows)


def _named(run: Run) -> str:
    hinted = run.nofollow and run.cell not in ("lost", "reported")
    return f"{run.cell} nofollow" if hinted else run.cell


def weekly(visits: Mapping[date, float], shown: tuple[date, ...]) -> tuple[float, ...]:
    """The visits of each week of `shown`, zero where there was none."""
    return tuple(visits.get(week, 0.0) for week in shown)
