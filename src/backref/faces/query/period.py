"""A span of whole days in a site's zone, and the one that it is compared with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from backref.faces.query import moment

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.query.view import View


class Period(NamedTuple):
    """A span of whole days in the site's zone, `end` being its last moment."""

    start: datetime
    end: datetime

    @property
    def before(self) -> Period:
        """The span of the same length before it."""
        return Period(self.start - (self.end - self.start), self.start)

    @property
    def days(self) -> dict[str, date]:
        """Its first and last day."""
        return {"day_lo": (self.start + timedelta(days=1)).date(), "day_hi": self.end.date()}

    @property
    def spoken(self) -> str:
        """Its days in words."""
        return moment.spoken(*self.days.values())


def last(view: View, days: int) -> Period:
    """The last so many days up to the view's time."""
    end = view.as_of.astimezone(ZoneInfo(view.site.zone))
    return Period(end - timedelta(days=days), end)
