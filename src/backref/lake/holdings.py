"""What the catalogue lists: segments and partitions, read and changed inside a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from backref.errors import Conflict
from backref.lake import imports
from backref.lake.catalogue import PARTITIONS, SEGMENTS, version
from backref.lake.records import Contents, Partition, Segment
from backref.lake.sites import all_sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from backref.lake.segments import Staged

Place = tuple[str, str]
"""A table and one of its partitions."""

_LISTED = tuple(SEGMENTS.c[name] for name in Segment._fields)


def contents(connection: Connection) -> Contents:
    """Everything that this version lists."""
    segments: dict[str, dict[str, tuple[Segment, ...]]] = {}
    for segment in live(connection):
        held = segments.setdefault(segment.table, {})
        held[segment.partition] = (*held.get(segment.partition, ()), segment)
    partitions: dict[str, dict[str, Partition]] = {}
    for table, name, *known in connection.execute(select(PARTITIONS)):
        partitions.setdefault(table, {})[name] = Partition(*known)
    return Contents(
        version(connection),
        all_sites(connection),
        segments,
        partitions,
        imports.batches(connection),
    )


def live(connection: Connection, *places: Place) -> list[Segment]:
    """The live segments of these partitions, of all when none is named, oldest first."""
    query = select(*_LISTED).where(SEGMENTS.c.state == "live").order_by(SEGMENTS.c.id)
    if not places:
        return [Segment(*row) for row in connection.execute(query)]
    return [
        Segment(*row)
        for table, partition in places
        for row in connection.execute(
            query.where(SEGMENTS.c.table == table, SEGMENTS.c.partition == partition)
        )
    ]


def version_of(connection: Connection, place: Place) -> int:
    """How often a partition has changed; 0 when it never was."""
    found = connection.scalar(select(PARTITIONS.c.version).where(_at(place)))
    return int(found or 0)


def expect(connection: Connection, expected: Mapping[Place, int]) -> None:
    """Raise Conflict when a partition has not the version that was read."""
    moved = [place for place, seen in expected.items() if version_of(connection, place) != seen]
    if moved:
        raise Conflict(moved)


def add(connection: Connection, staged: Iterable[Staged]) -> None:
    """List staged segments of facts; their partitions each move on by one version."""
    by_place: dict[Place, list[Staged]] = {}
    for segment in staged:
        by_place.setdefault((segment.table, segment.partition), []).append(segment)
    for place, segments in by_place.items():
        enlist(connection, segments, advance(connection, place))


def enlist(connection: Connection, staged: Iterable[Staged], at: int) -> None:
    """List staged segments as part of their partition's version `at`."""
    rows = [{**segment._asdict(), "version": at, "state": "live"} for segment in staged]
    if rows:
        connection.execute(insert(SEGMENTS), rows)


def advance(
    connection: Connection, place: Place, depends: str | None = None, content: str | None = None
) -> int:
    """Move a partition on by one version, with its digests; returns the new version."""
    table, partition = place
    at = version_of(connection, place) + 1
    values = {"version": at, "depends": depends, "content": content}
    if at == 1:
        connection.execute(insert(PARTITIONS).values(table=table, partition=partition, **values))
    else:
        connection.execute(update(PARTITIONS).where(_at(place)).values(**values))
    return at


def retire(connection: Connection, segments: Iterable[int], now: datetime) -> int:
    """Take live segments off the list; their files stay for readers who still see them.
    Returns how many were live."""
    ids = list(segments)
    return connection.execute(
        update(SEGMENTS)
        .where(SEGMENTS.c.id.in_(ids), SEGMENTS.c.state == "live")
        .values(state="retired", retired_at=now)
    ).rowcount


def clear(connection: Connection, place: Place, now: datetime) -> None:
    """Retire everything in a partition."""
    retire(connection, [segment.id for segment in live(connection, place)], now)


def retired(connection: Connection, before: datetime) -> list[str]:
    """Files of segments that were retired before a time."""
    return list(
        connection.scalars(
            select(SEGMENTS.c.file).where(
                SEGMENTS.c.state == "retired", SEGMENTS.c.retired_at < before
            )
        )
    )


def strike(connection: Connection, files: Iterable[str]) -> None:
    """Forget retired segments whose files are gone."""
    for file in files:
        connection.execute(
            delete(SEGMENTS).where(SEGMENTS.c.file == file, SEGMENTS.c.state == "retired")
        )


def listed(connection: Connection) -> frozenset[str]:
    """Files of all segments, retired ones included."""
    return frozenset(connection.scalars(select(SEGMENTS.c.file)))


def _at(place: Place) -> ColumnElement[bool]:
    table, partition = place
    return (PARTITIONS.c.table == table) & (PARTITIONS.c.partition == partition)
