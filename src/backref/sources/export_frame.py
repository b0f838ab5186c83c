"""A pack of an export's rows, converted column by column, with identities.

A row's identity is its cells under their sorted header names and the period or release told beside
them, so neither encoding nor delimiter nor the order of columns makes another record of it, and
equal rows of two periods are two records.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import pyarrow as pa

from backref import schema, url
from backref.identity import record_id
from backref.sources import formats
from backref.sources.export_end import TORN, is_whole
from backref.sources.source import Reject, Rows
from backref.sources.tabular import SPOILED, Unended
from backref.sources.values import Converter, Customs, converter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backref.sources.dates import Span
    from backref.sources.formats import Column, Format, Rating

_T = TypeVar("_T")
_SAMPLE_CHARS = 200
_MARK_BYTES = 16


class Table(NamedTuple):
    """What all rows of a pack share: format, folded header, period, customs, and of published
    ranks the release."""

    format: str
    header: tuple[str, ...]
    period: Span | None
    customs: Customs
    release: str | None = None


class Cells(NamedTuple):
    """The payload of a chunk: a table and rows of raw cells."""

    table: Table
    rows: list[list[str]]


@dataclass(frozen=True)
class Frame:
    """Converted rows: `values` by field, each as long as `positions`. `read` counts all rows,
    those in `rejects` too. `cells` are the rows as read, `records` their canonical bytes."""

    format: Format
    table: Table
    read: int
    positions: list[int]
    cells: list[list[str]]
    records: list[bytes]
    values: Mapping[str, list[Any]]
    ratings: list[tuple[str, Rating, list[Any]]]
    rejects: list[Reject] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.positions)

    def column(self, name: str) -> list[Any]:
        """A field's values, None throughout when the table lacks it."""
        return self.values.get(name) or [None] * len(self)

    def has(self, name: str) -> bool:
        """Whether the table has the field."""
        return name in self.values

    def without(self, bad: Mapping[int, str]) -> Frame:
        """The frame less the rows numbered in `bad`, which become rejects for that reason."""
        if not bad:
            return self
        rejects = [
            Reject(self.positions[row], why, _sample(self.cells[row])) for row, why in bad.items()
        ]
        kept = self.only([row for row in range(len(self)) if row not in bad])
        return replace(kept, rejects=sorted((*self.rejects, *rejects)))

    def only(self, kept: Sequence[int]) -> Frame:
        """The frame with these rows alone."""
        return replace(
            self,
            positions=_taken(self.positions, kept),
            cells=_taken(self.cells, kept),
            records=_taken(self.records, kept),
            values={name: _taken(column, kept) for name, column in self.values.items()},
            ratings=[(name, rating, _taken(column, kept)) for name, rating, column in self.ratings],
        )

    def identities(self, key: bytes, table: str, site: str) -> list[bytes]:
        """The rows' identities in `table`, all of one site."""
        return [record_id(key, table, site, record) for record in self.records]


def _taken(items: Sequence[_T], rows: Sequence[int]) -> list[_T]:
    return [items[row] for row in rows]


def frame(cells: Cells, position: int) -> Frame:
    """Convert a pack whose first row is number `position` of its file."""
    table = cells.table
    chosen = formats.named(table.format)
    rows, positions, rejects = _whole(cells, position, chosen)
    columns = [list(map(str.strip, column)) for column in zip(*rows, strict=True)]
    columns = columns or [[] for _ in table.header]
    bad: dict[int, str] = {}
    converted, ratings = _converted(chosen, table, columns, bad)
    made = Frame(
        chosen,
        table,
        len(cells.rows),
        positions,
        rows,
        _records(table, columns),
        converted,
        ratings,
        rejects,
    )
    return made.without(bad)


def _whole(
    cells: Cells, position: int, chosen: Format
) -> tuple[list[list[str]], list[int], list[Reject]]:
    """The rows that fit the header, their positions, and those that do not."""
    header = cells.table.header
    width = len(header)
    kept: list[list[str]] = []
    positions: list[int] = []
    rejects: list[Reject] = []
    for at, row in enumerate(cells.rows, position):
        fitted = row if len(row) == width else _fitted(row, width, chosen.ragged)
        if isinstance(row, Unended) and not is_whole(row, header, chosen, cells.table.customs):
            rejects.append(Reject(at, TORN, _sample(row)))
        elif fitted is None:
            reason = f"{len(row):,} cells where the header has {width:,}"
            rejects.append(Reject(at, reason, _sample(row)))
        elif SPOILED in "".join(fitted):
            rejects.append(Reject(at, "NUL characters, or a line of over a million", _sample(row)))
        else:
            kept.append(fitted)
            positions.append(at)
    return kept, positions, rejects


