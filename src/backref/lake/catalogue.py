"""The catalogue: which segments are live, which imports happened, which sites there are.

It alone says what the store holds; a file that it does not list is nothing. SQLite in WAL mode
with synchronous=FULL, so a committed transaction survives a power cut; one writer at a time,
readers never wait. Writing transactions are short and never span a scan of data.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeDecorator

from backref.lake import trouble

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

Fault = Callable[[str], None]


def no_fault(point: str) -> None:
    """The fault hook outside tests: nothing ever happens at `point`."""


class UtcTime(TypeDecorator[datetime]):
    """A time that is UTC on both sides; databases without zones hold it naive."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Strip the zone after bringing the time to UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Say again that the time is UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


METADATA = MetaData()

MIGRATED = Table(
    "migrations",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("applied", UtcTime, nullable=False),
)

META = Table(
    "meta",
    METADATA,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

SITES = Table(
    "sites",
    METADATA,
    Column("name", String(253), primary_key=True),
    Column("also", JSON, nullable=False),
    Column("was", JSON, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("brand", JSON, nullable=False),
    Column("goals", JSON, nullable=False),
    Column("created", UtcTime, nullable=False),
)

SEGMENTS = Table(
    "segments",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("table", String(64), nullable=False),
    Column("partition", String(320), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("file", String(200), nullable=False, unique=True),
    Column("rows", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(8), nullable=False),
    Column("retired_at", UtcTime),
    Index("segments_of_partition", "state", "table", "partition"),
)

PARTITIONS = Table(
    "partitions",
    METADATA,
    Column("table", String(64), primary_key=True),
    Column("partition", String(320), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("depends", String(64)),
    Column("content", String(64)),
)

IMPORTS = Table(
    "imports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("file", Text, nullable=False),
    Column("format", String(64), nullable=False),
    Column("dialect", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("site", String(253)),
    Column("stream", String(200), nullable=False),
    Column("started", UtcTime, nullable=False),
    Column("finished", UtcTime),
    Column("state", String(12), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("read", BigInteger),
    Column("stored", BigInteger),
    Column("duplicate", BigInteger),
    Column("rejected", BigInteger),
    Column("counts", JSON, nullable=False),
    Column("seconds", Float),
    Column("sha256", String(64)),
    Column("earliest", UtcTime),
    Column("latest", UtcTime),
    Column("reason", Text),
    Column("batch", Integer),
    CheckConstraint("read = stored + duplicate + rejected", name="every_record_accounted_for"),
)

REJECTS = Table(
    "rejects",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("import_id", ForeignKey("imports.id"), nullable=False, index=True),
    Column("position", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sample", Text, nullable=False),
    Column("line", BigInteger),
)

TAGS = Table(
    "tags",
    METADATA,
    Column("site", String(253), primary_key=True),
    Column("link_id", String(16), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("added", UtcTime, nullable=False),
)

NOTES = Table(
    "notes",
    METADATA,
    Column("site", String(253), primary_key=True),
    Column("link_id", String(16), primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed", UtcTime, nullable=False),
)

FILTERS = Table(
    "filters",
    METADATA,
    Column("site", String(253), primary_key=True),
    Column("name", String(80), primary_key=True),
    Column("query", Text, nullable=False),
    Column("kept", UtcTime, nullable=False),
)

SECRETS = Table(
    "secrets",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

CHANNELS = Table(
    "channels",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("added", UtcTime, nullable=False),
)

RULES = Table(
    "rules",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("site", String(253), nullable=False),
    Column("condition", String(20), nullable=False),
    Column("threshold", Float, nullable=False),
    Column("scope", JSON, nullable=False),
    Column("channel", ForeignKey("channels.name"), nullable=False),
    Column("quiet", String(16), nullable=False),
    Column("digest", String(16), nullable=False),
    Column("muted", UtcTime),
    Column("added", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("site", String(253), nullable=False),
    Column("channel", String(40), nullable=False),
    Column("message", JSON, nullable=False),
    Column("state", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Column("made", UtcTime, nullable=False),
    Column("next_try", UtcTime, nullable=False),
    Column("ended", UtcTime),
    Index("deliveries_by_state", "state", "next_try"),
)

ALERTS = Table(
    "alerts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("rule_id", ForeignKey("rules.id"), nullable=False),
    Column("key", String(32), nullable=False),
    Column("what", JSON, nullable=False),
    Column("known", UtcTime, nullable=False),
    Column("found", UtcTime, nullable=False),
    Column("due", UtcTime),
    Column("delivery_id", ForeignKey("deliveries.id")),
    Index("alert_once", "rule_id", "key", unique=True),
    Index("alerts_due", "delivery_id", "due"),
    sqlite_autoincrement=True,
)


class Catalogue:
    """Transactions on the catalogue database at `path`, or at any other `url`."""

    def __init__(
        self, path: Path, *, url: str | None = None, busy: float = 30.0, fault: Fault = no_fault
    ) -> None:
        self._path = path
        self._busy = busy
        self._fault = fault
        options: dict[str, Any] = {} if url else {"creator": self._connect, "poolclass": NullPool}
        self._engine = create_engine(url or "sqlite://", **options)
        event.listen(self._engine, "begin", _begin)
        # While one connection stays open, SQLite keeps its journal and index files.
        self._anchor = None if url else self._drop_anchor()

    def close(self) -> None:
        """Give back the database."""
        self._engine.dispose()
        if self._anchor is not None:
            self._anchor.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view of the catalogue."""
        with trouble.named("reading the catalogue"), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, counted: bool = True) -> Iterator[Connection]:
        """One transaction that either happens whole or not at all, and counts as a version unless
        it touches nothing that snapshots show."""
        with (
            trouble.named("writing the catalogue"),
            self._engine.connect().execution_options(immediate=True) as connection,
        ):
            # The first statement takes the row that orders writers where BEGIN cannot.
            if counted:
                bump(connection)
            yield connection
            self._fault("catalogue.before_commit")
            connection.commit()
            self._fault("catalogue.after_commit")

    def migrate(self, apply: Callable[[Connection], None]) -> None:
        """Run migrations in one transaction."""
        with (
            trouble.named("bringing the catalogue up to date"),
            self._engine.connect().execution_options(immediate=True) as connection,
        ):
            apply(connection)
            connection.commit()

    def damages(self) -> list[str]:
        """What the database itself finds wrong with its file."""
        if self._engine.dialect.name != "sqlite":
            return []
        with self.read() as connection:
            answers = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [answer for answer in answers if answer != "ok"]

    def _connect(self) -> sqlite3.Connection:
        connection = self._open()
        if not _has_index(connection):
            # No room for the shared index: a lone short connection can still read without it.
            connection.close()
            connection = self._open()
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _drop_anchor(self) -> sqlite3.Connection | None:
        with trouble.named("opening the catalogue"):
            connection = self._open()
            if _has_index(connection):
                return connection
            connection.close()
            return None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, timeout=self._busy, isolation_level=None, check_same_thread=False
        )


def create_database(path: Path) -> None:
    """An empty database file in WAL mode."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")


def version(connection: Connection) -> int:
    """How many writing transactions the catalogue has seen."""
    return int(connection.scalar(select(META.c.value).where(META.c.name == "version")) or 0)


def meta(connection: Connection, name: str) -> int | None:
    """A number that the catalogue keeps under a name."""
    value = connection.scalar(select(META.c.value).where(META.c.name == name))
    return None if value is None else int(value)


def set_meta(connection: Connection, name: str, value: int) -> None:
    """Keep a number of 63 bits under a name."""
    if meta(connection, name) is None:
        connection.execute(insert(META).values(name=name, value=value))
    else:
        connection.execute(update(META).where(META.c.name == name).values(value=value))


def bump(connection: Connection) -> None:
    """Count one more writing transaction."""
    connection.execute(update(META).where(META.c.name == "version").values(value=META.c.value + 1))


def _has_index(connection: sqlite3.Connection) -> bool:
    """Whether the disk had room for the index that connections share in WAL mode."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_IOERR_SHMSIZE":
            return False
        raise
    return True


def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get("immediate", False)
        if not immediate:
            connection.exec_driver_sql("BEGIN")
            return
        with trouble.told_when_long():
            connection.exec_driver_sql("BEGIN IMMEDIATE")
