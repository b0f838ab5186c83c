"""Times as logs write them, in seconds since 1970, UTC.

A notation is written as for `strftime`; names of months are English whatever the locale. Beside
the usual directives `%Q` is milliseconds since 1970, `%K` microseconds and `%N` nanoseconds.
Seconds may have a fraction, which is dropped. A time without a zone is UTC.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref.sources import dates

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMON = "%d/%b/%Y:%H:%M:%S %z"
"""As Apache and nginx write it unless told otherwise: `23/Nov/2026:10:05:03 +0100`."""
ISO = "%Y-%m-%dT%H:%M:%S%z"
EPOCH = "%s"
DAY = 86_400
NO_DATE = -1
MOST_OFFSET = 14 * 3_600
"""No clock on earth is further from UTC."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
PIVOT = 69
"""Of a year's last two digits, those from here on are of the last century."""
_COMMON_BYTES = 26
_DIRECTIVE = re.compile(r"%([A-Za-z%])")
_WRITTEN_OUT = {
    "T": "%H:%M:%S",
    "F": "%Y-%m-%d",
    "D": "%m/%d/%y",
    "R": "%H:%M",
    "r": "%I:%M:%S %p",
    "c": "%a %b %e %H:%M:%S %Y",
}
_PARTS = {
    "Y": rb"(?P<Y>\d{4})",
    "y": rb"(?P<y>\d\d)",
    "m": rb"(?P<m>\d\d)",
    "d": rb"(?P<d>\d\d)",
    "e": rb"(?P<d> ?\d{1,2})",
    "b": b"(?P<b>" + "|".join(MONTHS).encode() + b")",
    "h": b"(?P<b>" + "|".join(MONTHS).encode() + b")",
    "B": b"(?P<b>" + "|".join(LONG_MONTHS).encode() + b")",
    "H": rb"(?P<H>\d\d)",
    "I": rb"(?P<H>\d\d)",
    "p": rb"(?P<p>[AaPp][Mm])",
    "M": rb"(?P<M>\d\d)",
    "S": rb"(?P<S>\d\d)(?:[.,]\d{1,12})?",
    "f": rb"\d{1,12}",
    "z": rb"(?P<z>Z|[+-]\d\d:?\d\d)",
    "a": rb"[A-Z][a-z]{2}",
    "A": rb"[A-Z][a-z]{5,8}",
    "Z": rb"[A-Z]{1,5}",
    "s": rb"(?P<s>\d{1,11})(?:\.\d{1,12})?+",
    "Q": rb"(?P<s>\d{1,11})\d{3}",
    "K": rb"(?P<s>\d{1,11})\d{6}",
    "N": rb"(?P<s>\d{1,11})\d{9}",
    "n": rb"\n",
    "t": rb"\t",
    "%": rb"%",
}
_GROUP = re.compile(rb"\?P<\w>")
_NEEDED = ({"Y", "y"}, {"m", "b"}, {"d"}, {"H"}, {"M"})


class UnknownDirective(ValueError):
    """A notation holds a directive that is not known, or one twice, or tells no full time."""


class _Parts(NamedTuple):
    """Whole columns; months are counted from 0, offsets are in seconds."""

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray
    hour: np.ndarray
    minute: np.ndarray
    second: np.ndarray
    offset: np.ndarray


def seconds(values: Sequence[bytes], notation: str) -> np.ndarray:
    """The times in seconds; `NO_DATE` for what is no date of the calendar."""
    if notation == COMMON:
        return _instants(_common(values)) if values else np.zeros(0, np.int64)
    pattern = _pattern(notation)
    return np.array([_one(pattern.fullmatch(value)) for value in values], np.int64)


@cache
def expression(notation: str) -> bytes:
    """An expression for times of the notation, without groups. Raises UnknownDirective."""
    if notation == COMMON:
        return rb"\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
    return _GROUP.sub(b"?:", _pattern(notation).pattern)


