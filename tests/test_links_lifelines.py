"""Lifelines: the weeks of a link, run by run."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from links_facts import UNDATED, day, derived, folded, hours
from one_link import missed, reported, seen

if TYPE_CHECKING:
    from backref.lake.engine import Engine


def monday(weeks: int) -> date:
    return date(2026, 1, 5) + timedelta(days=7 * weeks)


def week(number: float) -> Any:
    return hours(number * 7 * 24)


LIVES = {
    "archives and checks run week by week": (
        [seen(week(0)), seen(week(1)), seen(week(3)), seen(week(1), "check")],
        [("archive", 0, 1), ("archive", 3, 3), ("verified", 1, 1)],
    ),
    "a change of nofollow begins a new run": (
        [seen(week(0), nofollow=False), seen(week(1), nofollow=True)],
        [("archive", 0, 0), ("archive", 1, 1)],
    ),
    "a vendor claims all between": (
        [seen(day(0), "ahrefs"), seen(day(30), "ahrefs"), seen(day(60), "majestic")],
        [("vendor", 0, 4), ("vendor", 8, 8)],
    ),
    "a vendor's own report ends its claim": (
        [
            seen(day(0), "ahrefs"),
            seen(day(14), "ahrefs"),
            reported(day(21)),
            seen(day(42), "ahrefs"),
        ],
        [("vendor", 0, 2), ("reported", 3, 5), ("vendor", 6, 6)],
    ),
    "lost until now": (
        [seen(week(0)), missed(week(2)), missed(week(3))],
        [("archive", 0, 0), ("lost", 2, None)],
    ),
    "lost until seen again": (
        [seen(week(0)), missed(week(2)), missed(week(3)), seen(week(6)), missed(week(7))],
        [("archive", 0, 0), ("lost", 2, 5), ("archive", 6, 6)],
    ),
    "undated": ([seen(UNDATED, "list"), reported(UNDATED)], []),
}


@pytest.mark.parametrize(("rows", "runs"), LIVES.values(), ids=LIVES)
def test_lifelines(engine: Engine, rows: list[Any], runs: list[Any]) -> None:
    found = [
        (row["cell"], row["week_lo"], row["week_hi"])
        for row in derived(folded(engine, rows), "lifelines")
    ]
    expected = [
        (cell, monday(first), None if last is None else monday(last)) for cell, first, last in runs
    ]
    assert sorted(found, key=str) == sorted(expected, key=str)
