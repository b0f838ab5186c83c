from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.visits.days import site_days

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Africa/Cairo"]


@pytest.mark.parametrize(
    ("zone", "day", "begins", "hours"),
    [
        ("UTC", date(2026, 3, 29), "2026-03-29T00:00", 24),
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00", 23),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00", 25),
        ("America/New_York", date(2026, 1, 7), "2026-01-07T05:00", 24),
    ],
)
def test_when_a_day_begins_and_how_long_it_is(
    zone: str, day: date, begins: str, hours: int
) -> None:
    [row] = site_days([day], zone).to_pylist()
    assert row["begins"] == datetime.fromisoformat(begins).replace(tzinfo=UTC)
    assert row["ends"] - row["begins"] == timedelta(hours=hours)


@given(st.sampled_from(ZONES), st.lists(st.dates(), max_size=20))
def test_days_are_told_once_and_touch_the_next(zone: str, days: list[date]) -> None:
    rows = site_days(days, zone).to_pylist()
    assert [row["day"] for row in rows] == sorted({row["day"] for row in rows})
    assert {row["day"] for row in rows} >= {day for day in days if 2 < day.year < 9998}
    for before, after in pairwise(rows):
        assert before["begins"] <= before["ends"] <= after["begins"]
        touching = after["day"] - before["day"] == timedelta(days=1)
        assert (before["ends"] == after["begins"]) is touching or not touching
