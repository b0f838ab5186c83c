"""Digests and quiet hours, against a clock that is walked minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.errors import UsageError
from backref.watch import timing

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")


@pytest.mark.parametrize(
    ("found", "digest", "quiet", "due"),
    [
        ("2026-11-23T10:15", "", "", "2026-11-23T10:15"),
        ("2026-11-23T10:15", "now", "22-7", "2026-11-23T10:15"),
        ("2026-11-23T23:15", "", "22-7", "2026-11-24T07:00"),
        ("2026-11-23T03:00", "", "22:00-07:00", "2026-11-23T07:00"),
        ("2026-11-23T07:00", "", "22:00-07:00", "2026-11-23T07:00"),
        ("2026-11-23T13:00", "", "12-14", "2026-11-23T14:00"),
        ("2026-11-23T08:01", "08:00", "", "2026-11-24T08:00"),
        ("2026-11-23T08:00", "08:00", "", "2026-11-23T08:00"),
        ("2026-11-23T09:00", "mon 8", "", "2026-11-30T08:00"),
        ("2026-11-23T09:00", "Friday 08:30", "", "2026-11-27T08:30"),
        ("2026-11-23T09:00", "06:00", "22-7", "2026-11-24T07:00"),
    ],
)
def test_when_to_tell(found: str, digest: str, quiet: str, due: str) -> None:
    at = datetime.fromisoformat(found).replace(tzinfo=UTC)
    assert timing.due(at, "UTC", digest, quiet) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_that_night() -> None:
    at = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    due = timing.due(at, "Europe/Berlin", "", "22:00-02:30")
    assert due == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["8:60", "25:00", "someday 08:00", "mon", "08:00 mon", "daily"])
def test_what_is_no_digest_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="digest"):
        timing.digest(text)


@pytest.mark.parametrize("text", ["22", "22-", "7-7", "22:00-25:00", "night"])
def test_what_are_no_quiet_hours_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="quiet"):
        timing.quiet(text)


def test_texts_are_kept_in_one_spelling() -> None:
    assert timing.digest_text("Monday 8") == "mon 08:00"
    assert timing.quiet_text("22\u20137:30") == "22:00-07:30"
    assert timing.digest_text("NOW") == timing.quiet_text(" ") == ""


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 60 * 24 * 700),
    st.sampled_from(ZONES),
    st.sampled_from(["", "08:00", "23:30", "sun 02:30"]),
    st.sampled_from(["", "22:00-07:00", "12:00-13:00"]),
)
def test_what_is_told_is_late_enough_and_never_in_quiet_hours(
    minutes: int, zone: str, digest: str, quiet: str
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    due = timing.due(at, zone, digest, quiet)
    assert at <= due <= at + timedelta(days=8, hours=12)
    hours = timing.quiet(quiet)
    assert hours is None or not hours.covers(due.astimezone(ZoneInfo(zone)).time())
