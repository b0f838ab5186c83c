"""The stages SESSIONS and VISIT_LINKS: one partition per site and UTC day.

A day's sessions need the hits of its neighbours and nothing else, so a new day of log rebuilds
three days. Which links a day's visits came through depends on those sessions and on all links
to the site, so new links rebuild that stage alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import pyarrow as pa
import pyarrow.compute as pc

from backref import data
from backref.lake.model import Model
from backref.lake.stage import Stage
from backref.schema import SESSIONS as SESSIONS_TABLE
from backref.schema import VISIT_LINKS as VISIT_LINKS_TABLE
from backref.url import bucket, registrable_domain
from backref.visits import bots
from backref.visits.channels import Entry
from backref.visits.known_links import KnownLinks, Placements
from backref.visits.origins import origins
from backref.visits.page_days import counted, of_day, summed
from backref.visits.patterns import scanner_paths
from backref.visits.referrers import Outside, is_spammer
from backref.visits.resolution import resolved
from backref.visits.sessions import Requests, sessions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot

ROOM = "backref.visits"
REFERRING_HOSTS = Model(ROOM, "referring_hosts.sql")
VISITORS = Model(ROOM, "visitors.sql")
REQUESTS = Model(ROOM, "requests.sql")
KNOWN_LINKS = Model(ROOM, "known_links.sql")
OF_DAY = "/* visits.sessions_of_day */ SELECT * FROM sessions"
SHEET = "/* visits.sheet */ SELECT * FROM placements"
LISTS = (
    "apps.csv", "bot_purposes.csv", "bot_reasons.csv", "bot_tokens.txt", "browser_years.csv",
    "click_networks.csv", "host_aliases.csv", "operators.csv", "referrer_spammers.txt",
    "referrers.csv", "return_hosts.txt", "scanner_paths.txt", "source_names.csv",
)  # fmt: skip
DAY = timedelta(days=1)
SLICE_ROWS = 2_000_000
_KNOWN: WeakKeyDictionary[Snapshot, dict[str, tuple[KnownLinks, Placements]]] = WeakKeyDictionary()


# Sessions


def plan_sessions(snapshot: Snapshot) -> dict[str, str]:
    """Every day with hits: its own, its neighbours', the site's settings, models and lists."""
    held = snapshot.partitions("hits")
    hits = {partition: snapshot.digest("hits", partition) for partition in held}
    settings = {site.name: _settings(site) for site in snapshot.sites}
    common = [*(model.digest for model in (REFERRING_HOSTS, VISITORS, REQUESTS)), _lists()]
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
    outside = Outside(_hosts(site))
    verdicts = bots.verdicts(_visitors(snapshot, partition, outside), _day(partition))
    bot = verdicts.filter(pc.equal(verdicts["verdict"], "bot"))["visitor"].combine_chunks()
    slices = 1 + snapshot.rows_in("hits", partition) // SLICE_ROWS
    visits, counts = [], []
    for number in range(slices):
        requests = _requests(snapshot, partition, outside, slices, number)
        visits.append(sessions(requests, _midnight(partition), site.goals, site.name))
        counts.append(counted(requests, partition, bot))
    return {
        "sessions": _finished(pa.concat_tables(visits), verdicts),
        "page_days": of_day(summed(counts), site.name, _day(partition)),
    }


def _visitors(snapshot: Snapshot, partition: str, outside: Outside) -> pa.Table:
    today = {"hits": [partition]}
    hosts = snapshot.table(REFERRING_HOSTS, partitions=today)["referrer_host"].to_pylist()
    referrers = pa.table(
        {
            "referrer_host": pa.array(hosts, pa.string()),
            "outside_host": pa.array([outside.host(host) for host in hosts], pa.string()),
            "spam": pa.array([is_spammer(host) for host in hosts], pa.bool_()),
        }
    )
    return snapshot.table(
        VISITORS, partitions=today, tables={"referrers": referrers}, scanner_paths=scanner_paths()
    )


def _requests(
    snapshot: Snapshot, partition: str, outside: Outside, slices: int, number: int
) -> Requests:
    yesterday, today, tomorrow = _neighbours(partition)
    rows = snapshot.table(
        REQUESTS,
        partitions={"hits": _held(snapshot, "hits", (yesterday, today, tomorrow))},
        yesterday=yesterday,
        today=today,
        tomorrow=tomorrow,
        noon_after=datetime.combine(_day(partition) + DAY, time(12), UTC),
        slices=slices,
        slice=number,
    )
    return Requests.of(rows, outside.host)


def _finished(visits: pa.Table, verdicts: pa.Table) -> pa.Table:
    """Add verdict and channel."""
    origin = origins(visits.select(Entry._fields))
    place = pc.index_in(visits["visitor"], value_set=verdicts["visitor"].combine_chunks())
    verdict = verdicts.drop_columns(["visitor"]).take(place)
    for table in (origin, verdict):
        for name in table.column_names:
            visits = visits.append_column(name, table[name])
    return visits.select(SESSIONS_TABLE.names).cast(SESSIONS_TABLE.arrow)


# The links of visits


def plan_visit_links(snapshot: Snapshot) -> dict[str, str]:
    """Every day with sessions: these, all links to the site, and the site's placements."""
    common = {
        site.name: _digest(
            KNOWN_LINKS.digest,
            _lists(),
            _settings(site),
            snapshot.digest("links", *buckets) if (buckets := _buckets(snapshot, site)) else "",
            snapshot.digest("placements", site.name),
        )
        for site in snapshot.sites
    }
    return {
        partition: _digest(common[_site(partition)], snapshot.digest("sessions", partition))
        for partition in snapshot.partitions("sessions")
        if _site(partition) in common
    }


