"""What the store tells our own eyes, and what it is given by them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref import identity
from backref.check.fetched import Ask
from backref.check.history import HostHistory
from backref.ingest import import_inputs
from backref.lake.model import Model
from backref.sources.html import EXTRACTOR
from backref.watch import evidence
from backref.watch.due import EPOCH, Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from backref.ingest import ImportReport
    from backref.lake.lake import Lake
    from backref.lake.snapshot import Snapshot
    from backref.watch.due import Due

AHEAD = timedelta(days=1)
"""A look from further in the future than this was made by a clock that was wrong."""
_MICROSECOND = timedelta(microseconds=1)


def _model(name: str) -> Model:
    return Model("backref.watch", f"{name}.sql")


PAGES, TARGETS, HOSTS = map(_model, ("pages", "targets", "hosts"))
CONDITIONS, STANDING, CHANGED = map(_model, ("conditions", "standing", "changed"))
LOOKED = _model("looked")
SENDERS, NEAR_PAGES = map(_model, ("senders", "near_pages"))
ASKED_PAGES, REFERRING_PAGES = map(_model, ("asked_pages", "referring_pages"))
MOST_KNOWN = 1_000
"""Captured pages of a domain that are considered."""
MOST_CHANGED = 100_000
MOST_UNCHANGED = 4
"""At every so many looks the page is wanted whole, whatever its server says of it."""
Standing = dict[str, pa.Table]
"""Of each site how its links stand: a table (link_id, state)."""


def pages(snapshot: Snapshot, site: str, now: datetime, *, targets: bool = True) -> Iterator[Page]:
    """The pages of a site's links, and the own pages that these lead to."""
    asked: dict[str, Any] = {"site": site, "now": now, "horizon": now + AHEAD, "epoch": EPOCH}
    for model, purpose in ((PAGES, "page"), (TARGETS, "target"))[: 2 if targets else 1]:
        for batch in snapshot.sql(model, **asked):
            for row in batch.to_pylist():
                yield Page(**row, purpose=purpose)


def asks(snapshot: Snapshot, chosen: Sequence[Due], now: datetime) -> list[Ask]:
    """What to ask for pages that are due: where a link is in doubt, and now and then wherever, for
    the page itself; else only for one that has changed."""
    pages = [due.page for due in chosen]
    sure = {page.url for page in pages if page.looks and not (page.suspect or page.reported)}
    rows = snapshot.rows(
        CONDITIONS,
        tables={"wanted": pa.table({"url": pa.array(sorted(sure), pa.string())})},
        horizon=now + AHEAD,
        most=MOST_UNCHANGED - 1,
        extractor=EXTRACTOR,
    )
    known = {row["url"]: row for row in rows}
    return [
        Ask(**known[page.url])
        if page.purpose == "page" and page.url in known
        else Ask(page.url, page.purpose)
        for page in pages
    ]


def histories(snapshot: Snapshot, now: datetime, domains: Iterable[str]) -> dict[str, HostHistory]:
    """What earlier looks tell of each of these registrable domains."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = pa.table({"domain": pa.array(sorted(domains), pa.string())})
    rows = snapshot.rows(HOSTS, tables={"wanted": wanted}, horizon=now + AHEAD, midnight=midnight)
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


def standing(snapshot: Snapshot, sites: Iterable[str]) -> Standing:
    """How the links of sites stand, as few bytes a link."""
    found = {site: snapshot.table(STANDING, site=site) for site in sites}
    at = 1
    return {
        site: links.set_column(at, "state", links.column(at).dictionary_encode())
        for site, links in found.items()
    }


def changed(snapshot: Snapshot, before: Standing) -> Iterator[dict[str, Any]]:
    """The links that stand otherwise than `before`."""
    for site, links in before.items():
        yield from snapshot.rows(CHANGED, tables={"before": links}, site=site, most=MOST_CHANGED)


def looked(snapshot: Snapshot, first_import: int) -> list[dict[str, Any]]:
    """The looks that imports from that number on brought."""
    return snapshot.rows(LOOKED, first=first_import)


def taken_in(
    lake: Lake,
    spools: Iterable[Path],
    keep: Path | None = None,
    tell: Callable[[ImportReport], None] = lambda _: None,
) -> int:
    """Import finished spools and delete them; returns how many looks were new. What they hold is
    kept in the store as evidence first, and with `keep` added to that archive."""
    stored = 0
    for spool in spools:
        evidence.file_away(spool, lake.path / evidence.FOLDER)
        evidence.resume(spool)
        if keep is not None:
            evidence.add(spool, keep)
        for report in import_inputs(lake, [str(spool)], within=f"{spool.parent}/", processes=1):
            stored += report.stored
            tell(report)
        evidence.forget(spool)
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
