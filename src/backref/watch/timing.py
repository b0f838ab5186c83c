"""When to tell: at once, daily or weekly, and never in quiet hours. Times of day are the site's.

`digest` is empty (at once), `HH:MM` (daily) or `mon HH:MM` (weekly); `quiet` is empty or
`HH:MM-HH:MM`, over midnight too.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backref.errors import UsageError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKLY = "mon 08:00"
_HOUR = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")


class Digest(NamedTuple):
    """A slot of every day, or of one `weekday` (0 is Monday)."""

    hour: time
    weekday: int | None = None


class Quiet(NamedTuple):
    """Hours in which nothing is sent, from one time of day up to another."""

    start: time
    end: time

    def covers(self, at: time) -> bool:
        """Whether a time of day is quiet."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


def digest(text: str) -> Digest | None:
    """What a digest's text means; None is at once. Raises UsageError."""
    said = text.strip().lower()
    if said in ("", "now"):
        return None
    day, _, hour = said.rpartition(" ")
    at = _time(hour)
    if at is None or (day and day[:3] not in DAYS):
        raise UsageError(f"{text!r} is no digest: write now, 08:00 or mon 08:00.")
    return Digest(at, DAYS.index(day[:3]) if day else None)


def quiet(text: str) -> Quiet | None:
    """What the text of quiet hours means; None without any. Raises UsageError."""
    if not text.strip():
        return None
    first, _, last = text.replace("\u2013", "-").partition("-")
    start, end = _time(first), _time(last)
    if start is None or end is None or start == end:
        raise UsageError(f"{text!r} are no quiet hours: write them as 22:00-07:00.")
    return Quiet(start, end)


def digest_text(text: str) -> str:
    """A digest as rules keep it. Raises UsageError."""
    meant = digest(text)
    if meant is None:
        return ""
    day = "" if meant.weekday is None else f"{DAYS[meant.weekday]} "
    return f"{day}{meant.hour:%H:%M}"


def quiet_text(text: str) -> str:
    """Quiet hours as rules keep them. Raises UsageError."""
    meant = quiet(text)
    return f"{meant.start:%H:%M}-{meant.end:%H:%M}" if meant else ""


def due(found: datetime, zone: str, digest_text: str = "", quiet_text: str = "") -> datetime:
    """When to tell of what was found at a time: in the next slot of the digest, and where that is
    in quiet hours at their end, the second one in the night that has an hour twice."""
    slot, still = digest(digest_text), quiet(quiet_text)
    at = next_slot(found, zone, slot) if slot else found
    local = at.astimezone(ZoneInfo(zone))
    if still is None or not still.covers(local.time()):
        return at
    today, twice = local.date(), still.end.replace(fold=1)
    ends = (_at(today, end, zone) for end in (still.end, twice))
    tomorrow = _at(today + timedelta(days=1), still.end, zone)
    return next((end for end in ends if end > at), tomorrow)


def next_slot(after: datetime, zone: str, slot: Digest) -> datetime:
    """The first slot at a time or later."""
    today = after.astimezone(ZoneInfo(zone)).date()
    for ahead in range(9):
        day = today + timedelta(days=ahead)
        at = _at(day, slot.hour, zone)
        if at >= after and slot.weekday in (None, day.weekday()):
            return at
    raise AssertionError("every week has every day")


def _at(day: date, hour: time, zone: str) -> datetime:
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def _time(text: str) -> time | None:
    found = _HOUR.fullmatch(text.strip())
    return time(int(found[1]), int(found[2] or 0)) if found else None
