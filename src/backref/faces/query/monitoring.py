"""How the pages that link to a site are watched by our own checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from backref.watch import monitoring as watch

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.query.rows import LinkRow
    from backref.faces.query.view import View

DAYS = 30
HOSTS = 50


@dataclass(frozen=True)
class HostRow:
    """A domain that was asked in the last 24 hours: how many requests, how many of these told
    nothing, what came of the last one, and not before when it may be asked again."""

    domain: str
    requests: int
    failed: int
    outcome: str
    why: str | None
    last: datetime
    next_allowed: datetime | None


@dataclass(frozen=True)
class Monitoring:
    """Pages that are watched, those looked at in 24 hours, those that nobody looked at for 31 days,
    and of the `looks` of the last week those that told nothing; `unasked` pages were due in it and
    not asked, by robots.txt or for their address. `days` holds for each of the site's last 30 days
    how many looks told what."""

    watched: int
    seen: int
    overdue: int
    failed: int
    looks: int
    unasked: int
    last: datetime | None
    days: dict[date, dict[str, int]]
    hosts: tuple[HostRow, ...]


def monitoring(view: View, now: datetime) -> Monitoring:
    """The watch over a site at a time of the clock."""
    today = view.day_of(now)
    days: dict[date, dict[str, int]] = {
        today - timedelta(days=ago): {} for ago in reversed(range(DAYS))
    }
    for row in watch.looks_by_day(view.snapshot, view.site, days, now):
        days[row["day"]][row["told"]] = row["looks"]
    sums = watch.watched(view.snapshot, view.site, now)
    return Monitoring(**sums, days=days, hosts=hosts(view, now))


def hosts(view: View, now: datetime) -> tuple[HostRow, ...]:
    """The domains that were asked in the last 24 hours, the most troubled first."""
    return tuple(HostRow(**row) for row in watch.asked_hosts(view.snapshot, now, HOSTS))


def looks_at(view: View, found: LinkRow) -> list[dict[str, Any]]:
    """Every look of our own at a link's page, with the digest of what it was given."""
    return watch.looks_at(view.snapshot, found.source_page, found.source_domain)
