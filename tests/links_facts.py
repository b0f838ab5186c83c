"""Facts for the tests of the links room: rows written by hand, and a snapshot in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from backref import identity, schema, url
from backref.lake.engine import Engine
from backref.lake.model import words
from backref.lake.records import Contents, ImportSummary
from backref.lake.snapshot import Snapshot
from backref.links import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from backref.lake.lake import Lake

KEY = b"k" * 32
START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""

Interval = tuple[datetime | None, datetime | None]


def hours(count: float) -> Interval:
    """The instant that many hours after the start."""
    at = START + timedelta(hours=count)
    return at, at


def day(count: int) -> Interval:
    """The whole day that many days after the start, as vendors write times."""
    at = START + timedelta(days=count)
    return at, at + timedelta(days=1, microseconds=-1)


UNDATED: Interval = (None, None)


def observation(
    source: str,
    target: str | None,
    at: Interval = UNDATED,
    witness: str = "archive",
    assertion: str = "present",
    site: str = "shop.example",
    **told: Any,
) -> dict[str, Any]:
    """A row of `link_observations`; without target it leads somewhere on `site`."""
    page, goal = url.parse(source), url.parse(target) if target else None
    assert page
    host = goal.host if goal else site
    row = dict.fromkeys(schema.LINK_OBSERVATIONS.names) | {
        "witness": witness,
        "assertion": assertion,
        "observed_lo": at[0],
        "observed_hi": at[1],
        "source_url": page.href,
        "source_page": url.fold_key(page),
        "source_hash": identity.page_hash(KEY, url.fold_key(page)),
        "source_host": page.host,
        "source_domain": url.registrable_domain(page.host),
        "source_identity": url.identity(page),
        "target_url": goal.href if goal else None,
        "target_page": url.fold_key(goal) if goal else None,
        "target_host": host,
        "target_domain": url.registrable_domain(host),
    }
    return _identified("link_observations", row | told)


def capture(
    address: str,
    at: Interval,
    status: int | None = 200,
    complete: bool = True,
    witness: str = "archive",
    **told: Any,
) -> dict[str, Any]:
    """A row of `page_observations`."""
    page = url.parse(address)
    assert page
    row = dict.fromkeys(schema.PAGE_OBSERVATIONS.names) | {
        "witness": witness,
        "observed_lo": at[0],
        "observed_hi": at[1],
        "url": page.href,
        "page": url.fold_key(page),
        "host": page.host,
        "domain": url.registrable_domain(page.host),
        "status": status,
        "complete": complete,
        "extractor": "1",
    }
    row |= told
    for name in ("redirect", "canonical"):
        leads = url.parse(row["redirect_to" if name == "redirect" else name] or "about:blank")
        row[f"{name}_page"] = url.fold_key(leads) if leads else None
    return _identified("page_observations", row)


def look(
    address: str, at: Interval, told: str = "blocked", purpose: str = "page", **more: Any
) -> dict[str, Any]:
    """A row of `checks`."""
    page = url.parse(address)
    assert page
    row = dict.fromkeys(schema.CHECKS.names) | {
        "at": at[1],
        "purpose": purpose,
        "url": page.href,
        "page": url.fold_key(page),
        "host": page.host,
        "domain": url.registrable_domain(page.host),
        "outcome": "answered",
        "told": told,
    }
    return _identified("checks", row | more)


def rating(vendor: str, metric: str, subject: str, value: float, **told: Any) -> dict[str, Any]:
    """A row of `ratings`, of a domain unless told otherwise."""
    row = dict.fromkeys(schema.RATINGS.names) | {
        "vendor": vendor,
        "metric": metric,
        "scope": "domain",
        "subject": subject,
        "value": value,
    }
    return _identified("ratings", row | told)


def rank(domain: str, **told: Any) -> dict[str, Any]:
    """A row of `domain_ranks`."""
    row = dict.fromkeys(schema.DOMAIN_RANKS.names) | {"level": "domain", "domain": domain}
    return _identified("domain_ranks", row | told)


def _identified(table: str, row: dict[str, Any]) -> dict[str, Any]:
    record = repr(sorted(row.items(), key=str)).encode()
    return row | {"row_id": identity.record_id(KEY, table, "", record), "import_id": 1}


PARTITION_BY = {
    "link_observations": "target_domain",
    "page_observations": "domain",
    "checks": "domain",
}


def table_of(row: Mapping[str, Any]) -> str:
    """The table that a row made here belongs to."""
    return next(name for name, table in schema.TABLES.items() if table.names == tuple(row))


def partition_of(table: str, row: Mapping[str, Any]) -> str:
    """The partition that ingest would put a row in."""
    return url.bucket(row[PARTITION_BY[table]]) if table in PARTITION_BY else "all"


def by_place(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Rows by (table, partition)."""
    places: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        table = table_of(row)
        places.setdefault((table, partition_of(table, row)), []).append(row)
    return places


