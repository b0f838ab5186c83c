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


UNTOLD = b"\n"
"""In place of a value that a line's format does not tell: what ends a line is in none."""


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
        """A column, or one of `UNTOLD` where the shape has none."""
        absent = Column([UNTOLD], np.zeros(self.height, np.int32))
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

    def joined(self, *others: Table) -> Table:
        """The lines of all, which stand in the same text and are spelled alike; a column that
        one lacks is untold of its lines."""
        filled = [each for each in (self, *others) if each.height]
        if len(filled) < 2:
            return filled[0] if filled else self
        names = dict.fromkeys(name for each in filled for name in each.columns)
        placed = [each.places for each in filled if each.places is not None]
        return filled[0]._replace(
            starts=np.concatenate([each.starts for each in filled]),
            ends=np.concatenate([each.ends for each in filled]),
            columns={name: _joined([each.column(name) for each in filled]) for name in names},
            sizes=np.concatenate([each.sizes for each in filled]),
            places=np.concatenate(placed) if len(placed) == len(filled) else None,
        )


def _joined(columns: Sequence[Column]) -> Column:
    values: list[bytes] = []
    numbers = []
    for column in columns:
        numbers.append(column.numbers + len(values))
        values += column.values
    return Column(values, np.concatenate(numbers))


class Misfit(NamedTuple):
    """A line that could not be cut: where it begins, and why."""

    start: int
    line: bytes
    reason: str
