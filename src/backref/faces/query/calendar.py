"""Calendar months in a site's zone, and the one that each is compared with."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from backref.errors import UsageError
from backref.faces.query.period import Period

COMPARED = ("previous", "year", "none")
"""What a month can be compared with: the one before, the same of the year before, nothing."""
_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    """A calendar month.

    >>> str(Month(2026, 10)), Month(2026, 1).before
    ('October 2026', Month(year=2025, month=12))
    """

    year: int
    month: int

    def __str__(self) -> str:
        """Its name and year."""
        return f"{self.first:%B} {self.year}"

    @property
    def written(self) -> str:
        """As `2026-10`."""
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def days(self) -> int:
        """How many days it has."""
        return self.last.day

    @property
    def before(self) -> Month:
        """The month before."""
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    def compared(self, with_: str) -> Month | None:
        """The month that this one is compared with, one of `COMPARED`. Raises UsageError."""
        if with_ not in COMPARED:
            raise UsageError(
                f"There is no comparison {with_!r}: choose one of {', '.join(COMPARED)}."
            )
        if with_ == "none":
            return None
        return self.before if with_ == "previous" else Month(self.year - 1, self.month)

    def period(self, zone: str) -> Period:
        """Its days in a zone."""
        begin, end = (
            datetime.combine(day, time.max, tzinfo=ZoneInfo(zone))
            for day in (self.before.last, self.last)
        )
        return Period(begin, end)


def month(text: str, zone: str, now: datetime | None = None) -> Month:
    """The month that is written as `2026-10`. Raises UsageError for what is none, for years that
    no log can tell of and for a month that has not begun."""
    found = _WRITTEN.fullmatch(text.strip())
    if not found or int(found[1]) < 1990:
        raise UsageError(f"{text!r} is not a month: write it as 2026-10.")
    meant = Month(int(found[1]), int(found[2]))
    if meant.first > (now or datetime.now(UTC)).astimezone(ZoneInfo(zone)).date():
        raise UsageError(f"{meant} has not begun: name a month that has.")
    return meant
