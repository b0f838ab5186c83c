"""A writer stages what one import found; nothing of it counts until it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import pyarrow as pa

    from backref.lake.segments import Segments, Staged


class Writer:
    """Staged segments of one import. Leaving the `with` block unpublished removes them.

    `rows_of` is the import whose the rows are: this one, or the one that it goes on with.
    """

    def __init__(self, segments: Segments, import_id: int, goes_on: int | None = None) -> None:
        self._segments = segments
        self._staged: list[Staged] = []
        self.import_id = import_id
        self.rows_of = goes_on or import_id

    @property
    def staged(self) -> tuple[Staged, ...]:
        """What is staged, in the order of writing."""
        return tuple(self._staged)

    def write(self, table: str, partition: str, rows: pa.Table) -> Staged:
        """Stage rows, with all columns of the table, as one segment; the writer sorts them."""
        return self.adopt(self._segments.write(table, partition, rows))

    def adopt(self, staged: Staged) -> Staged:
        """Take charge of a segment that is staged already."""
        self._staged.append(staged)
        return staged

    def rows(self, staged: Staged) -> pa.Table:
        """The rows of a staged segment, to be filtered and given to `rewrite`."""
        return self._segments.read(staged)

    def rewrite(self, staged: Staged, rows: pa.Table) -> Staged | None:
        """Put other rows in a staged segment's place; None when no rows remain."""
        place = self._staged.index(staged)
        if rows.num_rows:
            self._staged[place] = self._segments.write(staged.table, staged.partition, rows)
        else:
            del self._staged[place]
        self._segments.delete([staged.file])
        return self._staged[place] if rows.num_rows else None

    def abandon(self) -> None:
        """Remove everything staged."""
        self._segments.delete(staged.file for staged in self._staged)
        self._staged.clear()

    def hand_over(self) -> None:
        """Leave the segments to the catalogue, just before the commit that lists them.

        Should that fail, whether it counted may be unknown here: then only a sweep, which asks
        the catalogue, may delete them.
        """
        self._staged.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.abandon()
