"""The stages SESSIONS and VISIT_LINKS: one partition per site and UTC day.

A day's sessions need the hits of its neighbours and nothing else, so a new day of log rebuilds
three days. Which links a day's visits came through depends on those sessions and on all links
to the site, so new links rebuild that stage alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref import data
from backref.lake.model import Model
from backref.lake.stage import Stage
from backref.schema import PAGE_DAYS, SESSIONS as SESSIONS_TABLE
from backref.visits import bots
from backref.visits.goals import goal_like, like
from backref.visits.origins import origins
from backref.visits.referrers import Outside, is_spammer, one_host
from backref.visits.session_ids import session_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

ROOM = "backref.visits"
REFERRING_HOSTS = Model(ROOM, "referring_hosts.sql")
VISITORS = Model(ROOM, "visitors.sql")
VISITS = Model(ROOM, "sessions.sql")
REQUESTS = Model(ROOM, "page_days.sql")
LISTS = (
    "apps.csv", "bot_purposes.csv", "bot_reasons.csv", "bot_tokens.txt", "browser_years.csv",
    "click_networks.csv", "operators.csv", "referrer_spammers.txt", "referrers.csv",
    "return_hosts.txt", "scanner_paths.txt", "source_names.csv",
)  # fmt: skip
DAY = timedelta(days=1)
ENTRY_COLUMNS = (
    "source", "medium", "campaign", "code", "click_id", "referrer_host", "referrer_via", "internal",
)  # fmt: skip


# Sessions


def plan_sessions(snapshot: Snapshot) -> dict[str, str]:
    """Every day with hits: its own, its neighbours', the site's settings, models and lists."""
    held = snapshot.partitions("hits")
    hits = {partition: snapshot.digest("hits", partition) for partition in held}
    settings = {site.name: _settings(site) for site in snapshot.sites}
    common = [*(model.digest for model in (REFERRING_HOSTS, VISITORS, VISITS, REQUESTS)), _lists()]
    return {
        partition: _digest(
            *common,
            settings.get(_site(partition), ""),
            *(hits.get(near, "") for near in _neighbours(partition)),
        )
        for partition in held
    }


def build_sessions(snapshot: Snapshot, partition: str) -> dict[str, pa.Table]:
    """The sessions that began on one day, and that day's requests by page."""
    site = _record(snapshot, _site(partition))
    near = {"hits": _held(snapshot, "hits", _neighbours(partition))}
    today = {"hits": [partition]}
    referrers = _referrers(snapshot, near, site)
    verdicts = bots.verdicts(
        snapshot.table(
            VISITORS,
            partitions=today,
            tables={"referrers": referrers, "scanner_patterns": _scanner_patterns()},
        ),
        _day(partition),
    )
    visits = snapshot.table(
        VISITS,
        partitions=near,
        tables={"referrers": referrers, "verdicts": verdicts, "goal_patterns": _goals(site)},
        **_times(partition),
    )
    requests = snapshot.table(
        REQUESTS,
        partitions=today,
        tables={"referrers": referrers, "verdicts": verdicts},
        day=_day(partition),
    )
    return {
        "sessions": _finished(visits, site.name),
        "page_days": requests.select(PAGE_DAYS.names).cast(PAGE_DAYS.arrow),
    }


def _referrers(snapshot: Snapshot, near: Mapping[str, list[str]], site: SiteRecord) -> pa.Table:
    """Each referring host with the host it counts as when it is outside, and whether it is spam."""
    hosts = snapshot.table(REFERRING_HOSTS, partitions=near)["referrer_host"].to_pylist()
    outside = Outside(_hosts(site))
    return pa.table(
        {
            "referrer_host": pa.array(hosts, pa.string()),
            "outside_host": pa.array(
                [one_host(host) if outside(host) else None for host in hosts], pa.string()
            ),
            "spam": pa.array([is_spammer(host) for host in hosts], pa.bool_()),
        }
    )


def _finished(visits: pa.Table, site: str) -> pa.Table:
    """Add what is not decided in SQL: identity, duration, channel and the referrer's names."""
    added = {
        "session_id": pa.array(
            session_ids(
                site,
                _words(visits["visitor"]),
                _words(visits["started"].cast(pa.int64())),
                _words(visits["ordinal"]),
            )
        ),
        "seconds": _seconds(visits),
    }
    origin = origins(visits.select(ENTRY_COLUMNS))
    for name, column in (*added.items(), *zip(origin.column_names, origin.columns, strict=True)):
        visits = visits.append_column(name, column)
    return visits.select(SESSIONS_TABLE.names).cast(SESSIONS_TABLE.arrow)


def _seconds(visits: pa.Table) -> pa.ChunkedArray:
    """From the first to the last page view; null with one view, where a log cannot tell."""
    span = pc.subtract(visits["last_view"], visits["first_view"]).cast(pa.int64())
    seconds = pc.divide(span.cast(pa.float64()), 1e6)
    return pc.if_else(pc.greater_equal(visits["views"], 2), seconds, pa.scalar(None, pa.float64()))


def _words(column: pa.ChunkedArray) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.asarray(column.to_numpy()).astype(np.uint64)


def _goals(site: SiteRecord) -> pa.Table:
    return _text_table(
        goal=site.goals, pattern=[goal_like(goal) for goal in site.goals]
    )


@cache
def _scanner_patterns() -> pa.Table:
    return _text_table(pattern=[like(path) for path in data.lines("scanner_paths.txt")])


def _text_table(**columns: Iterable[str]) -> pa.Table:
    return pa.table({name: pa.array(list(values), pa.string()) for name, values in columns.items()})


# Partitions, settings and digests


def _site(partition: str) -> str:
    return partition.rpartition("/")[0]


def _day(partition: str) -> date:
    return date.fromisoformat(partition.rpartition("/")[2])


def _neighbours(partition: str) -> tuple[str, str, str]:
    """The partitions of the day before, the day itself and the day after."""
    site, day = _site(partition), _day(partition)
    return f"{site}/{day - DAY}", partition, f"{site}/{day + DAY}"


def _times(partition: str) -> dict[str, Any]:
    """What `sessions.sql` must know of the calendar."""
    yesterday, today, tomorrow = _neighbours(partition)
    midnight = datetime.combine(_day(partition), time(), UTC)
    return {
        "yesterday": yesterday,
        "today": today,
        "tomorrow": tomorrow,
        "midnight": midnight,
        "noon": midnight + DAY / 2,
        "midnight_after": midnight + DAY,
        "noon_after": midnight + 3 * DAY / 2,
    }


def _held(snapshot: Snapshot, table: str, partitions: Iterable[str]) -> list[str]:
    return sorted(set(partitions) & set(snapshot.partitions(table)))


def _record(snapshot: Snapshot, site: str) -> SiteRecord:
    return next(record for record in snapshot.sites if record.name == site)


def _hosts(site: SiteRecord) -> tuple[str, ...]:
    return (site.name, *site.also, *site.was)


def _settings(site: SiteRecord) -> str:
    return repr((sorted(_hosts(site)), sorted(site.goals)))


@cache
def _lists() -> str:
    """Changes with the lists of the world that verdicts and channels rest on."""
    return _digest(*("\n".join(data.lines(name)) for name in LISTS))


def _digest(*parts: str) -> str:
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


SESSIONS = Stage("sessions", ("sessions", "page_days"), "1", plan_sessions, build_sessions)
