"""The lines of an access log as columns of distinct values.

What a line says is said by many, so a column holds its values once and for each line the number
of its value: everything downstream works once for a value, not once for a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref.sources import logtimes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Column(NamedTuple):
    """The values of a field (a value may stand twice), and for each line its value's number."""

    values: list[bytes]
    numbers: np.ndarray

    @classmethod
    def of(cls, cells: Sequence[bytes]) -> Column:
        """The column of these cells."""
        seen = {value: number for number, value in enumerate(dict.fromkeys(cells))}
        return cls(list(seen), np.array([seen[cell] for cell in cells], np.int32))

    @classmethod
    def paired(cls, *columns: Column) -> tuple[list[tuple[bytes, ...]], np.ndarray]:
        """The distinct combinations of the columns' values, and each line's number among
        them."""
        combined = columns[0].numbers.astype(np.int64)
        for column in columns[1:]:
            combined = combined * len(column.values) + column.numbers
            _, combined = np.unique(combined, return_inverse=True)
        _, first, numbers = np.unique(combined, return_index=True, return_inverse=True)
        rows = [tuple(each.values[each.numbers[line]] for each in columns) for line in first]
        return rows, numbers

    def mapped(self, change: Callable[[bytes], bytes]) -> Column:
        """The same with other values."""
        return Column([change(value) for value in self.values], self.numbers)


class Spelling(NamedTuple):
    """How values are written: times in a notation of `logtimes`, and texts perhaps with the
    backslashes that Apache and nginx put before what they escape."""

    time: str = logtimes.COMMON
    escaped: bool = True


USUAL = Spelling()


class Table(NamedTuple):
    """Lines of one shape: where in `text` each begins and ends (without trailing blanks), their
    fields, and the sizes of the responses, -1 where there is none.

    `places` (line, 2) say where in `text` the client's address stands; None where it may stand
    more than once.
    """

    text: bytes
    starts: np.ndarray
    ends: np.ndarray
    columns: Mapping[str, Column]
    sizes: np.ndarray
    places: np.ndarray | None = None
    spelling: Spelling = USUAL

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
        return self._replace(
            starts=self.starts[kept],
            ends=self.ends[kept],
            columns=columns,
            sizes=self.sizes[kept],
            places=None if self.places is None else self.places[kept],
        )

    def joined(self, other: Table) -> Table:
        """The lines of both, which stand in the same text and are spelled alike; a column that
        one lacks says nothing of its lines."""
        if not other.height:
            return self
        if not self.height:
            return other
        names = dict.fromkeys((*self.columns, *other.columns))
        columns = {name: _joined(self.column(name), other.column(name)) for name in names}
        places = None
        if self.places is not None and other.places is not None:
            places = np.concatenate((self.places, other.places))
        return self._replace(
            starts=np.concatenate((self.starts, other.starts)),
            ends=np.concatenate((self.ends, other.ends)),
            columns=columns,
            sizes=np.concatenate((self.sizes, other.sizes)),
            places=places,
        )


def _joined(one: Column, other: Column) -> Column:
    numbers = np.concatenate((one.numbers, other.numbers + len(one.values)))
    return Column(one.values + other.values, numbers)


class Misfit(NamedTuple):
    """A line that could not be cut: where it begins, and why."""

    start: int
    line: bytes
    reason: str
