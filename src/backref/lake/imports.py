"""The history of imports and what they rejected."""

from __future__ import annotations

from dataclasses import asdict, fields
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from backref.lake.catalogue import IMPORTS, REJECTS
from backref.lake.records import ImportRecord, ImportSummary, RejectRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

REASON_CHARACTERS = 300
SAMPLE_CHARACTERS = 200
REJECTS_AT_ONCE = 5_000

SUMS = ("read", "stored", "duplicate", "rejected")
LATEST = ("counts", "seconds", "sha256", "finished")
"""What a joined import takes from the later one, beside the sums."""

Rejected = tuple[int, str, str, int | None]
"""A reject's position, reason, sample and line."""

_SHOWN = tuple(IMPORTS.c[field.name] for field in fields(ImportRecord))


def begin(connection: Connection, owner: str, now: datetime, **values: Any) -> int:
    """Record that an import runs; returns its number. Without a `batch` it begins one, which
    bears its number."""
    row = insert(IMPORTS).values(**values, owner=owner, started=now, state="running", counts={})
    number = int(connection.execute(row.returning(IMPORTS.c.id)).scalar_one())
    alone = IMPORTS.c.batch.is_(None)
    connection.execute(update(IMPORTS).where(IMPORTS.c.id == number, alone).values(batch=number))
    return number


def finish(connection: Connection, import_id: int, summary: ImportSummary, now: datetime) -> None:
    """Record that an import is done, with its sums."""
    values = asdict(summary) | {"counts": dict(summary.counts)}
    connection.execute(
        update(IMPORTS)
        .where(IMPORTS.c.id == import_id)
        .values(**values, state="done", finished=now)
    )


def is_done(connection: Connection, import_id: int) -> bool:
    """Whether an import is done, and was not taken back."""
    query = select(IMPORTS.c.id).where(IMPORTS.c.id == import_id, IMPORTS.c.state == "done")
    return connection.scalar(query) is not None


def join(connection: Connection, import_id: int, later: int) -> None:
    """Make a done import and a later one, which read the same file again after it grew, one.

    The later one met all that the earlier had stored, and rejected anew what that rejected; where
    it did not, its file was another, and their sums are added.
    """
    before, after = (_sums(connection, each) for each in (import_id, later))
    stored = before["stored"] + after["stored"]
    if after["duplicate"] >= before["stored"] and after["read"] >= before["read"]:
        drop_rejects(connection, import_id)
        sums = after | {"stored": stored, "duplicate": after["duplicate"] - before["stored"]}
    else:
        sums = {name: before[name] + after[name] for name in SUMS}
    seconds = before["seconds"] + after["seconds"]
    values = after | sums | {"seconds": seconds}
    this = IMPORTS.c.id == import_id
    connection.execute(update(IMPORTS).where(this).values(**values))
    rejected = update(REJECTS).where(REJECTS.c.import_id == later)
    connection.execute(rejected.values(import_id=import_id))
    connection.execute(delete(IMPORTS).where(IMPORTS.c.id == later))


def _sums(connection: Connection, import_id: int) -> dict[str, Any]:
    """What a done import came to."""
    columns = [IMPORTS.c[name] for name in (*SUMS, *LATEST)]
    row = connection.execute(select(*columns).where(IMPORTS.c.id == import_id)).one()
    return dict(row._mapping)


def fail(connection: Connection, import_id: int, reason: str, now: datetime) -> None:
    """Record why a running import stored nothing; one that is done stays as it is."""
    failed = connection.execute(
        update(IMPORTS)
        .where(IMPORTS.c.id == import_id, IMPORTS.c.state == "running")
        .values(state="failed", finished=now, reason=reason)
    )
    if failed.rowcount:
        drop_rejects(connection, import_id)


def take_back(connection: Connection, import_id: int, now: datetime) -> None:
    """Record that a done import's rows have left the store; its sums stay as history."""
    drop_rejects(connection, import_id)
    connection.execute(
        update(IMPORTS)
        .where(IMPORTS.c.id == import_id)
        .values(state="undone", reason=f"Undone at {now:%Y-%m-%d %H:%M} UTC.")
    )


def running(connection: Connection, owner: str) -> list[int]:
    """Imports that a process began and did not end."""
    query = select(IMPORTS.c.id).where(IMPORTS.c.owner == owner, IMPORTS.c.state == "running")
    return list(connection.scalars(query))


def interrupt(connection: Connection, import_ids: Iterable[int], now: datetime) -> None:
    """Record that running imports ended with their process."""
    for import_id in import_ids:
        drop_rejects(connection, import_id)
        connection.execute(
            update(IMPORTS)
            .where(IMPORTS.c.id == import_id)
            .values(state="interrupted", finished=now, reason="The process ended before it did.")
        )


def drop_rejects(connection: Connection, import_id: int) -> None:
    """Forget the rejects of an import that was not published."""
    connection.execute(delete(REJECTS).where(REJECTS.c.import_id == import_id))


def add_rejects(connection: Connection, import_id: int, rejects: Iterable[Rejected]) -> None:
    """Keep rejects, cut to a bounded length."""
    rows = [
        {
            "import_id": import_id,
            "position": position,
            "reason": reason[:REASON_CHARACTERS],
            "sample": _storable(sample[:SAMPLE_CHARACTERS]),
            "line": line,
        }
        for position, reason, sample, line in rejects
    ]
    if rows:
        connection.execute(insert(REJECTS), rows)


def parts(rejects: Iterable[Rejected]) -> Iterator[list[Rejected]]:
    """Rejects in parts, each small enough for one short transaction."""
    rest = iter(rejects)
    while part := list(islice(rest, REJECTS_AT_ONCE)):
        yield part


def reject_counts(connection: Connection) -> dict[int, int]:
    """How many rejects each import has."""
    query = select(REJECTS.c.import_id, func.count()).group_by(REJECTS.c.import_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def batches(connection: Connection) -> dict[int, int]:
    """The batch of each import; those of before there were batches have one each."""
    query = select(IMPORTS.c.id, func.coalesce(IMPORTS.c.batch, IMPORTS.c.id))
    return {row[0]: row[1] for row in connection.execute(query)}


def history(connection: Connection) -> list[ImportRecord]:
    """All imports, oldest first."""
    return [
        ImportRecord(**row)
        for row in connection.execute(select(*_SHOWN).order_by(IMPORTS.c.id)).mappings()
    ]


def rejects(connection: Connection, import_id: int | None) -> Iterator[RejectRecord]:
    """Rejects of done imports, of one when named, in the order of their positions."""
    query = (
        select(
            REJECTS.c.import_id,
            IMPORTS.c.file,
            REJECTS.c.position,
            REJECTS.c.reason,
            REJECTS.c.sample,
            REJECTS.c.line,
        )
        .join(IMPORTS)
        .where(IMPORTS.c.state == "done")
        .order_by(REJECTS.c.import_id, REJECTS.c.position, REJECTS.c.id)
    )
    if import_id is not None:
        query = query.where(REJECTS.c.import_id == import_id)
    for row in connection.execution_options(yield_per=1000).execute(query):
        yield RejectRecord(*row)


def _storable(text: str) -> str:
    """Text that any database takes: no halves of surrogate pairs, no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
