"""The stages SESSIONS and VISIT_LINKS: one partition per site and UTC day. LOG_DAYS and VISIT_SUMS
add their days up by months.

A day's sessions need the hits of its neighbours and nothing else, so a new day of log rebuilds
three days. Which links a day's visits came through depends on those sessions and on all links
to the site, so new links rebuild that stage alone.
"""

from __future__ import annotations

from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from backref import data
from backref.lake.model import Model
from backref.lake.stage import Stage, code_of, digest_of
from backref.schema import SESSIONS as SESSIONS_TABLE
from backref.schema import VISIT_LINKS as VISIT_LINKS_TABLE
from backref.visits import bots
from backref.visits.channels import Entry
from backref.visits.codes import coded
from backref.visits.days import calendar, day_of, midnight, month_of, neighbours, site_of
from backref.visits.known_links import KnownLinks, Placements
from backref.visits.origins import origins
from backref.visits.own_hosts import OwnHosts
from backref.visits.page_days import counted, of_site, summed
from backref.visits.patterns import scanner_paths
from backref.visits.referrers import Outside, is_spammer
from backref.visits.requests import Requests
from backref.visits.resolution import resolved
from backref.visits.sessions import sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from backref.lake.records import SiteRecord
    from backref.lake.snapshot import Snapshot
    from backref.visits.definitions import Definition

ROOM = "backref.visits"
REFERRING_HOSTS = Model(ROOM, "referring_hosts.sql")
VISITORS = Model(ROOM, "visitors.sql")
REQUESTS = Model(ROOM, "requests.sql")
NAMED_HOSTS = Model(ROOM, "named_hosts.sql")
KNOWN_LINKS = Model(ROOM, "known_links.sql")
OF_DAYS = "/* visits.sessions_of_days */ SELECT * FROM sessions"
SHEET = Model(ROOM, "sheet.sql")
LISTS = (
    "apps.csv", "bot_purposes.csv", "bot_reasons.csv", "bot_tokens.txt", "browser_years.csv",
    "click_networks.csv", "host_aliases.csv", "operators.csv", "referrer_spammers.txt",
    "referrers.csv", "return_hosts.txt", "scanner_paths.txt", "source_names.csv",
)  # fmt: skip
SLICE_ROWS = 2_000_000
GROUP_ROWS = 250_000


# Sessions


def plan_sessions(snapshot: Snapshot) -> dict[str, str]:
    """Every day with hits: its own, its neighbours', the site's settings, models and lists."""
    held = snapshot.partitions("hits")
    hits = {partition: snapshot.digest("hits", partition) for partition in held}
    settings = {site.name: _settings(site) for site in snapshot.sites}
    common = [*(model.digest for model in (REFERRING_HOSTS, VISITORS, REQUESTS)), _lists()]
    return {
        partition: digest_of(
            *common,
            settings[site_of(partition)],
            *(hits.get(near, "") for near in neighbours(partition)),
        )
        for partition in held
        if site_of(partition) in settings
    }


def build_sessions(snapshot: Snapshot, partition: str) -> dict[str, pa.Table]:
    """The sessions that began on one day, and that day's requests by page."""
    return next(build_many_sessions(snapshot, [partition]))[1]


def build_many_sessions(
    snapshot: Snapshot, partitions: Sequence[str]
) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """The same for many days: small ones share the reading, a large one is taken in slices."""
    for day, read, verdicts in _read(snapshot, partitions):
        yield day, _day_of_visits(read, verdicts, snapshot.site(site_of(day)), day)


def visits_under(
    snapshot: Snapshot, partitions: Sequence[str], definitions: Sequence[Definition]
) -> Iterator[tuple[Definition, pa.Table]]:
    """The visits that began on these days under each definition, with the columns of `sessions`;
    a large day comes in slices."""
    for day, read, verdicts in _read(snapshot, partitions):
        site = snapshot.site(site_of(day))
        for part in read:
            for rules in definitions:
                visits = sessions(
                    part, midnight(day), site.goals, site.name, zone=site.zone, rules=rules
                )
                yield rules, _finished(visits, verdicts)