@cache
def _pattern(notation: str) -> re.Pattern[bytes]:
    written = _DIRECTIVE.sub(lambda found: _WRITTEN_OUT.get(found[1], found[0]), notation)
    expressions = []
    at = 0
    for found in _DIRECTIVE.finditer(written):
        if found[1] not in _PARTS:
            raise UnknownDirective(f"%{found[1]}")
        expressions += [re.escape(written[at : found.start()].encode()), _PARTS[found[1]]]
        at = found.end()
    expressions.append(re.escape(written[at:].encode()))
    try:
        pattern = re.compile(b"".join(expressions))
    except re.error:
        raise UnknownDirective(f"{notation}, which says one thing twice") from None
    told = set(pattern.groupindex)
    if "s" not in told and not all(told & needed for needed in _NEEDED):
        raise UnknownDirective(f"{notation}, which tells no day and minute")
    return pattern


def _one(found: re.Match[bytes] | None) -> int:
    if not found:
        return NO_DATE
    told = found.groupdict()
    if "s" in told:
        return _within(int(told["s"]))
    parts = (
        _year(told),
        _month(told),
        int(told["d"]),
        _hour(told),
        int(told["M"]),
        int(told.get("S") or 0),
        _offset(told.get("z") or b"Z"),
    )
    return int(_instants(_Parts(*(np.array([part], np.int64) for part in parts)))[0])


def _within(seconds: int) -> int:
    year = 1970 + seconds // (DAY * 365.2425)
    return seconds if dates.YEARS.start <= year < dates.YEARS.stop else NO_DATE


def _year(told: dict[str, bytes]) -> int:
    if "Y" in told:
        return int(told["Y"])
    short = int(told["y"])
    return short + (1900 if short >= PIVOT else 2000)


def _month(told: dict[str, bytes]) -> int:
    if "m" in told:
        return int(told["m"]) - 1
    return MONTHS.index(told["b"][:3].decode())


def _hour(told: dict[str, bytes]) -> int:
    hour = int(told["H"])
    if "p" not in told:
        return hour
    return hour % 12 + 12 * (told["p"][:1] in b"Pp") if 1 <= hour <= 12 else 24


def _offset(zone: bytes) -> int:
    if zone == b"Z":
        return 0
    beside = int(zone[-2:])
    away = int(zone[1:3]) * 3_600 + beside * 60 if beside <= 59 else MOST_OFFSET + 1
    return -away if zone[:1] == b"-" else away


def _common(values: Sequence[bytes]) -> _Parts:
    """Times as Apache writes them, a column of their letters at a time."""
    text = np.frombuffer(b"".join(values), np.uint8).reshape(len(values), _COMMON_BYTES)
    digits = text.astype(np.int64) - ord("0")

    def number(start: int, stop: int) -> np.ndarray:
        return digits[:, start:stop] @ 10 ** np.arange(stop - start - 1, -1, -1)

    beside = number(24, 26)
    away = np.where(beside <= 59, number(22, 24) * 3_600 + beside * 60, MOST_OFFSET + 1)
    return _Parts(
        number(7, 11),
        _months(text[:, 3:6]),
        number(0, 2),
        number(12, 14),
        number(15, 17),
        number(18, 20),
        np.where(text[:, 21] == ord("-"), -away, away),
    )


def _months(letters: np.ndarray) -> np.ndarray:
    names = np.ascontiguousarray(letters).view("S3").ravel()
    known = np.array([month.encode() for month in MONTHS])
    order = np.argsort(known)
    place = order[np.minimum(np.searchsorted(known, names, sorter=order), len(MONTHS) - 1)]
    return np.where(known[place] == names, place, -1)


def _instants(parts: _Parts) -> np.ndarray:
    year, month, day, hour, minute, second, offset = parts
    real = (month >= 0) & (month <= 11)
    first = (year - 1970).astype("M8[Y]").astype("M8[M]") + np.where(real, month, 0)
    date = first.astype("M8[D]") + (day - 1)
    found = date.astype(np.int64) * DAY + hour * 3_600 + minute * 60 + second - offset
    real &= date.astype("M8[M]") == first
    real &= (year >= dates.YEARS.start) & (year < dates.YEARS.stop)
    real &= (hour <= 23) & (minute <= 59) & (second <= 60)
    real &= np.abs(offset) <= MOST_OFFSET
    return np.where(real, found, NO_DATE)
