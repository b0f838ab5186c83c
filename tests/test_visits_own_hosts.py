"""Which own hosts a line of a log speaks of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.visits.own_hosts import OwnHosts

MAIN, OTHER, THIRD = "example.com", "example.de", "oldbrand.test"
SPAN = (date(2026, 3, 1), date(2026, 3, 31))
HOSTS = OwnHosts([MAIN, OTHER, THIRD], {OTHER: SPAN, MAIN: SPAN})
BEFORE, WITHIN, AFTER = date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        (MAIN, True),
        ("blog.example.com", True),
        ("a.b.oldbrand.test", True),
        ("notexample.com", False),
        ("com", False),
        ("example.com.evil.test", False),
        ("web01", False),
        ("192.0.2.1", False),
        ("", False),
        (None, False),
    ],
)
def test_hosts_below_an_own_one_are_own(host: str | None, own: bool) -> None:
    assert HOSTS.own(host) == (host if own else None)


@pytest.mark.parametrize(
    ("logged", "host", "days"),
    [
        (MAIN, MAIN, (BEFORE, WITHIN, AFTER)),
        (MAIN, OTHER, ()),
        (OTHER, MAIN, ()),
        (OTHER, None, (BEFORE, WITHIN, AFTER)),
        (None, None, (BEFORE, WITHIN, AFTER)),
        (None, MAIN, (BEFORE, WITHIN, AFTER)),
        (None, OTHER, (BEFORE, AFTER)),
        (None, THIRD, (BEFORE, WITHIN, AFTER)),
    ],
)
def test_what_a_line_speaks_of(
    logged: str | None, host: str | None, days: tuple[date, ...]
) -> None:
    told = tuple(day for day in (BEFORE, WITHIN, AFTER) if HOSTS.speaks(logged, host, day))
    assert told == days


near = st.integers(-40, 40).map(lambda offset: SPAN[0] + timedelta(days=offset))


@given(near, st.integers(-1, 1))
def test_days_that_are_told_apart_alike_speak_alike(day: date, offset: int) -> None:
    """A day's plan holds all that its visits, which fall on neighbouring days in far zones, ask."""
    there = day + timedelta(days=offset)
    apart = (OTHER, there.toordinal()) in HOSTS.told_apart(day)
    assert apart is not HOSTS.speaks(None, OTHER, there)


def test_the_calendar_has_ends() -> None:
    ends = OwnHosts([MAIN, OTHER], {OTHER: (date.min, date.max)})
    for day in (date.min, date.max):
        assert ends.told_apart(day)
        assert not ends.speaks(None, OTHER, day)