def _fitted(row: list[str], width: int, ragged: bool) -> list[str] | None:
    """The row at the header's width, when what is over or missing is blank."""
    if len(row) > width:
        return None if any(cell.strip() for cell in row[width:]) else row[:width]
    return [*row, *[""] * (width - len(row))] if ragged else None


def _sample(row: list[str]) -> str:
    return " | ".join(cell[:_SAMPLE_CHARS] for cell in row[:_SAMPLE_CHARS])[:_SAMPLE_CHARS]


def _records(table: Table, columns: list[list[str]]) -> list[bytes]:
    """Each row's cells in the order of their header names, after a mark of format and header."""
    order = sorted(
        (at for at, name in enumerate(table.header) if name), key=lambda at: table.header[at]
    )
    told = (str(each) for each in (table.period, table.release) if each is not None)
    names = (table.format, *told, *(table.header[at] for at in order))
    mark = blake2b("\x1f".join(names).encode(), digest_size=_MARK_BYTES).digest()
    cells = zip(*(columns[at] for at in order), strict=True)
    return [mark + "\x1f".join(row).encode() for row in cells]


def _converted(
    chosen: Format, table: Table, columns: list[list[str]], bad: dict[int, str]
) -> tuple[dict[str, list[Any]], list[tuple[str, Rating, list[Any]]]]:
    """Values by field, and the vendor's metrics by name."""
    fields: dict[str, list[Any]] = {}
    ratings: list[tuple[str, Rating, list[Any]]] = []
    for column in chosen.columns:
        for at in column.find(table.header):
            made = _column(chosen, column, table, columns[at], bad)
            fields.setdefault(column.field, made)
            if column.rating:
                stem = next((n for n in column.names if n.endswith("*")), "*").rstrip("*")
                metric = column.rating.metric.replace("*", table.header[at].removeprefix(stem))
                ratings.append((metric, column.rating, made))
    return fields, ratings


def _column(
    chosen: Format, column: Column, table: Table, cells: list[str], bad: dict[int, str]
) -> list[Any]:
    convert = converter(column.converter, table.customs)
    blank = False if column.converter == "flag" and "blank_flags" in chosen.constants else None
    try:
        made = [convert(cell) if cell else blank for cell in cells]
    except ValueError:
        made = [_checked(column, convert, cell, row, bad) for row, cell in enumerate(cells)]
    return _worded(column, made, bad) if column.words else made


def _checked(column: Column, convert: Converter, cell: str, row: int, bad: dict[int, str]) -> Any:
    """One cell of a column that holds a bad one somewhere."""
    if not cell:
        return None
    try:
        return convert(cell)
    except ValueError as error:
        bad.setdefault(row, f"{column.names[0]}: {error}")
        return None


def _worded(column: Column, made: list[Any], bad: dict[int, str]) -> list[Any]:
    """Words of a closed vocabulary; where it is strict, another word spoils the row."""
    if column.strict:
        for row, word in enumerate(made):
            if word is not None and word not in column.words:
                meant = ", ".join(dict.fromkeys(map(str, column.words.values())))
                bad.setdefault(row, f"{column.names[0]}: {word[:80]!r} is none of {meant}")
    return [column.words.get(word) for word in made]


# --- making rows ----------------------------------------------------------------------------


def batch(table: str, columns: Mapping[str, Any]) -> pa.RecordBatch:
    """A batch of a table's schema without `import_id`; columns not given are null."""
    names = [column for column in schema.TABLES[table].arrow if column.name != "import_id"]
    length = len(columns["row_id"])
    return pa.RecordBatch.from_arrays(
        [_array(columns.get(each.name), each.type, length) for each in names],
        schema=pa.schema(names),
    )


def _array(column: Any, type_: pa.DataType, length: int) -> pa.Array:
    if column is None:
        return pa.nulls(length, type_)
    if isinstance(column, str):
        return pa.repeat(pa.scalar(column, type_), length)
    return column if isinstance(column, pa.Array) else pa.array(column, type_)


def numbered(count: int) -> pa.Array:
    """Unit numbers 0 … count - 1."""
    return pa.array(range(count), pa.int64())


def rows_of(table: str, made: pa.RecordBatch, partition: Any, unit: Any) -> Rows:
    """Rows with their partition, one for all or one each, and their units."""
    return Rows(
        table,
        made,
        _array(partition, pa.string(), len(made)),
        _array(unit, pa.int64(), len(made)),
    )


@lru_cache(maxsize=65_536)
def bucket(domain: str) -> str:
    """`url.bucket`, remembered."""
    return url.bucket(domain)
