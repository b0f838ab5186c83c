"""A fast cut of the access-log lines that hold no surprises; the rest goes to the expressions.

Nearly all lines have no escapes, no ident and no user. Such a line is found by the places of its
quotes alone, which numpy finds for all lines at once. Whatever looks different in any way is
left to `logline.cut`, which decides; both cut alike, by test.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from backref.sources import logline
from backref.sources.logtable import Column, Misfit, Table

if TYPE_CHECKING:
    from backref.sources.logline import Shape

NEWLINE, QUOTE, BACKSLASH, SPACE, DASH = b'\n"\\ -'
BLANKS = b" \t\r"
NOBODY = np.frombuffer(b" - - [", np.uint8)
TIME = np.frombuffer(b"00/aaa/0000:00:00:00 +0000", np.uint8)
CLOSING = np.frombuffer(b"] ", np.uint8)
LEAD = len(TIME) + len(CLOSING)
"""The time begins so many bytes before the request's quote."""
SIGN = 21
MOST_DIGITS = 18
IS_BLANK = np.zeros(256, bool)
IS_BLANK[list(BLANKS)] = True
_WHO = {
    ("address",): re.compile(logline.TOKENS["address"]),
    ("host", "address"): re.compile(logline.TOKENS["host"] + b" " + logline.TOKENS["address"]),
}


class _Marks(NamedTuple):
    """Plain lines: their numbers, where each begins and ends, and where its quotes stand."""

    numbers: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    quotes: np.ndarray

    def where(self, mask: np.ndarray) -> _Marks:
        return self if mask.all() else _Marks(*(column[mask] for column in self))


def cut(text: bytes, how: Shape) -> tuple[Table, list[Misfit]]:
    """The lines of `text`, each ended by a newline, and those that do not fit the shape."""
    lines = text.split(b"\n")
    lines.pop()
    at = np.frombuffer(text, np.uint8)
    starts, plain = _plain(text, at, how)
    table = _table(text, at, lines, plain, how)
    if len(table.lines) == len(lines):
        return table, []
    left = np.flatnonzero(~np.isin(starts, table.starts))
    rest = [lines[line].rstrip(BLANKS) for line in left.tolist()]
    others, misfits = logline.cut(rest, starts[left], how)
    return table.joined(others), misfits


def _plain(text: bytes, at: np.ndarray, how: Shape) -> tuple[np.ndarray, _Marks]:
    """Where all lines begin, and those with as many quotes as the shape has, none of them
    escaped, and with the time and the response where they belong."""
    marks = np.flatnonzero((at == NEWLINE) | (at == QUOTE))
    newlines = np.flatnonzero(at[marks] == NEWLINE)
    stops = marks[newlines]
    starts = np.concatenate((np.zeros(1, np.int64), stops + 1))[:-1]
    quotes = 2 * len(how.quoted)
    fine = np.diff(newlines, prepend=-1) - 1 == quotes
    fine &= stops - starts <= logline.MAX_LINE_BYTES
    if b"\\" in text:
        fine[np.searchsorted(stops, np.flatnonzero(at == BACKSLASH))] = False
    chosen = np.flatnonzero(fine)
    places = marks[newlines[chosen][:, None] + np.arange(-quotes, 0)]
    ends = stops[chosen]
    found = _Marks(chosen, starts[chosen], ends - IS_BLANK[at[ends - 1]], places)
    found = found.where(_room(found))
    return starts, found.where(_before_request(at, found) & _after_request(at, found))


def _room(found: _Marks) -> np.ndarray:
    """Whether a time fits before the request and a status behind it."""
    opening, closing = found.quotes[:, 0], found.quotes[:, 1]
    return np.asarray((opening - LEAD - len(NOBODY) > found.starts) & (closing + 6 < found.ends))


def _windows(at: np.ndarray, begin: np.ndarray, width: int) -> np.ndarray:
    """The `width` bytes from each place on, a row each; numpy copies a row at a time."""
    if not begin.size:
        return np.empty((0, width), np.uint8)
    windows = np.ndarray((len(at) - width + 1,), f"V{width}", buffer=at, strides=(1,))
    return np.asarray(windows[begin].view(np.uint8).reshape(-1, width))


def _before_request(at: np.ndarray, found: _Marks) -> np.ndarray:
    """Whether ` - - [TIME] ` stands before the request."""
    opening = found.quotes[:, 0]
    before = _windows(at, opening - LEAD - len(NOBODY), len(NOBODY)) == NOBODY
    behind = _windows(at, opening - len(CLOSING), len(CLOSING)) == CLOSING
    return np.asarray(before.all(axis=1) & behind.all(axis=1))


def _times(at: np.ndarray, found: _Marks) -> np.ndarray:
    return _windows(at, found.quotes[:, 0] - LEAD, len(TIME))


