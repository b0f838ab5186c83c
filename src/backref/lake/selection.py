"""SQL that a user writes: one SELECT over the tables of a snapshot, which can change nothing.

The engine writes files from within a WITH, and it may write where the segments are. It refuses to
do so anywhere but at the top of a statement, so what a user writes never stands there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from backref import schema
from backref.errors import QueryFailed, QueryRefused
from backref.lake.snapshot import SITE_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from backref.lake.snapshot import Snapshot

TABLES = (*schema.TABLES, *SITE_TABLES)
RESERVED = frozenset({"model", "partitions", "tables"})


def selected(
    snapshot: Snapshot, select: str, parameters: Mapping[str, object], limit: int | None = None
) -> pa.RecordBatchReader:
    """The rows of a SELECT over `TABLES`, streamed; `parameters` stand in it as `$name`. Raises
    QueryRefused, also while it streams."""
    cut = "" if limit is None else f" limit {limit}"
    return _run(snapshot, f"select * from (\n{_bare(select)}\n) as selected{cut}", parameters)  # noqa: S608


def counted(snapshot: Snapshot, select: str, parameters: Mapping[str, object]) -> int:
    """How many rows that is."""
    text = f"select count(*) as total from (\n{_bare(select)}\n) as selected"  # noqa: S608
    return int(_run(snapshot, text, parameters).read_all()["total"][0].as_py())


def _run(snapshot: Snapshot, text: str, parameters: Mapping[str, object]) -> pa.RecordBatchReader:
    if taken := sorted(RESERVED & parameters.keys()):
        raise QueryRefused(f"A parameter cannot be called {taken[0]!r}: give it another name.")
    with _refused():
        found = snapshot.sql(f"/* lake.selected */ {text}", **dict[str, Any](parameters))
    return pa.RecordBatchReader.from_batches(found.schema, _batches(found))


def _batches(found: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    with _refused():
        yield from found


@contextmanager
def _refused() -> Iterator[None]:
    """A failure of the SQL is the user's to mend."""
    try:
        yield
    except QueryFailed as error:
        raise QueryRefused(f"The SQL cannot be run: {_why(error)}") from error


def _why(error: QueryFailed) -> str:
    """The engine's own words in a line, ours where it did not speak."""
    cause = error.__cause__
    if not isinstance(cause, duckdb.Error):
        return str(error).partition("\n")[0].partition("failed: ")[2]
    told = str(cause).partition("\n\nLINE")[0]
    return " ".join(told.split())


def _bare(select: str) -> str:
    return select.strip().rstrip(";")