def build_visit_links(snapshot: Snapshot, partition: str) -> dict[str, pa.RecordBatchReader]:
    """Which links the sessions of one day came through."""
    links, placements = _known(snapshot, _record(snapshot, _site(partition)))
    sessions_of_day = snapshot.sql(OF_DAY, partitions={"sessions": [partition]})
    parts = resolved(sessions_of_day, links, placements, _day(partition))
    return {"visit_links": pa.RecordBatchReader.from_batches(VISIT_LINKS_TABLE.arrow, parts)}


def _known(snapshot: Snapshot, site: SiteRecord) -> tuple[KnownLinks, Placements]:
    """The links and placements of a site, read once for all days that are built."""
    held = _KNOWN.setdefault(snapshot, {})
    if site.name not in held:
        links = KnownLinks.of(_links(snapshot, site))
        sheet = snapshot.table(
            SHEET, partitions={"placements": _held(snapshot, "placements", [site.name])}
        )
        held[site.name] = links, Placements(sheet, links, snapshot.key)
    return held[site.name]


def _links(snapshot: Snapshot, site: SiteRecord) -> pa.Table:
    own = pa.table({"host": pa.array(_hosts(site), pa.string())})
    return snapshot.table(
        KNOWN_LINKS,
        partitions={"links": _buckets(snapshot, site)},
        tables={"own_hosts": own},
    )


def _buckets(snapshot: Snapshot, site: SiteRecord) -> list[str]:
    wanted = {bucket(registrable_domain(host)) for host in _hosts(site)}
    return _held(snapshot, "links", wanted)


# Partitions, settings and digests


def _site(partition: str) -> str:
    return partition.rpartition("/")[0]


def _day(partition: str) -> date:
    return date.fromisoformat(partition.rpartition("/")[2])


def _neighbours(partition: str) -> tuple[str, str, str]:
    """The partitions of the day before, the day itself and the day after."""
    site, day = _site(partition), _day(partition)
    return f"{site}/{day - DAY}", partition, f"{site}/{day + DAY}"


def _midnight(partition: str) -> int:
    """The day's beginning in microseconds since 1970."""
    return (_day(partition) - date(1970, 1, 1)) // timedelta(microseconds=1)


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
VISIT_LINKS = Stage("visit_links", ("visit_links",), "1", plan_visit_links, build_visit_links)
