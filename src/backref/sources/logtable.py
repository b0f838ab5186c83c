"""The lines of an access log as columns of distinct values.

What a line says is said by many, so a column holds its values once and for each line the number
of its value: everything downstream works once for a value, not once for a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Column(NamedTuple):
    """The values of a field (a value may stand twice), and for each line its value's number."""

    values: list[bytes]
    numbers: np.ndarray

    @classmethod
    def of(cls, cells: Sequence[bytes]) -> Column:
        """The column of these cells."""
        seen = {value: number for number, value in enumerate(dict.fromkeys(cells))}
        return cls(list(seen), np.array([seen[cell] for cell in cells], np.int32))


class Table(NamedTuple):
    """Lines of one shape: where in `text` each begins and ends (without trailing blanks), their
    fields, and the sizes of the responses, -1 where there is none."""

    text: bytes
    starts: np.ndarray
    ends: np.ndarray
    columns: Mapping[str, Column]
    sizes: np.ndarray

    @property
    def height(self) -> int:
        """How many lines there are."""
        return len(self.starts)

    def line(self, number: int) -> bytes:
        """A whole line."""
        return self.text[self.starts[number] : self.ends[number]]

    def column(self, name: str) -> Column:
        """A column, or one that says nothing where the shape has none."""
        absent = Column([b"-"], np.zeros(self.height, np.int32))
        return self.columns.get(name, absent)

    def take(self, kept: np.ndarray) -> Table:
        """Some of the lines, by number."""
        columns = {
            name: Column(column.values, column.numbers[kept])
            for name, column in self.columns.items()
        }
        return Table(self.text, self.starts[kept], self.ends[kept], columns, self.sizes[kept])

    def joined(self, other: Table) -> Table:
        """The lines of both, which stand in the same text."""
        if not other.height:
            return self
        columns = {
            name: _joined(column, other.columns[name]) for name, column in self.columns.items()
        }
        return Table(
            self.text,
            np.concatenate((self.starts, other.starts)),
            np.concatenate((self.ends, other.ends)),
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
