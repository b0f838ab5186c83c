"""Pages that somebody wants to be looked at right now: each had its rest before it is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from backref import url as urls
from backref.lake.model import Model
from backref.watch.due import LONGEST_WAIT
from backref.watch.looks import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from backref.lake.snapshot import Snapshot

REST = timedelta(hours=1)
"""However often somebody asks, a page is not looked at twice within this."""
SEARCHES_REST = timedelta(days=1)
"""Nor is a domain searched twice within this."""
RESTED = Model("backref.watch", "rested.sql")


def resting(snapshot: Snapshot, asked: Iterable[str], now: datetime) -> dict[str, datetime]:
    """Those of these URLs that may not be looked at yet, each with when it may be: an hour after
    the last look, and not before its server wants it, at most 30 days later."""
    keys = {url: urls.fold_key(parsed) for url in asked if (parsed := urls.parse(url))}
    pages = sorted(set(keys.values()))
    wanted = pa.table({"page": pa.array(pages, pa.string())})
    rows = snapshot.rows(RESTED, tables={"wanted": wanted}, now=now, horizon=now + AHEAD)
    until = {row["page"]: _until(row["last_at"], row["next_allowed"]) for row in rows}
    return {url: until[key] for url, key in keys.items() if key in until and until[key] > now}


def _until(last: datetime, next_allowed: datetime | None) -> datetime:
    rested = last + REST
    if next_allowed is None:
        return rested
    return max(rested, min(next_allowed, last + LONGEST_WAIT))
