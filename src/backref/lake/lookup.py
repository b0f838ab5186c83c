"""Finding a few rows of a segment by what stands first in its order.

The engine takes some milliseconds to plan any query. Segments never change, so what their groups
of rows begin and end with is read once a process, and a question then decodes one or two groups.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from backref.lake import trouble
from backref.lake.segments import PARTITION, layout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from backref import schema

FILES_KNOWN = 512


class _Groups(NamedTuple):
    """A segment's own words on itself, and the first and last value of each group of rows."""

    metadata: pq.FileMetaData
    bounds: tuple[tuple[str, str] | None, ...]

    def holding(self, value: str) -> list[int]:
        """The groups that may hold a value; one that does not tell may."""
        return [
            number
            for number, bound in enumerate(self.bounds)
            if bound is None or bound[0] <= value <= bound[1]
        ]


def rows(
    table: schema.Table, files: Iterable[Path], value: str, most: int | None = None
) -> pa.Table:
    """The rows of segments whose first column of the order is `value`, as they lie in each; no
    further groups are read where `most` rows are there."""
    found: list[pa.Table] = []
    with trouble.named(f"reading {table.name}"):
        for part in (part for file in files for part in _found(table, file, value)):
            found.append(part)
            if most is not None and sum(map(len, found)) >= most:
                break
    empty = layout(table).empty_table().drop_columns([PARTITION.name])
    return pa.concat_tables([empty, *found])


def _found(table: schema.Table, file: Path, value: str) -> Iterator[pa.Table]:
    groups = _groups(file, table.sort[0])
    for number in groups.holding(value):
        with pq.ParquetFile(file, metadata=groups.metadata) as segment:
            held = segment.read_row_group(number, list(table.names), use_threads=False)
        yield held.filter(pc.equal(held[table.sort[0]], value)).cast(table.arrow)


@lru_cache(FILES_KNOWN)
def _groups(file: Path, column: str) -> _Groups:
    metadata = pq.read_metadata(file)
    at = metadata.schema.names.index(column)
    told = [metadata.row_group(n).column(at).statistics for n in range(metadata.num_row_groups)]
    return _Groups(
        metadata,
        tuple((each.min, each.max) if each and each.has_min_max else None for each in told),
    )
