"""How the pages that link to a site are watched: what the models of this room tell of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from backref.lake.model import Model
from backref.ledger.build import partitions
from backref.url import bucket
from backref.visits.days import site_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    import pyarrow as pa

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

DAY, WEEK = timedelta(days=1), timedelta(days=7)
OVERDUE = timedelta(days=31)
"""The slowest rhythm of checks is a month."""
MOST_LOOKS = 1000

Row = dict[str, Any]


def _model(name: str) -> Model:
    return Model("backref.watch", f"{name}.sql")


MONITORED, LOOKS, HOSTS, EVIDENCE = map(_model, ("monitored", "looks", "asked_hosts", "evidence"))


def watched(snapshot: Snapshot, site: SiteRecord, now: datetime) -> Row:
    """The sums of the watch over a site."""
    since: Row = {"day": now - DAY, "week": now - WEEK, "month": now - OVERDUE}
    return _rows(snapshot, site, MONITORED, now=now, **since)[0]


def looks_by_day(
    snapshot: Snapshot, site: SiteRecord, days: Iterable[date], now: datetime
) -> list[Row]:
    """How many looks told what on days of the site's zone."""
    given = {"site_days": site_days(days, site.zone)}
    return _rows(snapshot, site, LOOKS, given, now=now)


def asked_hosts(snapshot: Snapshot, now: datetime, limit: int) -> list[Row]:
    """The domains that were asked in the last 24 hours, the most troubled first."""
    return snapshot.rows(HOSTS, since=now - DAY, now=now, limit=limit)


def looks_at(snapshot: Snapshot, page: str, domain: str) -> list[Row]:
    """Every look of our own at a page of a registrable domain, the latest first."""
    held = {"checks": snapshot.held("checks", [bucket(domain)])}
    return snapshot.rows(EVIDENCE, partitions=held, page=page, limit=MOST_LOOKS)


def _rows(
    snapshot: Snapshot,
    site: SiteRecord,
    model: Model,
    tables: Mapping[str, pa.Table] | None = None,
    **params: Any,
) -> list[Row]:
    held = partitions(snapshot, site, ["ledger", "links"])
    return snapshot.rows(model, partitions=held, tables=tables, site=site.name, **params)
