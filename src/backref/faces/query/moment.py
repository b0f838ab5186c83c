"""Times as people give them: `30d`, `2026-11-01`, or a full ISO time; days are the site's."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backref.errors import UsageError

FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years to ask for: from either end days are counted on without leaving the calendar."""
_AGO = re.compile(r"(\d{1,5})\s*([hdwmy])")
_UNITS = {
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "m": timedelta(days=30),
    "y": timedelta(days=365),
}


def since(text: str, as_of: datetime, zone: str) -> datetime:
    """The start that `text` means: so long before `as_of`, or the first moment of a day."""
    if ago := _AGO.fullmatch(text.strip().lower()):
        try:
            return as_of - int(ago[1]) * _UNITS[ago[2]]
        except OverflowError:
            raise _not_a_time(text) from None
    return _moment(text, zone, time.min)


def until(text: str, zone: str) -> datetime:
    """The end that `text` means: the last moment of a day, or that very time."""
    return _moment(text, zone, time.max)


def end_of(day: date, zone: str) -> datetime:
    """The last moment of a day in a zone."""
    return _in_utc(datetime.combine(day, time.max), zone)


def _moment(text: str, zone: str, hour: time) -> datetime:
    try:
        local = (
            datetime.combine(date.fromisoformat(text.strip()), hour)
            if len(text.strip()) <= 10
            else datetime.fromisoformat(text.strip())
        )
        at = _in_utc(local, zone)
    except (ValueError, OverflowError):
        raise _not_a_time(text) from None
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise UsageError(
            f"{text!r} is too far away: give a time of the years {FIRST_YEAR} to {LAST_YEAR}."
        )
    return at


def _in_utc(local: datetime, zone: str) -> datetime:
    aware = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))
    return aware.astimezone(UTC)


def _not_a_time(text: str) -> UsageError:
    return UsageError(
        f"{text!r} is not a time: give a span such as 30d, 12w or 1y, or a day such as 2026-11-01."
    )


def spoken(first: date, last: date) -> str:
    """A span of days in words.

    >>> spoken(date(2026, 10, 26), date(2026, 11, 22))
    '26 October to 22 November 2026'
    """
    begin = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        begin += f" {first:%B}" + (f" {first.year}" if first.year != last.year else "")
    return f"{begin} to {day(last)}"


def day(one: date) -> str:
    """A day in words, as `22 November 2026`."""
    return f"{one.day} {one:%B} {one.year}"