def _read(
    snapshot: Snapshot, partitions: Sequence[str]
) -> Iterator[tuple[str, Iterator[Requests], pa.Table]]:
    """Each day with the requests that its visits are cut from, in slices, and its verdicts."""
    for days in _groups(snapshot, "hits", partitions):
        site = snapshot.site(site_of(days[0]))
        outside, hosts = Outside(site.hosts), OwnHosts(site.hosts)
        slices = 1 + snapshot.rows_in("hits", *days) // SLICE_ROWS
        requests = partial(_requests, snapshot, days, slices)
        together = requests(0) if slices == 1 else None
        for day, visitors in _by(_visitors(snapshot, days, outside), "partition", days):
            parts = [together] if together else map(requests, range(slices))
            read = (
                Requests.of(_with_own_host(_only(part, "built", day), hosts), outside.host)
                for part in parts
            )
            yield day, read, bots.verdicts(visitors, day_of(day))


def _day_of_visits(
    requests: Iterable[Requests], verdicts: pa.Table, site: SiteRecord, partition: str
) -> dict[str, pa.Table]:
    others = pc.not_equal(verdicts["verdict"], "person")
    bot = verdicts.filter(others)["visitor"].combine_chunks()
    visits, counts = [], []
    for part in requests:
        visits.append(sessions(part, midnight(partition), site.goals, site.name))
        counts.append(counted(part, partition, bot, site.zone))
    return {
        "sessions": _finished(pa.concat_tables(visits), verdicts),
        "page_days": of_site(summed(counts), site.name),
    }


def _visitors(snapshot: Snapshot, days: list[str], outside: Outside) -> pa.Table:
    today = {"hits": days}
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


def _requests(snapshot: Snapshot, days: list[str], slices: int, number: int) -> pa.Table:
    near = {name for day in days for name in neighbours(day)}
    return snapshot.table(
        REQUESTS,
        partitions={"hits": snapshot.held("hits", near)},
        tables={"days": calendar(days)},
        slices=slices,
        slice=number,
    )


def _with_own_host(rows: pa.Table, hosts: OwnHosts) -> pa.Table:
    """The rows with the own host that the log names, if it does."""
    names, place = coded(rows["host"])
    own = pa.array([hosts.own(name) for name in names], pa.string()).take(pa.array(place))
    return rows.append_column("own_host", own)


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
    """Every day with sessions: these, all links to the site, the site's placements, and which own
    hosts that day's logs can tell apart."""
    own = _own_hosts(snapshot)
    common = {
        site.name: digest_of(
            KNOWN_LINKS.digest,
            SHEET.digest,
            _lists(),
            _settings(site),
            snapshot.digest("links", *buckets)
            if (buckets := snapshot.buckets_of(site, "links"))
            else "",
            snapshot.digest("placements", site.name),
        )
        for site in snapshot.sites
    }
    return {
        partition: digest_of(
            common[site_of(partition)],
            snapshot.digest("sessions", partition),
            repr(own[site_of(partition)].told_apart(day_of(partition))),
        )
        for partition in snapshot.partitions("sessions")
        if site_of(partition) in common
    }


def build_visit_links(snapshot: Snapshot, partition: str) -> dict[str, pa.Table]:
    """Which links the sessions of one day came through."""
    return next(build_many_visit_links(snapshot, [partition]))[1]


def build_many_visit_links(
    snapshot: Snapshot, partitions: Sequence[str]
) -> Iterator[tuple[str, dict[str, pa.Table]]]:
    """The same for many days: the links are read once, and small days together."""
    known: dict[str, tuple[KnownLinks, Placements]] = {}
    for days in _groups(snapshot, "sessions", partitions):
        site = snapshot.site(site_of(days[0]))
        if site.name not in known:
            known = {site.name: known_links(snapshot, site)}
        visits = snapshot.table(OF_DAYS, partitions={"sessions": days})
        for day, of_that_day in _by(visits, "partition", days):
            parts = resolved(of_that_day.to_batches(), *known[site.name], site.zone)
            yield day, {"visit_links": pa.Table.from_batches(parts, VISIT_LINKS_TABLE.arrow)}


