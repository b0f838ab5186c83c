"""Edges that come from files or arrays, in any order, a chunk at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from backref.errors import SourceError
from backref.graph.lines import chunks
from backref.graph.textkernel import read_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    Ids = NDArray[np.integer]

PORTION = 1 << 21
"""Edges of a chunk of an array or a Parquet file."""
SHORTEST = 4
"""Bytes of the shortest line of an edge."""
BEGIN = (0, 0)


@dataclass(frozen=True)
class Chunk:
    """Some edges; `wrong` rows beside them are none. `position` says where to go on: the file and
    the place in it."""

    sources: Ids
    targets: Ids
    wrong: int
    position: tuple[int, int]


class Edges(Protocol):
    """Edges that can be read again from any position that a chunk told."""

    def chunks(self, position: tuple[int, int] = BEGIN) -> Iterator[Chunk]:
        """The edges behind a position."""

    def share(self, position: tuple[int, int]) -> float | None:
        """Which share of the edges lies before a position, None where nobody knows."""


@dataclass(frozen=True)
class ArrayEdges:
    """Edges in two arrays of one length."""

    sources: Ids
    targets: Ids

    def chunks(self, position: tuple[int, int] = BEGIN) -> Iterator[Chunk]:
        """The edges behind a position."""
        for first in range(position[1], len(self.sources), PORTION):
            last = min(len(self.sources), first + PORTION)
            yield Chunk(self.sources[first:last], self.targets[first:last], 0, (0, last))

    def share(self, position: tuple[int, int]) -> float | None:
        """Which share of the edges lies before a position."""
        return position[1] / len(self.sources) if len(self.sources) else 1.0


@dataclass(frozen=True)
class LineEdges:
    """Edges in files of lines `source  target`, as Common Crawl publishes them."""

    paths: Sequence[Path]
    _read: dict[int, int] = field(default_factory=dict)

    def chunks(self, position: tuple[int, int] = BEGIN) -> Iterator[Chunk]:
        """The edges behind a position.

        Raises SourceError where a file's first lines are no edges.
        """
        for number in range(position[0], len(self.paths)):
            skip = position[1] if number == position[0] else 0
            for text, at in chunks(self.paths[number], skip):
                sources = np.empty(len(text) // SHORTEST + 1, np.int64)
                targets = np.empty_like(sources)
                count, wrong, _, lines = read_pairs(text, len(text), sources, targets)
                if wrong and not count and at == len(text):
                    raise SourceError(
                        f"None of the first {lines} lines of {self.paths[number]} is an edge: a "
                        "line has two ids, `from  to`, and nothing else."
                    )
                yield Chunk(sources[:count], targets[:count], wrong, (number, at))

    def share(self, position: tuple[int, int]) -> float | None:
        """Which share of the files lies before a position."""
        return position[0] / len(self.paths)


@dataclass(frozen=True)
class ParquetEdges:
    """Edges in Parquet files of two columns of integers, the first from where, the second to
    where."""

    paths: Sequence[Path]

    def chunks(self, position: tuple[int, int] = BEGIN) -> Iterator[Chunk]:
        """The edges behind a position. A row with a null is none.

        Raises SourceError where a file has other columns.
        """
        import pyarrow.parquet as pq

        for number in range(position[0], len(self.paths)):
            skip = position[1] if number == position[0] else 0
            with pq.ParquetFile(self._checked(number)) as file:
                at = 0
                for batch in file.iter_batches(PORTION, use_threads=False):
                    at += batch.num_rows
                    if at > skip:
                        yield self._chunk(batch, (number, at))

    def share(self, position: tuple[int, int]) -> float | None:
        """Which share of the rows lies before a position."""
        import pyarrow.parquet as pq

        rows: list[int] = [pq.read_metadata(path).num_rows for path in self.paths]
        return (sum(rows[: position[0]]) + position[1]) / max(1, sum(rows))

    def _chunk(self, batch: pa.RecordBatch, position: tuple[int, int]) -> Chunk:
        whole = batch.drop_null() if any(column.null_count for column in batch.columns) else batch
        sources, targets = (column.to_numpy() for column in whole.columns)
        return Chunk(sources, targets, batch.num_rows - whole.num_rows, position)

    def _checked(self, number: int) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.paths[number]
        try:
            schema = pq.read_schema(path)
        except (OSError, pa.ArrowInvalid) as error:
            raise SourceError(f"{path} cannot be read as Parquet: fetch it again.") from error
        if len(schema) != 2 or not all(pa.types.is_integer(each.type) for each in schema):
            raise SourceError(
                f"{path} has the columns {', '.join(schema.names)[:200]}; edges are two columns of "
                "integers, from where and to where."
            )
        return path
