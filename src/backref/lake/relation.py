"""Segments as relations of the engine, those too that were written before their table gained a
column: where it may be null it is read as null, else the store says how to mend it."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from sqlalchemy import select

from backref import schema
from backref.errors import StoreTooOld
from backref.lake import holdings, trouble
from backref.lake.catalogue import META, set_meta
from backref.lake.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

SQL_TYPES = {
    "id": "BLOB",
    "hash": "UBIGINT",
    "text": "VARCHAR",
    "int": "BIGINT",
    "small": "INTEGER",
    "float": "DOUBLE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP WITH TIME ZONE",
    "date": "DATE",
}


def of_files(files: Iterable[Path]) -> str:
    """The rows of segments that hold all columns."""
    return f"read_parquet([{', '.join(quoted(str(file)) for file in files)}])"


def of_nothing(table: schema.Table) -> str:
    """A SELECT of no rows with the table's columns."""
    columns = (f'NULL::{SQL_TYPES[column.type]} AS "{column.name}"' for column in table.columns)
    return f"SELECT {', '.join(columns)}, NULL::VARCHAR AS partition WHERE false"


def by_name(table: schema.Table, files: Sequence[Path]) -> str:
    """The rows of segments of any age. Raises StoreTooOld for a column that cannot be made up."""
    lacking = _lacking(table, files)
    if not lacking:
        return of_files(files)
    _refuse(table, lacking)
    paths = ", ".join(quoted(str(file)) for file in files)
    held = f"SELECT * FROM read_parquet([{paths}], union_by_name = true)"  # noqa: S608
    return f"({of_nothing(table)} UNION ALL BY NAME {held})"


def _lacking(table: schema.Table, files: Iterable[Path]) -> set[str]:
    """The columns that some of the files do not have."""
    with trouble.named(f"reading {table.name}"):
        return {
            name for file in files for name in set(table.names) - set(pq.read_schema(file).names)
        }


def _refuse(table: schema.Table, lacking: set[str]) -> None:
    names = ", ".join(sorted(lacking))
    if table.kind == "derived":
        raise StoreTooOld(
            f"The table {table.name} was built by an older Backref, without {names}: "
            "run `backref rebuild`."
        )
    if any(column.required and column.name in lacking for column in table.columns):
        raise StoreTooOld(
            f"Rows of {table.name} were stored by an older Backref, without {names}: "
            "make a new store with `backref init` and import the files again."
        )


def changed(connection: Connection) -> set[str]:
    """The tables whose columns are not those that the catalogue remembers."""
    rows = connection.execute(select(META.c.name, META.c.value))
    held = {row.name: row.value for row in rows}
    return {name for name, table in schema.TABLES.items() if held.get(_key(name)) != mark(table)}


def whole(connection: Connection, names: Iterable[str], folder: Path) -> set[str]:
    """Those of the tables whose segments all hold all columns."""
    files: Mapping[str, list[Path]] = {name: [] for name in names}
    for segment in holdings.live(connection):
        if segment.table in files:
            files[segment.table].append(folder / segment.file)
    return {name for name, held in files.items() if not _lacking(schema.TABLES[name], held)}


def remember(connection: Connection, names: Iterable[str]) -> None:
    """Keep in the catalogue that all segments of these tables hold all columns."""
    for name in sorted(names):
        set_meta(connection, _key(name), mark(schema.TABLES[name]))


def mark(table: schema.Table) -> int:
    """63 bits of a digest of a table's columns."""
    text = repr([(column.name, column.type) for column in table.columns])
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def _key(name: str) -> str:
    return f"columns {name}"
