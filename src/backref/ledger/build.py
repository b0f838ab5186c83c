"""The stage LEDGER: one partition per site, from links, visits, placements and reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from backref import schema
from backref.lake.model import Model
from backref.lake.stage import Stage, code_of, digest_of
from backref.ledger.search_value import shares, values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

MODEL = Model("backref.ledger", "ledger.sql")
SHEET = Model("backref.visits", "sheet.sql")
LEADS = Model("backref.ledger", "told_leads.sql")
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)
SEARCHED_STATES = ("live", "suspect")
INPUTS = (
    "links",
    "referring_domains",
    "placements",
    "conversions",
    "traffic_reports",
    "visit_sums",
    "log_days",
)
BY_TARGET = frozenset({"links", "referring_domains", "lifelines", "link_events"})
BY_SITE = frozenset(
    {"placements", "traffic_reports", "rankings", "conversions", "disavows", "ledger"}
)
BY_TIME = frozenset({"visit_links", "visit_sums", "page_days", "sessions", "log_days"})


def rows(
    snapshot: Snapshot,
    site: str,
    until: datetime = FOREVER,
    known: Mapping[str, pa.Table] | None = None,
) -> pa.Table:
    """The ledger of a site as it stood at `until`, with the columns of `schema.LEDGER`. `known`
    are the tables that were other then, `links` and `referring_domains` above all."""
    record = snapshot.site(site)
    day = _day(until, record.zone)
    joined = snapshot.table(
        MODEL,
        partitions=partitions(snapshot, record, INPUTS),
        tables={
            **(known or {}),
            "agreed": agreed(snapshot, site, day),
            "told_leads": told_leads(snapshot, record, day),
        },
        site=site,
        until=until,
        until_day=day,
    )
    return with_search_shares(joined).select(schema.LEDGER.names).cast(schema.LEDGER.arrow)


def agreed(snapshot: Snapshot, site: str, until_day: date) -> pa.Table:
    """The placements of a site up to a day, each once: what all models call `agreed`."""
    held = {"placements": snapshot.held("placements", [site])}
    return snapshot.table(SHEET, partitions=held, until_day=until_day)


def told_leads(snapshot: Snapshot, site: SiteRecord, until_day: date) -> pa.Table:
    """The leads of a site up to a day, each once: what all models call `told_leads`."""
    return snapshot.table(
        LEADS,
        partitions={"conversions": snapshot.held("conversions", [site.name])},
        tables={"agreed": agreed(snapshot, site.name, until_day)},
        site=site.name,
        until=_end(until_day, site.zone),
    )


def _end(day: date, zone: str) -> datetime:
    """The last moment of a day in a zone."""
    if day >= FOREVER.date():
        return FOREVER
    return datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC)


def _day(until: datetime, zone: str) -> date:
    """The day of a time in a site's zone."""
    return until.date() if until >= FOREVER else until.astimezone(ZoneInfo(zone)).date()


def with_search_shares(joined: pa.Table) -> pa.Table:
    """Add `search_share` and `search_basis` to the rows of `ledger.sql`."""
    column = {name: joined.column(name) for name in joined.column_names}
    followed = _flags(column["followed"]) & ~_flags(column["weight_noindex"])
    domains = column["source_identity"].to_pylist()
    handed_on, ratings = (_figures(column[f"weight_{name}"]) for name in ("handed_on", "rating"))
    value = shares(
        domains,
        values(domains, handed_on, ratings),
        np.isin(column["state"].to_numpy(zero_copy_only=False).astype(str), SEARCHED_STATES),
        followed,
        column["weight_placement"].to_pylist(),
    )
    return joined.append_column(
        "search_share", pa.array(np.round(value, 12), pa.float64(), from_pandas=True)
    ).append_column("search_basis", column["weight_basis"].cast(pa.string()))


def _figures(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A column of figures, NaN where they are not known."""
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _flags(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.asarray(column.cast(pa.bool_()).fill_null(False).to_numpy(zero_copy_only=False), bool)


def partitions(snapshot: Snapshot, site: SiteRecord, tables: Iterable[str]) -> dict[str, list[str]]:
    """Of each table, the partitions that can hold rows about a site."""
    return {table: _about(snapshot, site, table) for table in tables}


def _about(snapshot: Snapshot, site: SiteRecord, table: str) -> list[str]:
    if table in BY_TIME:
        held = snapshot.partitions(table)
        return [name for name in held if name.startswith(site.name + "/")]
    if table in BY_SITE:
        return snapshot.held(table, [site.name])
    return snapshot.buckets_of(site, table)


def plan(snapshot: Snapshot) -> Mapping[str, str]:
    """One partition per site, with a digest of everything that it is joined from."""
    return {site.name: _depends(snapshot, site) for site in snapshot.sites}


def _depends(snapshot: Snapshot, site: SiteRecord) -> str:
    held = partitions(snapshot, site, INPUTS).items()
    inputs = [snapshot.digest(table, *names) if names else "none" for table, names in held]
    return digest_of(MODEL.digest, SHEET.digest, LEADS.digest, repr(site.hosts), *inputs)


def build(snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
    """The ledger of one site."""
    return {"ledger": rows(snapshot, partition)}


LEDGER = Stage("ledger", ("ledger",), code_of("backref.ledger"), plan, build, reads=INPUTS)
