"""New rows on their way to the disk: buffered by partition, staged as segments, published.

Nothing that is staged counts until it is published, and all of an import is published at once.
"""

from __future__ import annotations

from collections import defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from backref import schema
from backref.errors import Conflict
from backref.ingest.identifiers import Ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from backref.ingest.novelty import Place
    from backref.lake.lake import Lake
    from backref.lake.records import ImportSummary
    from backref.lake.writer import Writer
    from backref.sources.source import Reject

BUFFERED_BYTES = 160 << 20
SEGMENT_BYTES = 40 << 20
"""A partition's buffer is staged when it reaches this."""
WRITERS = 2
"""Threads that write segments."""
MOST_WRITING = 3
"""Segments that may be written or wait for it."""
ALL_VERSIONS = 1 << 62


class Staging:
    """The buffers of one import. `writer` holds what is staged already.

    Segments are sorted, compressed and written by threads, since Arrow does all that without
    holding up Python. Use as a context manager, within the writer's own.
    """

    def __init__(self, lake: Lake, writer: Writer, unit_table: str) -> None:
        self._lake = lake
        self._writer = writer
        self._unit_table = unit_table
        self._buffers: dict[Place, list[pa.RecordBatch]] = defaultdict(list)
        self._sizes: dict[Place, int] = defaultdict(int)
        self._further: list[Ids] = []
        self._threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="backref-staging")
        self._writing: deque[Future[object]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def add(self, place: Place, rows: pa.RecordBatch) -> None:
        """Take new rows of one partition."""
        self._buffers[place].append(rows)
        self._sizes[place] += rows.get_total_buffer_size()
        if self._sizes[place] > SEGMENT_BYTES:
            self._stage(place)
        while sum(self._sizes.values()) > BUFFERED_BYTES:
            self._stage(max(self._sizes, key=self._sizes.__getitem__))

    def add_further(self, ids: Ids) -> None:
        """Note rows of the unit table that are no counted records themselves."""
        self._further.append(ids)

    def _stage(self, place: Place) -> None:
        while len(self._writing) >= MOST_WRITING:
            self._writing.popleft().result()
        batches = self._buffers.pop(place)
        del self._sizes[place]
        self._writing.append(self._threads.submit(self._write, place, batches))

    def _write(self, place: Place, batches: list[pa.RecordBatch]) -> None:
        rows = pa.Table.from_batches(batches)
        imports = pa.repeat(pa.scalar(self._writer.rows_of, pa.int64()), rows.num_rows)
        rows = rows.append_column("import_id", imports)
        self._writer.write(*place, rows.select(schema.TABLES[place[0]].names))

    def publish(
        self,
        versions: Mapping[Place, int],
        summary: Callable[[int], ImportSummary],
        rejects: Sequence[Reject],
    ) -> ImportSummary:
        """Publish all rows, leaving out what others published meanwhile.

        `versions` are those at which the identities of records were read; `summary` tells the
        import's sums when so many of its records turned out to be duplicates after all.
        """
        for place in sorted(self._sizes, key=self._sizes.__getitem__, reverse=True):
            self._stage(place)
        while self._writing:
            self._writing.popleft().result()
        expected = {
            place: versions[place] if place in versions else self._version(place)
            for place in {(staged.table, staged.partition) for staged in self._writer.staged}
        }
        late = 0
        while True:
            told = summary(late)
            try:
                self._lake.publish(self._writer.import_id, self._writer, expected, told, rejects)
            except Conflict as conflict:
                if self._overtaken(conflict, expected):
                    late += self._drop_stored(expected)
            else:
                return told

    def _version(self, place: Place) -> int:
        version, _ = self._lake.ids(*place, after_version=ALL_VERSIONS)
        return version

    def _overtaken(self, conflict: Conflict, expected: dict[Place, int]) -> bool:
        """Whether any staged row was published by others; `expected` is brought up to date."""
        overtaken = False
        for place in conflict.partitions:
            expected[place], since = self._lake.ids(*place, after_version=expected[place])
            published = Ids.of_bytes(since.tobytes()).sorted()
            for staged in self._writer.staged:
                if (staged.table, staged.partition) == place:
                    ids = _ids(self._writer.rows(staged))
                    overtaken |= bool((published.find(ids) >= 0).any())
        return overtaken

    def _drop_stored(self, expected: dict[Place, int]) -> int:
        """Take out every staged row that the store holds; returns how many were records.

        The rows beside a record are published with it, so each is found by its own identity.
        """
        further = Ids.joined(self._further).sorted()
        records = 0
        for staged in self._writer.staged:
            place = (staged.table, staged.partition)
            expected[place], stored = self._lake.ids(*place)
            rows = self._writer.rows(staged)
            ids = _ids(rows)
            known = Ids.of_bytes(stored.tobytes()).sorted().find(ids) >= 0
            if staged.table == self._unit_table:
                records += int((further.find(ids[known]) < 0).sum())
            if known.any():
                self._writer.rewrite(staged, rows.filter(pa.array(~known)))
        return records


def _ids(rows: pa.Table) -> Ids:
    return Ids.of_array(rows["row_id"].combine_chunks())
