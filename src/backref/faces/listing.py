"""Rows as a table, as JSON lines or as CSV: one list of columns, three ways to print it."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

import orjson
from rich.cells import cell_len, set_cell_size

from backref.faces import terminal
from backref.faces.drawing import words
from backref.faces.terminal import visible, visible_json

GAP = "  "
LEAST = 12
"""Flexible columns are never cut to fewer cells."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# Where commas are decimal signs, a spreadsheet parts cells at the semicolons within ours.
_BEGUN = re.compile(rf'(^|;)(?=[\s"]*[{re.escape("".join(FORMULA))}])')


class Format(Enum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True)
class Column:
    """One column of a table for people. Where a terminal is too narrow, `flexible` columns are
    cut in the middle and then those with the highest `spare` left out; 0 always stays. One that
    is `seldom` known is left out where no row has it."""

    head: str
    value: Callable[[Any], object]
    right: bool = True
    flexible: bool = False
    spare: int = 0
    seldom: bool = False


UNKNOWN = "-"


def emit(
    rows: Sequence[Any], columns: Sequence[Column], how: Format, names: Sequence[str] = ()
) -> None:
    """Print rows to stdout; `names` are those of the rows, for CSV without any row."""
    if how is Format.JSON:
        write(json_lines(rows))
    elif how is Format.CSV:
        write(csv_text(rows, names))
    elif rows:
        width = terminal.width(sys.stdout)
        columns = [column for column in columns if not column.seldom or _any(rows, column)]
        fitting = fitted(rows, columns, width)
        write(table(rows, fitting, width))
        if left_out := [column.head for column in columns if column not in fitting]:
            terminal.say(f"Too narrow for {', '.join(left_out)}; --csv and --json have all.")


def _any(rows: Sequence[Any], column: Column) -> bool:
    return any(column.value(row) != UNKNOWN for row in rows)


def write(text: str) -> None:
    """Data to stdout; a terminal that cannot show a character shows a question mark."""
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        terminal.nobody_reads()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding))


def record(row: Any) -> dict[str, Any]:
    """A row as names and values."""
    if isinstance(row, Mapping):
        return dict(row)
    if dataclasses.is_dataclass(row):
        return {field.name: getattr(row, field.name) for field in dataclasses.fields(row)}
    named: dict[str, Any] = row._asdict()
    return named


def json_lines(rows: Iterable[Any]) -> str:
    """One JSON object a line, nothing lost."""
    return "".join(
        visible_json(orjson.dumps(record(row), default=plain).decode()) + "\n" for row in rows
    )


def plain(value: Any) -> Any:
    """A value that JSON has no kind for, as one that it has."""
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "_asdict"):
        return value._asdict()
    return str(value)


def names(kind: type) -> tuple[str, ...]:
    """The names that rows of a kind, a dataclass or a named tuple, have."""
    if dataclasses.is_dataclass(kind):
        return tuple(field.name for field in dataclasses.fields(kind))
    found: tuple[str, ...] = kind._fields  # type: ignore[attr-defined]
    return found


def csv_text(rows: Sequence[Any], names: Sequence[str] = ()) -> str:
    """CSV with a header: the rows' names, or `names` where there is no row. Text stands in quotes,
    numbers and times as they are, nothing for None; what a spreadsheet would run as a formula
    begins with `'`."""
    head = record(rows[0]) if rows else names
    if not head:
        return ""
    lines = [",".join(head)]
    lines += [",".join(map(_cell, record(row).values())) for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    told = text_of(value)
    if value is None or isinstance(value, (bool, int, float, date)):
        return told
    doubled = told.replace('"', '""')
    return f'"{doubled}"'


def text_of(value: object) -> str:
    """A value as the text of a cell, which no spreadsheet takes for a formula."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return words.plain(value)
        case int():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            value = " ".join(f"{key}:{_within(held)}" for key, held in value.items())
        case tuple() | list():
            value = " ".join(map(_within, value))
    return harmless(str(value))


def _within(value: object) -> str:
    """One of a cell's several values."""
    return words.plain(value) if isinstance(value, float) else str(value)


def harmless(text: str) -> str:
    """The text as a cell that is text in every spreadsheet, also where `;` parts cells."""
    return visible(_BEGUN.sub(r"\1'", text))


def table(rows: Sequence[Any], columns: Sequence[Column], width: int) -> str:
    """An aligned table; flexible columns are cut in the middle where it would be wider than
    `width` cells."""
    cells = [[visible(shown(column.value(row))) for column in columns] for row in rows]
    widths = _widths([[column.head for column in columns], *cells], columns, width)
    lines = [_line([column.head for column in columns], columns, widths)]
    lines += [_line(line, columns, widths) for line in cells]
    return "\n".join(lines) + "\n"


def fitted(rows: Sequence[Any], columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that `width` cells have room for, the most dispensable left out first."""
    least = {column: _least(rows, column) for column in columns}
    kept = list(columns)
    while sum(least[one] + len(GAP) for one in kept) - len(GAP) > width:
        dispensable = max(kept, key=lambda one: one.spare)
        if not dispensable.spare:
            break
        kept.remove(dispensable)
    return kept


def _least(rows: Sequence[Any], column: Column) -> int:
    cells = (visible(shown(column.value(row))) for row in rows)
    widest = max([cell_len(column.head), *map(cell_len, cells)])
    return min(widest, LEAST) if column.flexible else widest


def _widths(lines: Sequence[Sequence[str]], columns: Sequence[Column], width: int) -> list[int]:
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    excess = sum(widths) + len(GAP) * (len(widths) - 1) - width
    while excess > 0:
        flexible = [
            at for at, column in enumerate(columns) if column.flexible and widths[at] > LEAST
        ]
        if not flexible:
            break
        widest = max(flexible, key=lambda at: widths[at])
        widths[widest] -= 1
        excess -= 1
    return widths


def _line(cells: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    return GAP.join(
        _padded(cell, width, right=column.right)
        for cell, column, width in zip(cells, columns, widths, strict=True)
    ).rstrip()


def _padded(cell: str, width: int, *, right: bool) -> str:
    length = cell_len(cell)
    if length > width:
        cell, length = middle(cell, width), width
    return " " * (width - length) + cell if right else cell + " " * (width - length)


def cut(text: str, width: int) -> str:
    """The text in at most `width` cells, its end marked when something is missing."""
    return text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"


def middle(text: str, width: int) -> str:
    """The text in `width` cells, its middle left out and marked when it is longer.

    >>> middle("/srv/logs/2026/access.log", 15)
    '/srv/lo…ess.log'
    """
    if cell_len(text) <= width:
        return text
    end = (width - 1) // 2
    head, tail = set_cell_size(text, width - 1 - end), set_cell_size(text[::-1], end)[::-1]
    return f"{head}…{tail}"


def shown(value: object) -> str:
    """A value for people: `-` for not known, whole numbers where they are large."""
    match value:
        case None:
            said = "-"
        case float():
            said = number(value)
        case int():
            said = f"{value:,}"
        case date():
            said = f"{value:%Y-%m-%d}"
        case _:
            said = str(value)
    return said


def number(value: float | None) -> str:
    """A count as it is told everywhere, `-` where it is not known."""
    return words.count(value, "-")


def percent(share: float | None) -> str:
    """A share in [0, 1] as a percentage."""
    if share is None:
        return "-"
    if 0 < share < 0.0005:
        return "<0.1 %"
    return f"{share * 100:.1f} %" if 0 < share < 0.0995 else f"{share * 100:.0f} %"
