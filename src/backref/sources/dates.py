"""Dates and times as exports write them.

Days are days since 1970, times microseconds since 1970 in UTC. A numeric date whose day could
be its month needs `day_first`, which the file decides; None refuses such a date.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from backref import data

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = 86_400_000_000
_EPOCH = date(1970, 1, 1).toordinal()
YEARS = range(1990, 2101)
"""No date before or after is believed."""
_ISO_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})\Z")
_DAY_IN_TEXT = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_NUMERIC_DAY = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})\.?\Z")
_WORDED_DAY = re.compile(r"(\d{1,2})(?:\.|st|nd|rd|th|er|º)?[\s-]+(?:de\s+)?([^\W\d_]+)\.?,?"
                         r"[\s-]+(?:de\s+)?(\d{4})\Z")  # fmt: skip
_WORDED_MONTH = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\Z")
_CLOCK = re.compile(r"(.*?\d{4}),?\s+(\d{1,2}:\d{2}(?::\d{2})?)\s?(AM|PM|am|pm)?\Z")


class Moment(NamedTuple):
    """A time as an interval: equal when exact, a whole UTC day when only the day is told."""

    lo: int
    hi: int


def moment(cell: str, day_first: bool | None) -> Moment:
    """A time, exact where the cell tells a time of day. Midnight sharp is how spreadsheets
    write a mere day, so it stands for the day."""
    at = _iso_moment(cell) if cell[4:5] == "-" and len(cell) > 10 else _told(cell, day_first)
    return Moment(at, at + DAY - 1 if at % DAY == 0 else at)


def _iso_moment(cell: str) -> int:
    """`2026-05-09 22:51:08` and its ISO 8601 relatives; a zone is honoured, none means UTC."""
    try:
        time = datetime.fromisoformat(cell.removesuffix(" UTC"))
    except ValueError:
        raise ValueError(f"{cell!r} is not a time that can be read") from None
    offset = time.utcoffset() or timedelta()
    seconds = time.hour * 3_600 + time.minute * 60 + time.second
    micros = (_checked(time.date()) * 86_400 + seconds) * 1_000_000 + time.microsecond
    return micros - offset // timedelta(microseconds=1)


def _told(cell: str, day_first: bool | None) -> int:
    """A day in any spelling, with or without a time of day behind it."""
    clock = _CLOCK.match(cell)
    if clock is None:
        return day(cell, day_first) * DAY
    seconds = _clock_seconds(clock[2], clock[3] or "")
    return day(clock[1], day_first) * DAY + seconds * 1_000_000


def _clock_seconds(text: str, half: str) -> int:
    hour, minute, *second = (int(part) for part in text.split(":"))
    if half:
        hour = hour % 12 + (12 if half.lower() == "pm" else 0)
    if hour > 23 or minute > 59 or (second and second[0] > 59):
        raise ValueError(f"{text!r} is not a time of day")
    return hour * 3_600 + minute * 60 + (second[0] if second else 0)


def day(cell: str, day_first: bool | None) -> int:
    """A day in any spelling whose meaning is certain."""
    if found := _ISO_DAY.match(cell):
        return _ordinal(cell, int(found[1]), int(found[3]), int(found[4]))
    if found := _NUMERIC_DAY.match(cell):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        order = True if found[2] == "." else _day_first(first, second, day_first)
        if order is None and first != second:
            raise ValueError(
                f"{cell!r} may be day or month first, and nothing in the file tells which"
            )
        return _ordinal(cell, year, *((second, first) if order else (first, second)))
    if found := _WORDED_DAY.match(cell):
        return _ordinal(cell, int(found[3]), _month(found[2]), int(found[1]))
    if found := _WORDED_MONTH.match(cell):
        return _ordinal(cell, int(found[3]), _month(found[1]), int(found[2]))
    try:
        return _checked(datetime.fromisoformat(cell).date())
    except ValueError:
        raise ValueError(f"{cell!r} is not a date that can be read") from None


class Span(NamedTuple):
    """First and last day of a stretch of time."""

    lo: int
    hi: int


def span(cell: str, day_first: bool | None) -> Span:
    """A day, a month, a year, or two days: `2026-05`, `2026-05-01,2026-05-07` or `From … to …`."""
    if found := re.fullmatch(r"(\d{4})(?:-(\d{2}))?", cell):
        month = int(found[2] or 1)
        begun = _ordinal(cell, int(found[1]), month, 1)
        ended = _ordinal(cell, int(found[1]), int(found[2] or 12), 28) + 4
        last = date.fromordinal(ended + _EPOCH).replace(day=1).toordinal() - _EPOCH - 1
        return Span(begun, last)
    ends = _DAY_IN_TEXT.findall(cell) or [cell]
    made = Span(day(ends[0], day_first), day(ends[-1], day_first))
    if made.hi < made.lo:
        raise ValueError(f"{cell!r} ends before it begins")
    return made


def _day_first(first: int, second: int, day_first: bool | None) -> bool | None:
    if first > 12 or second > 12:
        return first > 12
    return day_first


def order_of(cells: Iterable[str]) -> bool | None:
    """Whether these dates put the day before the month; None when they do not tell or disagree."""
    first = second = False
    for cell in cells:
        if (found := re.match(r"(\d{1,2})[-/](\d{1,2})[-/]\d{4}", cell)) is not None:
            first |= int(found[1]) > 12
            second |= int(found[2]) > 12
    return first if first != second else None


def _month(name: str) -> int:
    month = _months().get(name.casefold())
    if month is None:
        raise ValueError(f"{name!r} is not the name of a month that is known")
    return month


@cache
def _months() -> dict[str, int]:
    return {
        name.casefold(): number
        for row in data.table("exports/months.csv")
        for number in range(1, 13)
        for name in row[str(number)].split()
    }


def _ordinal(cell: str, year: int, month: int, day: int) -> int:
    try:
        return _checked(date(year, month, day))
    except ValueError as error:
        raise ValueError(f"{cell!r} is not a date: {error}") from None


def _checked(day: date) -> int:
    if day.year not in YEARS:
        raise ValueError(f"the year {day.year} is not plausible")
    return day.toordinal() - _EPOCH
