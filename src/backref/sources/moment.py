"""WARC dates: an instant, or less precisely a span of time."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta

Interval = tuple[datetime | None, datetime | None]
UNDATED: Interval = (None, None)

_USUAL_LENGTH = len("2026-11-23T12:00:00Z")
_DATE = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?)?)?"
    r"(Z|[+-]\d{2}:?\d{2})?\Z"
)
_STAMP = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})\Z")


def interval(text: str) -> Interval:
    """Earliest and latest time that a W3C date of any precision means, to the microsecond.

    Seconds are an instant, as all archives mean them. Undated when it is no date.
    """
    if len(text) == _USUAL_LENGTH and text.endswith("Z"):
        try:
            instant = datetime.fromisoformat(text)
        except ValueError:
            return UNDATED
        return instant, instant
    found = _DATE.match(text) or _STAMP.match(text)
    if not found:
        return UNDATED
    try:
        return _span(found)
    except (ValueError, OverflowError):
        return UNDATED


def _span(found: re.Match[str]) -> Interval:
    year, month, day, hour, minute, second = (
        int(part) if part else None for part in found.groups()[:6]
    )
    fraction = found[7] if found.re is _DATE and found[7] else ""
    lo = datetime(
        year or 0, month or 1, day or 1, hour or 0, minute or 0, min(second or 0, 59), tzinfo=UTC
    ) + timedelta(microseconds=int(fraction[:6].ljust(6, "0") or 0))
    lo -= _offset(found[8] if found.re is _DATE else None)
    if second is not None:
        return lo, lo
    if minute is not None:
        return lo, lo + timedelta(seconds=59)
    if day is not None:
        return lo, lo + timedelta(days=1, microseconds=-1)
    days = monthrange(lo.year, month)[1] if month else monthrange(lo.year, 2)[1] + 337
    return lo, lo + timedelta(days=days, microseconds=-1)


def _offset(zone: str | None) -> timedelta:
    if not zone or zone == "Z":
        return timedelta()
    span = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return -span if zone[0] == "-" else span
