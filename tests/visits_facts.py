"""Facts for the tests of the visits room: hits written by hand, and a snapshot in memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from links_facts import Memory

from backref import identity, schema
from backref.lake.records import ImportSummary, SiteRecord
from backref.visits.build import SESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backref.lake.engine import Engine
    from backref.lake.lake import Lake

KEY = b"k" * 32
SITE = SiteRecord("shop.example", also=("shop-example.de",), goals=("/thanks", "/order/*"))
DAY = datetime(2026, 11, 10, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def salted(who: str, day: object) -> int:
    """A visitor's hash under a day's salt."""
    return int.from_bytes(blake2b(f"{who} {day}".encode(), digest_size=8).digest())


def hit(minute: float, who: str = "ann", page: str = "/", **told: Any) -> dict[str, Any]:
    """A row of `hits`, so many minutes after the first day began: a page view of a browser,
    unless told otherwise. `agent_text` gives the agent, `k` counts equal lines."""
    at = DAY + timedelta(minutes=minute)
    text = told.pop("agent_text", CHROME)
    repeated = told.pop("k", 0)
    who = f"{who} {text}"
    early = at.hour == 0 and at.minute < 30
    row = dict.fromkeys(schema.HITS.names) | {
        "import_id": 1,
        "position": 0,
        "site": SITE.name,
        "at": at,
        "visitor": salted(who, at.date()),
        "visitor_before": salted(who, at.date() - timedelta(days=1)) if early else None,
        "kind": "view",
        "method": "GET",
        "path": page,
        "page": page,
        "status": 200,
        "agent": text and identity.agent_hash(KEY, text),
    }
    row |= told
    record = repr((who, sorted(row.items(), key=str))).encode()
    first = identity.record_id(KEY, "hits", SITE.name, record)
    return row | {"row_id": identity.repeated_id(KEY, first, repeated)}


def agents(*texts: str) -> list[dict[str, Any]]:
    """Rows of `agents`."""
    return [
        {
            "row_id": identity.record_id(KEY, "agents", "", text.encode()),
            "import_id": 1,
            "position": 0,
            "agent": identity.agent_hash(KEY, text),
            "text": text,
        }
        for text in texts
    ]


def rows(table: str, given: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows as the Arrow table that a segment holds."""
    return pa.Table.from_pylist([dict(row) for row in given], schema.TABLES[table].arrow)


def day_of(row: Mapping[str, Any]) -> str:
    """The partition that ingest would put a hit in."""
    return f"{row['site']}/{row['at'].date()}"


def by_day(hits: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Hits by partition."""
    days: dict[str, list[Mapping[str, Any]]] = {}
    for row in hits:
        days.setdefault(day_of(row), []).append(row)
    return days


class Logs(Memory):
    """A snapshot in memory over hits, with the tables that this room derives from them."""

    def __init__(
        self,
        engine: Engine,
        hits: Iterable[Mapping[str, Any]],
        texts: Iterable[str] = (CHROME, GOOGLEBOT),
        site: SiteRecord = SITE,
    ) -> None:
        super().__init__(engine)  # type: ignore[arg-type]
        self._site = site
        for partition, found in by_day(hits).items():
            self.hold("hits", partition, rows("hits", found))
        self.hold("agents", "all", rows("agents", agents(*texts)))

    @property
    def sites(self) -> tuple[SiteRecord, ...]:
        return (self._site,)

    def built(self) -> Logs:  # type: ignore[override]
        """With sessions and page days."""
        for partition, tables in SESSIONS.builds(self, self.partitions("hits")):
            for table, made in tables.items():
                self.hold(table, partition, made.cast(schema.TABLES[table].arrow))
        return self

    def all(self, table: str) -> list[dict[str, Any]]:
        """All rows of a table, sorted as its segments are."""
        order = ", ".join(schema.TABLES[table].sort)
        return self.rows(f"/* tests.all */ select * from {table} order by {order}")


def store(lake: Lake, table: str, found: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Import rows by partition, those left out that the store holds."""
    number = lake.begin_import("facts", "test")
    expected = {}
    with lake.writer(number) as writer:
        for partition, given in found.items():
            expected[table, partition], known = lake.ids(table, partition)
            held = {bytes(name) for name in known}
            fresh = {row["row_id"]: row for row in given if row["row_id"] not in held}
            if fresh:
                writer.write(table, partition, rows(table, fresh.values()))
        lake.publish(number, writer, expected, ImportSummary(0, 0, 0, 0))
