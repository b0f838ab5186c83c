"""Months as people write them, in every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.errors import UsageError
from backref.faces.query.calendar import Month, month

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu"]


@given(st.integers(1990, 2100), st.integers(1, 12), st.sampled_from(ZONES))
def test_a_month_has_all_its_days_and_follows_the_one_before(year: int, number: int, zone: str):
    found = Month(year, number)
    period = found.period(zone)
    assert period.days == {"day_lo": found.first, "day_hi": found.last}
    assert found.first.day == 1
    assert (found.last + timedelta(days=1)).day == 1
    assert found.before.period(zone).end == period.start
    first = period.start.astimezone(UTC) + timedelta(microseconds=1)
    assert first.astimezone(ZoneInfo(zone)) == datetime(year, number, 1, tzinfo=ZoneInfo(zone))


def test_what_a_month_is_compared_with():
    assert Month(2026, 1).compared("previous") == Month(2025, 12)
    assert Month(2026, 1).compared("year") == Month(2025, 1)
    assert Month(2026, 1).compared("none") is None
    with pytest.raises(UsageError, match="choose one of previous, year, none"):
        Month(2026, 1).compared("week")


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-10", "2026-1", "", "2026-10-01", "x"])
def test_what_is_no_month_is_refused(text: str):
    with pytest.raises(UsageError, match="is not a month"):
        month(text, "UTC", NOW)


def test_a_month_that_has_not_begun_is_refused_by_the_zones_own_day():
    eve = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert month("2026-12", "Pacific/Auckland", eve).first == date(2026, 12, 1)
    with pytest.raises(UsageError, match="December 2026 has not begun"):
        month("2026-12", "UTC", eve)
