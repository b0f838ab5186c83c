"""What the store tells our own eyes, and what it is given by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref import identity
from backref.check.history import HostHistory
from backref.ingest import import_inputs
from backref.lake.model import Model
from backref.watch import evidence
from backref.watch.due import EPOCH, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from backref.ingest import ImportReport
    from backref.lake.lake import Lake
    from backref.lake.snapshot import Snapshot

AHEAD = timedelta(days=1)
"""A look from further in the future than this was made by a clock that was wrong."""
_MICROSECOND = timedelta(microseconds=1)


def _model(name: str) -> Model:
    return Model("backref.watch", f"{name}.sql")


PAGES, TARGETS, HOSTS = map(_model, ("pages", "targets", "hosts"))
STATES, LOOKED = map(_model, ("states", "looked"))
SENDERS, NEAR_PAGES = map(_model, ("senders", "near_pages"))
ASKED_PAGES, REFERRING_PAGES = map(_model, ("asked_pages", "referring_pages"))
MOST_KNOWN = 1_000
"""Captured pages of a domain that are considered."""


def pages(snapshot: Snapshot, site: str, now: datetime, *, targets: bool = True) -> list[Page]:
    """The pages of a site's links, and the own pages that these lead to."""
    asked = {"site": site, "now": now, "horizon": now + AHEAD, "epoch": EPOCH}
    found = [Page(**row) for row in snapshot.rows(PAGES, **asked)]
    if targets:
        rows = snapshot.rows(TARGETS, **asked)
        found += [Page(**row, purpose="target") for row in rows]
    return found


def histories(snapshot: Snapshot, now: datetime) -> dict[str, HostHistory]:
    """What earlier looks tell of each registrable domain."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = snapshot.rows(HOSTS, horizon=now + AHEAD, midnight=midnight)
    return {row["domain"]: _history(row, now) for row in rows}


def _history(row: dict[str, Any], now: datetime) -> HostHistory:
    return HostHistory(
        last_at=_micros(min(row["last_at"], now)),
        seconds=row["seconds"],
        next_allowed=_micros(row["next_allowed"]),
        failures=row["failures"],
        today=row["today"],
        robots_unreachable_since=_micros(row["unread_since"]),
    )


def _micros(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // _MICROSECOND


def time_of(micros: int) -> datetime:
    """A time from UTC in microseconds."""
    return datetime.fromtimestamp(micros // 1_000_000, UTC) + timedelta(
        microseconds=micros % 1_000_000
    )


def states(snapshot: Snapshot, site: str) -> dict[int, dict[str, Any]]:
    """The links of a site by their identity: state, reason, pages and URLs."""
    return {row["link_id"]: row for row in snapshot.rows(STATES, site=site)}


def looked(snapshot: Snapshot, first_import: int) -> list[dict[str, Any]]:
    """The looks that imports from that number on brought."""
    return snapshot.rows(LOOKED, first=first_import)


def taken_in(
    lake: Lake,
    spools: Iterable[Path],
    keep: Path | None = None,
    tell: Callable[[ImportReport], None] = lambda _: None,
) -> int:
    """Import finished spools and delete them; returns how many looks were new. With `keep` what
    they hold is added to that archive as evidence first."""
    stored = 0
    for spool in spools:
        if keep is not None:
            evidence.add(spool, keep)
        for report in import_inputs(lake, [str(spool)], within=f"{spool.parent}/", processes=1):
            stored += report.stored
            tell(report)
        spool.unlink()
    return stored


def senders(snapshot: Snapshot, site: str, now: datetime) -> list[dict[str, Any]]:
    """Hosts that sent people to a site by links that nobody knows, the most visits first."""
    return snapshot.rows(SENDERS, site=site, horizon=now + AHEAD)


def near_pages(
    snapshot: Snapshot, site: str, chosen: Sequence[tuple[str, datetime]], since: datetime
) -> list[tuple[str, str]]:
    """Pages that may carry a link, as pairs of domain and URL: first those that a visitor named,
    then those that another tool names, then those captured nearest to the first visit. `chosen`
    are domains with their first visit; what was looked at since a time is left out."""
    hosts = pa.table(
        {
            "domain": pa.array([domain for domain, _ in chosen], pa.string()),
            "first_visit": pa.array([at for _, at in chosen], pa.timestamp("us", tz="UTC")),
        }
    )
    beside = {"senders": hosts}
    rows = snapshot.rows(NEAR_PAGES, tables=beside, site=site, most=MOST_KNOWN)
    asked = {row["page"] for row in snapshot.rows(ASKED_PAGES, tables=beside, since=since)}
    named = {
        row["referrer_page"] for row in snapshot.rows(REFERRING_PAGES, tables=beside, site=site)
    }
    fresh = [row for row in rows if row["page"] not in asked]
    fresh.sort(key=lambda row: identity.page_hash(snapshot.key, row["page"]) not in named)
    return [(row["domain"], row["url"] or f"https://{row['page']}") for row in fresh]
