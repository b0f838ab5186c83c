"""The catalogue's tables and how they came to be: functions in order, names recorded.

A migration is never changed once released. A catalogue that records a name unknown here was
written by a newer Backref and is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select, text

from backref.errors import StoreTooNew
from backref.lake import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


def m001_first(connection: Connection) -> None:
    """The tables of the first release."""
    catalogue.METADATA.create_all(connection)
    connection.execute(insert(catalogue.META).values(name="version", value=0))


def m002_lines_of_rejects(connection: Connection) -> None:
    """Rejects tell the line of their file."""
    if "line" not in {column["name"] for column in inspect(connection).get_columns("rejects")}:
        connection.execute(text("ALTER TABLE rejects ADD COLUMN line BIGINT"))


def m003_labels(connection: Connection) -> None:
    """Tags, notes and filters that people keep."""
    for table in (catalogue.TAGS, catalogue.NOTES, catalogue.FILTERS):
        table.create(connection, checkfirst=True)


def m004_secrets(connection: Connection) -> None:
    """What only the server reads has a table."""
    catalogue.SECRETS.create(connection, checkfirst=True)


def m005_alerts(connection: Connection) -> None:
    """Rules, whom they tell, and what was told."""
    for table in (catalogue.CHANNELS, catalogue.RULES, catalogue.DELIVERIES, catalogue.ALERTS):
        table.create(connection, checkfirst=True)


def m006_spans_of_imports(connection: Connection) -> None:
    """Imports tell from when to when their records are."""
    held = {column["name"] for column in inspect(connection).get_columns("imports")}
    for name in ("earliest", "latest"):
        if name not in held:
            connection.execute(text(f"ALTER TABLE imports ADD COLUMN {name} DATETIME"))


def m007_batches_of_imports(connection: Connection) -> None:
    """Imports tell which of them came together."""
    if "batch" not in {column["name"] for column in inspect(connection).get_columns("imports")}:
        connection.execute(text("ALTER TABLE imports ADD COLUMN batch INTEGER"))


MIGRATIONS: tuple[Callable[[Connection], None], ...] = (
    m001_first,
    m002_lines_of_rejects,
    m003_labels,
    m004_secrets,
    m005_alerts,
    m006_spans_of_imports,
    m007_batches_of_imports,
)


def recorded(connection: Connection) -> frozenset[str]:
    """Names of the migrations that this catalogue went through."""
    if not inspect(connection).has_table(catalogue.MIGRATED.name):
        return frozenset()
    return frozenset(connection.scalars(select(catalogue.MIGRATED.c.name)))


def refuse_newer(names: frozenset[str]) -> None:
    """Raise StoreTooNew when a recorded migration is unknown here."""
    unknown = sorted(names - {migration.__name__ for migration in MIGRATIONS})
    if unknown:
        raise StoreTooNew(
            f"This store was written by a newer Backref ({unknown[0]}): "
            "update with `pip install --upgrade backref`."
        )


def pending(names: frozenset[str]) -> tuple[Callable[[Connection], None], ...]:
    """The migrations that a catalogue with these names still needs."""
    return tuple(migration for migration in MIGRATIONS if migration.__name__ not in names)


def apply(connection: Connection) -> None:
    """Bring the catalogue up to date inside the caller's transaction."""
    names = recorded(connection)
    refuse_newer(names)
    for migration in pending(names):
        migration(connection)
        connection.execute(
            insert(catalogue.MIGRATED).values(name=migration.__name__, applied=datetime.now(UTC))
        )
