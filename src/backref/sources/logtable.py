"""The lines of an access log as columns of distinct values.

What a line says is said by many, so a column holds its values once and for each line the number
of its value: everything downstream works once for a value, not once for a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa


class Column(NamedTuple):
    """The values of a field (a value may stand twice), and for each line its value's number."""

    values: list[bytes]
    numbers: np.ndarray

    @classmethod
    def of(cls, cells: pa.Array) -> Column:
        """The column of a binary array."""
        coded = cells.dictionary_encode()
        return cls(coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64))


class Table(NamedTuple):
    """Lines of one shape: the whole lines without trailing blanks, where each begins, their
    fields, and the sizes of the responses, -1 where there is none."""

    lines: list[bytes]
    starts: np.ndarray
    columns: Mapping[str, Column]
    sizes: np.ndarray

    def column(self, name: str) -> Column:
        """A column, or one that says nothing where the shape has none."""
        absent = Column([b"-"], np.zeros(len(self.lines), np.int64))
        return self.columns.get(name, absent)

    def take(self, kept: np.ndarray) -> Table:
        """Some of the lines, by number."""
        columns = {
            name: Column(column.values, column.numbers[kept])
            for name, column in self.columns.items()
        }
        lines = [self.lines[line] for line in kept.tolist()]
        return Table(lines, self.starts[kept], columns, self.sizes[kept])

    def joined(self, other: Table) -> Table:
        """The lines of both."""
        if not other.lines:
            return self
        columns = {
            name: _joined(column, other.columns[name]) for name, column in self.columns.items()
        }
        return Table(
            self.lines + other.lines,
            np.concatenate((self.starts, other.starts)),
            columns,
            np.concatenate((self.sizes, other.sizes)),
        )


def _joined(one: Column, other: Column) -> Column:
    numbers = np.concatenate((one.numbers, other.numbers + len(one.values)))
    return Column(one.values + other.values, numbers)


class Misfit(NamedTuple):
    """A line that could not be cut: where it begins, and why."""

    start: int
    line: bytes
    reason: str
