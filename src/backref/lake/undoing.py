"""Taking an import back: the rows that it stored leave their segments, in one transaction.

Segments never change, so those that hold a row of the import are written anew without it and the
old ones retired. What the import found stored already is not its own and stays; what others found
stored by it goes with it, until they are imported again. An entry of a dictionary stays as long
as any row names it, and goes with the last import that did.

Nobody may import meanwhile: an import that took a row for stored would miss it afterwards. So the
transaction that swaps the segments looks whether any import began or ended since they were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from backref import schema
from backref.errors import Conflict, NotHeld, StoreBusy, UsageError
from backref.lake import holdings, imports, relation, trouble
from backref.lake.segments import ROW_GROUP, fit
from backref.lake.writer import Writer
from backref.schema.facts import DICTIONARIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from backref.lake.catalogue import Catalogue
    from backref.lake.engine import Engine
    from backref.lake.records import ImportRecord, Segment
    from backref.lake.segments import Segments, Staged

ATTEMPTS = 10


class _Swapped(NamedTuple):
    """A segment that held rows of the import, and what stands in its place."""

    old: Segment
    new: Staged | None


class Undoing:
    """One import on its way out."""

    def __init__(
        self,
        catalogue: Catalogue,
        segments: Segments,
        engine: Engine,
        clock: Callable[[], datetime],
        import_id: int,
    ) -> None:
        self._catalogue = catalogue
        self._segments = segments
        self._engine = engine
        self._clock = clock
        self._import_id = import_id
        self._undone: list[int] = []

    def run(self) -> int:
        """Take the import back; returns how many rows went. Raises UsageError when there is no
        such import or nothing to take back, StoreBusy while anything is being imported."""
        for _ in range(ATTEMPTS):
            try:
                return self._attempt()
            except Conflict:
                continue
        raise StoreBusy("The store keeps changing; undo the import when others have ended.")

    def _attempt(self) -> int:
        with self._catalogue.read() as connection:
            history = imports.history(connection)
            facts = [each for each in holdings.live(connection) if _is_fact(each)]
        self._refuse(history)
        self._undone = [each.id for each in history if each.state == "undone"]
        held = [each for each in facts if self._may_hold(each)]
        with Writer(self._segments, self._import_id) as writer:
            swapped = [swap for each in held if (swap := self._without(each, facts, writer))]
            self._segments.settle(writer.staged)
            self._commit(swapped, history, writer)
        return sum(swap.old.rows - (swap.new.rows if swap.new else 0) for swap in swapped)

    def _refuse(self, history: Sequence[ImportRecord]) -> None:
        record = next((each for each in history if each.id == self._import_id), None)
        if record is None:
            raise NotHeld(f"There is no import {self._import_id}; see `backref imports`.")
        if record.state != "done":
            raise UsageError(
                f"Import {self._import_id} is {record.state}, so there is nothing to undo."
            )
        running = next((each for each in history if each.state == "running"), None)
        if running is not None:
            raise StoreBusy(
                f"Import {running.id} of {running.file} is running: wait until it ends, then undo."
            )

    def _leaving(self, table: str) -> list[int]:
        """The imports whose rows go; of dictionaries also those undone before, of which others
        still named an entry."""
        return [self._import_id, *(self._undone if table in DICTIONARIES else ())]

    def _may_hold(self, segment: Segment) -> bool:
        """Whether a segment's own figures leave room for a row that goes."""
        with trouble.named(f"reading {segment.table}"):
            footer = pq.read_metadata(self._segments.path(segment.file))
        place = schema.TABLES[segment.table].names.index("import_id")
        for number in range(footer.num_row_groups):
            known = footer.row_group(number).column(place).statistics
            if known is None or not known.has_min_max:
                return True
            if any(known.min <= each <= known.max for each in self._leaving(segment.table)):
                return True
        return False

    def _without(
        self, segment: Segment, facts: Sequence[Segment], writer: Writer
    ) -> _Swapped | None:
        """Stage the segment without the import's rows; None when it holds none of them."""
        ids = ", ".join(map(str, self._leaving(segment.table)))
        leaving = f"import_id IN ({ids}){self._unless_named(segment.table, facts)}"
        kept = self._count(segment, f"NOT ({leaving})")
        if kept == segment.rows:
            return None
        if not kept:
            return _Swapped(segment, None)
        rows = self._rows(segment, f"NOT ({leaving})")
        staged = self._segments.write_sorted(segment.table, segment.partition, rows)
        self._segments.check(writer.adopt(staged), kept)
        return _Swapped(segment, staged)

    def _unless_named(self, table: str, facts: Sequence[Segment]) -> str:
        """For a dictionary, that no row of another import names the entry."""
        if table not in DICTIONARIES:
            return ""
        naming, column = DICTIONARIES[table]
        files = [each for each in facts if each.table == naming]
        if not files:
            return ""
        return (
            f" AND {column} NOT IN (SELECT {column} FROM {self._files(*files)}"  # noqa: S608
            f" WHERE import_id <> {self._import_id} AND {column} IS NOT NULL)"
        )

    def _commit(
        self, swapped: Sequence[_Swapped], history: Sequence[ImportRecord], writer: Writer
    ) -> None:
        gone = [swap.old.id for swap in swapped]
        places = {(swap.old.table, swap.old.partition) for swap in swapped}
        with self._catalogue.write() as connection:
            if imports.history(connection) != history:
                raise Conflict(places)
            if holdings.retire(connection, gone, self._clock()) != len(gone):
                raise Conflict(places)
            for place in sorted(places):
                holdings.advance(connection, place)
            for old, new in swapped:
                holdings.enlist(connection, [new] if new else [], old.version)
            imports.take_back(connection, self._import_id, self._clock())
            writer.hand_over()

    def _count(self, segment: Segment, where: str) -> int:
        query = f"SELECT count(*) FROM {self._files(segment)} WHERE {where}"  # noqa: S608
        with trouble.named(f"reading {segment.table}"):
            cursor = self._engine.cursor()
            ((found,),) = cursor.execute(query).fetchall()
            cursor.close()
        return int(found)

    def _rows(self, segment: Segment, where: str) -> Iterator[pa.Table]:
        table = schema.TABLES[segment.table]
        columns = ", ".join(f'"{name}"' for name in table.names)
        order = ", ".join(f'"{name}"' for name in table.sort)
        held = relation.by_name(table, [self._segments.path(segment.file)])
        query = (
            f"SELECT {columns} FROM {held}"  # noqa: S608
            f" WHERE {where} ORDER BY {order}"
        )
        with trouble.named(f"reading {segment.table}"):
            cursor = self._engine.cursor()
            for batch in cursor.sql(query).to_arrow_reader(ROW_GROUP):
                yield fit(table, pa.Table.from_batches([batch]))
            cursor.close()

    def _files(self, *segments: Segment) -> str:
        return relation.of_files(self._segments.path(segment.file) for segment in segments)


def _is_fact(segment: Segment) -> bool:
    table = schema.TABLES.get(segment.table)
    return table is not None and table.kind == "fact"
