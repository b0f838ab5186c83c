"""Hits and sessions of a site one by one, as they are stored, up to the time of the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref import schema
from backref.faces.query.links import one_of
from backref.faces.query.view import NO_LIMIT, ROOM, View
from backref.lake.model import Model

if TYPE_CHECKING:
    from datetime import datetime

MODELS = {"hits": "site_hits.sql", "sessions": "site_sessions.sql"}
COUNTS = {
    "hits": "/* query.hits */ select count(*) as total from hits "
    "where site = $site and hits.at <= $until and ($since is null or hits.at >= $since)",
    "sessions": "/* query.sessions */ select count(*) as total from sessions "
    "where site = $site and started <= $until and ($since is null or started >= $since)",
}


def records(
    view: View, table: str, *, since: datetime | None = None, limit: int | None = None
) -> pa.RecordBatchReader:
    """The rows of `hits` or `sessions` since then, oldest first, streamed with all columns."""
    wanted = schema.TABLES[one_of(table, tuple(MODELS), "table")].arrow
    cut = NO_LIMIT if limit is None else limit
    found = view.snapshot.sql(Model(ROOM, MODELS[table]), **_told(view, table, since), limit=cut)
    shown = (batch.select(wanted.names).cast(wanted) for batch in found)
    return pa.RecordBatchReader.from_batches(wanted, shown)


def count(view: View, table: str, *, since: datetime | None = None) -> int:
    """How many rows that is."""
    line = COUNTS[one_of(table, tuple(MODELS), "table")]
    (row,) = view.snapshot.rows(line, **_told(view, table, since))
    return int(row["total"])


def _told(view: View, table: str, since: datetime | None) -> dict[str, Any]:
    """The site, the times, and the partitions that can hold rows of them."""
    site, first = view.site.name, f"{since:%Y-%m-%d}" if since else ""
    held = view.snapshot.partitions(table)
    days = [name for name in held if name.startswith(f"{site}/") and name[len(site) + 1 :] >= first]
    return {"partitions": {table: days}, "site": site, "since": since, "until": view.until}
