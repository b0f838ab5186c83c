"""Segments: immutable zstd Parquet files, one partition of one table each.

A segment is sorted by its table's `sort`, written under a temporary name, flushed to the disk
and renamed; its folder is flushed before the catalogue lists it. A segment carries its
partition's name as a last column.
"""

from __future__ import annotations

import hashlib
import os
from itertools import chain, count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from backref import schema
from backref.errors import StoreError
from backref.lake import coded, trouble
from backref.lake.catalogue import Fault, no_fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

ROW_GROUP = 131_072
FEW = 1_024
"""Rows of a group where few are asked for at a time: a reader decodes whole groups."""
UNFINISHED = ".unfinished"
PARTITION = pa.field("partition", pa.string(), nullable=False)


class Staged(NamedTuple):
    """A segment on the disk that the catalogue does not list yet."""

    table: str
    partition: str
    file: str
    rows: int
    bytes: int
    sha256: str


class Segments:
    """The folder of segments, as one owner (`token`) writes to it."""

    def __init__(self, folder: Path, token: str, fault: Fault = no_fault) -> None:
        self._folder = folder
        self._token = token
        self._fault = fault
        self._numbers = count(1)

    def path(self, file: str) -> Path:
        """Where a segment lies."""
        return self._folder / file

    def read(self, staged: Staged) -> pa.Table:
        """The rows of a staged segment, without the name of its partition."""
        with trouble.named(f"reading {staged.table}"):
            rows = pq.read_table(self.path(staged.file), partitioning=None)
        return rows.drop_columns([PARTITION.name])

    def write(self, table: str, partition: str, rows: pa.Table) -> Staged:
        """Stage the rows of one partition as one sorted segment."""
        fitted = coded.pruned(fit(schema.TABLES[table], rows))
        order = [(name, "ascending") for name in schema.TABLES[table].sort]
        return self.write_sorted(table, partition, [fitted.sort_by(order)])

    def write_sorted(self, table: str, partition: str, parts: Iterable[pa.Table]) -> Staged:
        """Stage rows that come sorted and fitted, in parts so that they need not fit memory."""
        file = self._next_file(table)
        path = self.path(file)
        unfinished = path.with_name(path.name + UNFINISHED)
        with trouble.named(f"writing {table}"):
            path.parent.mkdir(exist_ok=True)
            try:
                rows = self._write_parquet(unfinished, schema.TABLES[table], partition, parts)
                self._fault("segment.written")
                flush(unfinished)
                self._fault("segment.flushed")
                staged = Staged(
                    table, partition, file, rows, unfinished.stat().st_size, sha256(unfinished)
                )
                unfinished.rename(path)
                self._fault("segment.renamed")
            except BaseException:
                unfinished.unlink(missing_ok=True)
                raise
        return staged

    def check(self, staged: Staged, rows: int) -> None:
        """Read a staged segment's own word on its rows; StoreError when any is missing."""
        with trouble.named(f"checking {staged.table}"):
            written = pq.read_metadata(self.path(staged.file)).num_rows
        if not written == staged.rows == rows:
            raise StoreError(f"Only {written} of {rows} rows of {staged.table} were written.")

    def settle(self, staged: Iterable[Staged]) -> None:
        """Make the names of staged segments survive a power cut."""
        with trouble.named("flushing the segments' folders"):
            for folder in {self.path(segment.file).parent for segment in staged}:
                flush(folder)
                flush(folder.parent)
            self._fault("segment.settled")

    def delete(self, files: Iterable[str]) -> None:
        """Remove segments that no catalogue lists, or that were retired long ago."""
        with trouble.named("deleting old segments"):
            for file in files:
                self.path(file).unlink(missing_ok=True)
                self._fault("segment.deleted")

    def left_by(self, token: str) -> Iterator[str]:
        """Every file that the owner of `token` wrote and that is still there."""
        for path in self._folder.glob(f"*/{token}-*"):
            yield path.relative_to(self._folder).as_posix()

    def _next_file(self, table: str) -> str:
        return f"{table}/{self._token}-{next(self._numbers)}.parquet"

    def _write_parquet(
        self, path: Path, table: schema.Table, partition: str, parts: Iterable[pa.Table]
    ) -> int:
        rows = 0
        named = (_with_partition(part, partition) for part in parts)
        first = next(named, layout(table).empty_table())
        with pq.ParquetWriter(path, first.schema, **_encoding(table)) as writer:
            for part in chain([first], named):
                writer.write_table(part, row_group_size=FEW if table.looked_up else ROW_GROUP)
                rows += part.num_rows
        return rows


def layout(table: schema.Table) -> pa.Schema:
    """The Arrow schema of a table's segments: its columns and the partition's name."""
    return table.arrow.append(PARTITION)


def fit(table: schema.Table, rows: pa.Table) -> pa.Table:
    """The rows with exactly the table's columns and types, or StoreError saying what is amiss.

    Columns of dictionaries stay such."""
    given, wanted = set(rows.column_names), set(table.names)
    if given != wanted:
        raise StoreError(
            f"Rows for {table.name} lack the columns {sorted(wanted - given)} "
            f"and have {sorted(given - wanted)} too many."
        )
    for column in table.columns:
        if column.required and rows[column.name].null_count:
            raise StoreError(f"Rows for {table.name} lack values in {column.name}.")
    try:
        return rows.select(table.names).cast(coded.like(table.arrow, rows.schema))
    except (ValueError, pa.ArrowNotImplementedError) as error:
        raise StoreError(f"Rows for {table.name} have wrong types: {error}.") from error


def row_ids(path: Path) -> np.ndarray:
    """The row ids of a segment, an array of 16-byte values."""
    column = pq.read_table(path, columns=["row_id"], partitioning=None)["row_id"].combine_chunks()
    return np.frombuffer(column.buffers()[1], "V16", len(column), column.offset * 16)


def sha256(path: Path) -> str:
    """Digest of a file's bytes, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush(path: Path) -> None:
    """Return when a file's bytes, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_partition(rows: pa.Table, partition: str) -> pa.Table:
    name = pa.DictionaryArray.from_arrays(np.zeros(rows.num_rows, np.int32), [partition])
    return rows.append_column(pa.field(PARTITION.name, name.type, nullable=False), name)


REPEATING = frozenset({"text", "small", "date", "flag"})
"""Types of columns whose values repeat, so that a dictionary makes them small."""


def _encoding(table: schema.Table) -> dict[str, object]:
    """Random bytes gain nothing from compression, and numbers that hardly repeat lose time and
    space to a dictionary; all rows of a segment are mostly of one import."""
    random = {column.name for column in table.columns if column.type == "id"}
    names = layout(table).names
    repeating = [column.name for column in table.columns if column.type in REPEATING]
    return {
        "compression": {name: "NONE" if name in random else "ZSTD" for name in names},
        "use_dictionary": [*repeating, "import_id", PARTITION.name],
        "write_statistics": True if table.looked_up else _bounded(table),
        "write_page_checksum": True,
        # Else readers would be given dictionaries again, and strings by other segments.
        "store_schema": False,
    }


def _bounded(table: schema.Table) -> list[str]:
    """The columns whose least and greatest values are worth knowing: those of texts take as long
    to find as all else of writing, and where rows are in no order of them tell nothing."""
    ordered = {column.name for column in table.columns if column.type not in ("text", "id")}
    return [name for name in layout(table).names if name in ordered.union(table.sort)]