def store(lake: Lake, rows: Iterable[Mapping[str, Any]]) -> None:
    """Import rows that the store does not hold yet."""
    number = lake.begin_import("facts", "test")
    expected = {}
    with lake.writer(number) as writer:
        for (table, partition), found in by_place(rows).items():
            expected[table, partition], known = lake.ids(table, partition)
            held = {bytes(identity_) for identity_ in known}
            fresh = {row["row_id"]: row for row in found if row["row_id"] not in held}
            if fresh:
                arrow = schema.TABLES[table].arrow
                writer.write(table, partition, pa.Table.from_pylist([*fresh.values()], arrow))
        lake.publish(number, writer, expected, ImportSummary(0, 0, 0, 0))


class Memory(Snapshot):
    """A snapshot over rows in memory: the models run as they do on a store, without its disk."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(Contents(0, (), {}, {}), KEY, None, lambda: connection)  # type: ignore
        self._rows: dict[str, pa.Table] = {}

    def hold(self, table: str, partition: str, rows: pa.Table) -> None:
        """Add rows of a partition."""
        named = rows.append_column("partition", pa.array([partition] * len(rows), pa.string()))
        held = self._rows.get(table)
        self._rows[table] = pa.concat_tables([held, named]) if held is not None else named

    def partitions(self, table: str) -> tuple[str, ...]:
        held = self._rows.get(table)
        return () if held is None else tuple(sorted(set(held["partition"].to_pylist())))

    def rows_in(self, table: str, *partitions: str) -> int:
        return sum(self._rows[table]["partition"].to_pylist().count(name) for name in partitions)

    def _lay_out(self, cursor, text, partitions, tables):  # type: ignore[no-untyped-def]
        mentioned = words(text) & schema.TABLES.keys() - tables.keys()
        views = {name: self._view(name, partitions.get(name)) for name in mentioned}
        for name, rows in (views | dict(tables)).items():
            cursor.register(name, rows)

    def _view(self, name: str, wanted: Iterable[str] | None) -> pa.Table:
        arrow = schema.TABLES[name].arrow.append(pa.field("partition", pa.string()))
        held = self._rows.get(name, arrow.empty_table())
        if wanted is None:
            return held
        return held.filter(pa.compute.is_in(held["partition"], pa.array([*wanted], pa.string())))


def connect(folder: Path) -> Engine:
    """An engine as the lake sets it up."""
    return Engine(folder, folder, threads=1)


def folded(engine: Engine, rows: Iterable[Mapping[str, Any]]) -> Memory:
    """A snapshot of the rows and of all that this room derives from them."""
    snapshot = Memory(engine)  # type: ignore[arg-type]
    for (table, partition), found in by_place(rows).items():
        snapshot.hold(table, partition, pa.Table.from_pylist(found, schema.TABLES[table].arrow))
    for stage, source in (
        (build.PAGES, "page_observations"),
        (build.LINKS, "link_observations"),
        (build.REFERRING_DOMAINS, "links"),
    ):
        for partition, tables in stage.builds(snapshot, snapshot.partitions(source)):
            for table, built in tables.items():
                snapshot.hold(table, partition, built.cast(schema.TABLES[table].arrow))
    return snapshot


def derived(snapshot: Snapshot, table: str) -> list[dict[str, Any]]:
    """All rows of a table, sorted as its segments are."""
    order = ", ".join(schema.TABLES[table].sort)
    return snapshot.rows(f"/* tests.derived */ select * from {table} order by {order}")