def known_links(snapshot: Snapshot, site: SiteRecord) -> tuple[KnownLinks, Placements]:
    """The links and placements of a site that its visits may have come through."""
    links = KnownLinks.of(
        snapshot.table(
            KNOWN_LINKS,
            partitions={"links": snapshot.buckets_of(site, "links")},
            tables={"own_hosts": pa.table({"host": pa.array(site.hosts, pa.string())})},
        ),
        _own_hosts(snapshot)[site.name],
    )
    sheet = snapshot.table(
        SHEET, partitions={"placements": snapshot.held("placements", [site.name])}, until_day=None
    )
    return links, Placements(sheet, links, snapshot.key)


def _own_hosts(snapshot: Snapshot) -> dict[str, OwnHosts]:
    """The hosts of each site, and when logs name which of them."""
    named: dict[str, dict[str, tuple[date, date]]] = {}
    for row in snapshot.rows(NAMED_HOSTS):
        named.setdefault(row["site"], {})[row["host"]] = row["first_day"], row["last_day"]
    return {site.name: OwnHosts(site.hosts, named.get(site.name)) for site in snapshot.sites}


# Months


def _by_month(table: str, days_of: str) -> Stage:
    """A stage whose model adds up the days of another table, a partition for each month: so that
    who reads a long history opens few files, and a new day costs one month."""
    model = Model(ROOM, f"{table}.sql")

    def plan(snapshot: Snapshot) -> dict[str, str]:
        return {
            month: digest_of(model.digest, snapshot.digest(days_of, *days))
            for month, days in _months(snapshot, days_of).items()
        }

    def build(snapshot: Snapshot, partition: str) -> dict[str, pa.Table]:
        days = _months(snapshot, days_of)[partition]
        return {table: snapshot.table(model, partitions={days_of: days})}

    return Stage(table, (table,), code_of(ROOM), plan, build, reads=(days_of,))


def _months(snapshot: Snapshot, table: str) -> dict[str, list[str]]:
    return {month: [*days] for month, days in groupby(snapshot.partitions(table), month_of)}


# Partitions, settings and digests


def _groups(snapshot: Snapshot, table: str, partitions: Sequence[str]) -> Iterator[list[str]]:
    """The days of each site in order, in groups of few enough rows to be read together."""
    for _, days in groupby(sorted(partitions), site_of):
        group: list[str] = []
        rows = 0
        for day in days:
            rows += (more := snapshot.rows_in(table, day))
            if group and rows > GROUP_ROWS:
                yield group
                group, rows = [], more
            group.append(day)
        yield group


def _by(table: pa.Table, column: str, days: Iterable[str]) -> Iterator[tuple[str, pa.Table]]:
    """Each day with its rows."""
    return ((day, _only(table, column, day)) for day in days)


def _only(table: pa.Table, column: str, day: str) -> pa.Table:
    return table.filter(pc.equal(table[column], day))


def _settings(site: SiteRecord) -> str:
    return repr((sorted(site.hosts), sorted(site.goals), site.zone))


@cache
def _lists() -> str:
    """Changes with the lists of the world that verdicts and channels rest on."""
    return digest_of(*("\n".join(data.lines(name)) for name in LISTS))


SESSIONS = Stage(
    "sessions",
    ("sessions", "page_days"),
    code_of(ROOM),
    plan_sessions,
    build_sessions,
    build_many_sessions,
    ("hits", "agents"),
)
LOG_DAYS = _by_month("log_days", "page_days")
VISIT_LINKS = Stage(
    "visit_links",
    ("visit_links",),
    code_of(ROOM),
    plan_visit_links,
    build_visit_links,
    build_many_visit_links,
    ("sessions", "log_days", "links", "placements"),
)
VISIT_SUMS = _by_month("visit_sums", "visit_links")
