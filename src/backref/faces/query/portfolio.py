"""All sites of a store at once, the most troubled first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from backref.faces.query.view import ROOM, STALE_AFTER
from backref.lake.model import Model

if TYPE_CHECKING:
    from backref.lake.snapshot import Snapshot

RECENT_DAYS = 28


@dataclass(frozen=True)
class SiteTrouble:
    """How a site stands: what went in the last days, with the visits a month that went with it,
    and what is dead and still asked for. None is not known: no link, or no log, is held of it."""

    site: str
    live_domains: int | None
    lost_domains: int | None
    lost_links: int | None
    lost_visits: float | None
    suspects: int | None
    monthly_visits: float | None
    last_verified: datetime | None
    last_log: date | None
    dead_pages: int | None
    dead_people: int | None


def portfolio(snapshot: Snapshot, now: datetime | None = None) -> list[SiteTrouble]:
    """Every site, by what it lost in the last 28 days before its time, `now` unless told."""
    at = now or datetime.now(UTC)
    since = at - timedelta(days=RECENT_DAYS)
    rows = snapshot.rows(
        Model(ROOM, "portfolio.sql"), since=since, since_day=since.date(), stale=at - STALE_AFTER
    )
    return [SiteTrouble(**row) for row in rows]
