"""Putting new rows in place of derived partitions: staged one by one, swapped all at once.

Readers see a stage's tables of one partition change together, and never a partition half
written. Grouping many partitions into one transaction spares the disk a flush for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

import pyarrow as pa

from backref import schema
from backref.errors import Conflict
from backref.lake import content, holdings
from backref.lake.segments import fit
from backref.lake.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from backref.lake.catalogue import Catalogue
    from backref.lake.engine import Engine
    from backref.lake.segments import Segments


class _Put(NamedTuple):
    """New rows of one partition: staged segments and the digest of each table's rows."""

    partition: str
    depends: str
    expected: Mapping[str, int]
    writer: Writer
    contents: Mapping[str, str]


class Swap:
    """New rows for derived partitions. Leaving the `with` block uncommitted removes them."""

    def __init__(
        self,
        catalogue: Catalogue,
        segments: Segments,
        engine: Callable[[], Engine],
        clock: Callable[[], datetime],
    ) -> None:
        self._catalogue = catalogue
        self._segments = segments
        self._engine = engine
        self._clock = clock
        self._puts: list[_Put] = []

    def __len__(self) -> int:
        return len(self._puts)

    @property
    def rows(self) -> int:
        """Rows that are staged and not swapped yet."""
        return sum(staged.rows for put in self._puts for staged in put.writer.staged)

    def put(
        self,
        parts: Iterable[Mapping[str, pa.Table | pa.RecordBatchReader]],
        partition: str,
        depends: str,
        expected: Mapping[str, int] | None = None,
    ) -> None:
        """Stage new rows of one partition for all tables of a stage, a segment for each part, so
        that only a part of them need fit memory at a time.

        `depends` is the digest of what the rows were built from; `expected` the version that
        the partition must still have in each table when it is swapped.
        """
        writer = Writer(self._segments, 0)
        try:
            sums: dict[str, content.Sums] = {}
            for part in parts:
                for table, data in part.items():
                    staged = self._stage(writer, table, partition, data)
                    sums[table] = staged.plus(sums.get(table, content.Sums()))
        except BaseException:
            writer.abandon()
            raise
        contents = {table: told.digest for table, told in sums.items()}
        self._puts.append(_Put(partition, depends, expected or {}, writer, contents))

    def commit(self) -> tuple[tuple[str, str], ...]:
        """Swap everything staged in one transaction, except partitions that moved meanwhile:
        these stay as they are, and are returned."""
        if not self._puts:
            return ()
        self._segments.settle(staged for put in self._puts for staged in put.writer.staged)
        refused: list[tuple[str, str]] = []
        with self._catalogue.write() as connection:
            for put in self._puts:
                try:
                    self._swap(connection, put)
                except Conflict as conflict:
                    refused.extend(conflict.partitions)
        self.abandon()
        return tuple(refused)

    def abandon(self) -> None:
        """Remove what is staged and was not swapped."""
        while self._puts:
            self._puts.pop().writer.abandon()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.abandon()

    def _stage(
        self, writer: Writer, table: str, partition: str, data: pa.Table | pa.RecordBatchReader
    ) -> content.Sums:
        rows = data.read_all() if isinstance(data, pa.RecordBatchReader) else data
        fitted = fit(schema.TABLES[table], rows)
        if fitted.num_rows:
            self._segments.check(writer.write(table, partition, fitted), fitted.num_rows)
        return content.of_rows(self._engine(), schema.TABLES[table], fitted)

    def _swap(self, connection: Connection, put: _Put) -> None:
        holdings.expect(
            connection, {(table, put.partition): at for table, at in put.expected.items()}
        )
        for table, digest in put.contents.items():
            place = (table, put.partition)
            holdings.clear(connection, place, self._clock())
            at = holdings.advance(connection, place, put.depends, digest)
            staged = [segment for segment in put.writer.staged if segment.table == table]
            holdings.enlist(connection, staged, at)
        put.writer.hand_over()