def _are_times(values: list[bytes]) -> np.ndarray:
    """Whether each value is written like `TIME`; the calendar is looked at later."""
    times = np.frombuffer(b"".join(values), np.uint8).reshape(-1, len(TIME))
    digits, letters = ord("0") == TIME, ord("a") == TIME
    other = ~(digits | letters) & (np.arange(len(TIME)) != SIGN)
    fine = (times[:, digits] - ord("0") <= 9).all(axis=1)
    fine &= (times[:, other] == TIME[other]).all(axis=1)
    month = times[:, letters]
    fine &= (month[:, 0] - ord("A") < 26) & (month[:, 1:] - ord("a") < 26).all(axis=1)
    return np.asarray(fine & ((times[:, SIGN] == ord("+")) | (times[:, SIGN] == DASH)))


def _after_request(at: np.ndarray, found: _Marks) -> np.ndarray:
    """Whether status, size and the other quoted fields follow with one space between."""
    closing, quotes = found.quotes[:, 1], found.quotes
    status = _windows(at, closing + 1, 5)
    fine = (status[:, 0] == SPACE) & (status[:, 4] == SPACE)
    fine &= (status[:, 1:4] - ord("0") <= 9).all(axis=1)
    for place in range(2, quotes.shape[1], 2):
        fine &= at[quotes[:, place] - 1] == SPACE
        if place > 2:
            fine &= quotes[:, place] == quotes[:, place - 1] + 2
    if quotes.shape[1] > 2:
        fine &= quotes[:, -1] + 1 == found.ends
    length = _size_ends(found) - closing - 6
    return np.asarray(fine & (length >= 1) & (length <= MOST_DIGITS) & (_sizes(at, found) > -2))


def _size_ends(found: _Marks) -> np.ndarray:
    return found.quotes[:, 2] - 1 if found.quotes.shape[1] > 2 else found.ends


def _sizes(at: np.ndarray, found: _Marks) -> np.ndarray:
    """The responses' sizes; -1 for none, -2 for what is no number."""
    begin = found.quotes[:, 1] + 6
    length = _size_ends(found) - begin
    sizes = np.zeros(len(begin), np.int64)
    wrong = np.zeros(len(begin), bool)
    for digit in range(min(MOST_DIGITS, int(length.max(initial=0)))):
        inside = digit < length
        value = at[np.where(inside, begin + digit, begin)] - ord("0")
        wrong |= inside & (value > 9)
        sizes = np.where(inside, sizes * 10 + value, sizes)
    none = (length == 1) & (at[begin] == DASH)
    return np.where(none, -1, np.where(wrong, -2, sizes))


def _table(text: bytes, at: np.ndarray, lines: list[bytes], found: _Marks, how: Shape) -> Table:
    """The table of those plain lines that say well who asked and when."""
    cells = _between(text, found)
    columns, fine = _who(cells[0], how)
    columns["time"] = when = Column.of(_fixed(_times(at, found)))
    fine &= _are_times(when.values)[when.numbers]
    if not fine.all():
        return _table(text, at, lines, found.where(fine), how)
    columns |= {name: Column.of(cell) for name, cell in zip(how.quoted, cells[1:], strict=True)}
    columns["status"] = Column.of(_fixed(_windows(at, found.quotes[:, 1] + 2, 3)))
    return Table(_whole(at, lines, found), found.starts, columns, _sizes(at, found))


def _whole(at: np.ndarray, lines: list[bytes], found: _Marks) -> list[bytes]:
    """The lines themselves, without trailing blanks."""
    if len(found.numbers) < len(lines):
        lines = [lines[line] for line in found.numbers.tolist()]
    blank = IS_BLANK[at[found.ends]]
    return [line.rstrip(BLANKS) for line in lines] if blank.any() else lines


def _between(text: bytes, found: _Marks) -> list[pa.Array]:
    """Who asked, and each quoted field, as binary arrays.

    The places where fields begin and end cut the whole text into pieces of which every second
    one is wanted, so that Arrow copies them without a Python object for each.
    """
    who = found.quotes[:, 0] - LEAD - len(NOBODY)
    quotes = found.quotes + np.tile([1, 0], found.quotes.shape[1] // 2)
    places = np.column_stack((found.starts, who, quotes)).astype(np.int32)
    offsets = pa.py_buffer(places.ravel())
    count = max(places.size - 1, 0)
    pieces = pa.Array.from_buffers(pa.binary(), count, [None, offsets, pa.py_buffer(text)])
    return [
        pieces.take(pa.array(np.arange(field, count, places.shape[1])))
        for field in range(0, places.shape[1], 2)
    ]


def _who(cells: pa.Array, how: Shape) -> tuple[dict[str, Column], np.ndarray]:
    """The columns of who asked, and the lines in which they are well written."""
    values, numbers = Column.of(cells)
    pattern = _WHO[how.leading]
    matches = [pattern.fullmatch(value) for value in values]
    fine = np.array([match is not None for match in matches], bool)
    columns = {
        name: Column([match[place] if match else b"" for match in matches], numbers)
        for place, name in enumerate(how.leading, 1)
    }
    return columns, fine[numbers]


def _fixed(rows: np.ndarray) -> pa.Array:
    """Byte rows of one width as an array."""
    raw = pa.py_buffer(np.ascontiguousarray(rows))
    return pa.Array.from_buffers(pa.binary(rows.shape[1]), len(rows), [None, raw])
