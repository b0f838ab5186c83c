"""How the pages that link to a site are watched by our own checks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from backref.lake.model import Model
from backref.ledger import build
from backref.url import bucket

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.query.rows import LinkRow
    from backref.faces.query.view import View

ROOM = "backref.watch"
DAYS = 30
HOSTS = 50
MOST = 1000
OVERDUE = timedelta(days=31)
"""The slowest rhythm of checks is a month."""


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
    and of the `looks` of the last week those that told nothing. `days` holds for each day of the
    last 30 how many looks told what."""

    watched: int
    seen: int
    overdue: int
    failed: int
    looks: int
    last: datetime | None
    days: dict[date, dict[str, int]]
    hosts: tuple[HostRow, ...]


def monitoring(view: View, now: datetime) -> Monitoring:
    """The watch over a site at a time of the clock."""
    sums = _rows(
        view,
        "monitored.sql",
        now=now,
        day=now - timedelta(days=1),
        week=now - timedelta(days=7),
        month=now - OVERDUE,
    )[0]
    days: dict[date, dict[str, int]] = {
        (now - timedelta(days=ago)).date(): {} for ago in reversed(range(DAYS))
    }
    for row in _rows(view, "looks.sql", now=now, since=now - timedelta(days=DAYS)):
        days.setdefault(row["day"], {})[row["told"]] = row["looks"]
    return Monitoring(**sums, days=dict(sorted(days.items())[-DAYS:]), hosts=hosts(view, now))


def hosts(view: View, now: datetime) -> tuple[HostRow, ...]:
    """The domains that were asked in the last 24 hours, the most troubled first."""
    rows = view.snapshot.rows(
        Model(ROOM, "asked_hosts.sql"), since=now - timedelta(days=1), now=now, limit=HOSTS
    )
    return tuple(HostRow(**row) for row in rows)


def looks_at(view: View, found: LinkRow) -> list[dict[str, Any]]:
    """Every look of our own at a link's page, with the digest of what it was given."""
    held = view.snapshot.held("checks", [bucket(found.source_domain)])
    return view.snapshot.rows(
        Model(ROOM, "evidence.sql"),
        partitions={"checks": held},
        page=found.source_page,
        limit=MOST,
    )


def _rows(view: View, file: str, **params: Any) -> list[dict[str, Any]]:
    held = build.partitions(view.snapshot, view.site, ["ledger", "links"])
    return view.snapshot.rows(Model(ROOM, file), partitions=held, site=view.site.name, **params)
