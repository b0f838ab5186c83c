"""Access-log lines to columns: one regular expression for each shape in `log_formats.csv`.

A column comes as its distinct values and each line's number among them, because what a line
says is said by many: everything downstream works once for a value, not once for a line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from backref import data

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUOTED = rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"'
SKIPPED = "_"
TOKENS = {
    "host": rb"([A-Za-z0-9._:\[\]-]++)",
    "address": rb"([0-9A-Za-z.:_%-]++)",
    "time": rb"(\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})",
    "status": rb"(\d{3})",
    "bytes": rb"(\d{1,18}|-)",
    SKIPPED: rb"[^ \n]++",
}
ANY_USER = rb"[^\[\n]*[^\[\n ]"
LITERAL_ADDRESS = re.compile(rb"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.%a-z]*")
MAX_LINE_BYTES = 128 << 10
TOO_LONG = f"the line is longer than {MAX_LINE_BYTES:,} bytes"
_TIME = re.compile(rb"\[" + TOKENS["time"] + rb"\]")
_UNESCAPED_QUOTE = re.compile(rb'(?<!\\)"')
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"f": b"\f", b"v": b"\v"}


@dataclass(frozen=True)
class Shape:
    """One line format: its fields in order and the expression that cuts them out."""

    name: str
    fields: tuple[str, ...]
    pattern: re.Pattern[bytes]
    example: str

    @property
    def has_host(self) -> bool:
        """Whether each line names its virtual host."""
        return "host" in self.fields

    def fits(self, line: bytes) -> bool:
        """Whether the line has this shape; where a host comes first, a literal address must
        follow, for else any user name with a space would make one."""
        found = self.pattern.fullmatch(line)
        return found is not None and (
            not self.has_host or bool(LITERAL_ADDRESS.fullmatch(found[2]))
        )


class Column(NamedTuple):
    """The distinct values of a field, and for each line the number of its value."""

    values: list[bytes]
    numbers: np.ndarray


class Table(NamedTuple):
    """The lines of one shape: the whole lines, where each begins, and their fields."""

    lines: list[bytes]
    starts: np.ndarray
    columns: Mapping[str, Column]


class Misfit(NamedTuple):
    """A line that could not be cut: where it begins, and why."""

    start: int
    line: bytes
    reason: str


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes; of two that fit, the later one says less."""
    return tuple(
        _shape(row["name"], row["fields"], row["example"]) for row in data.table("log_formats.csv")
    )


@cache
def shape(name: str) -> Shape:
    """The shape of that name."""
    return next(known for known in shapes() if known.name == name)


def _shape(name: str, fields: str, example: str) -> Shape:
    parts = fields.split()
    expressions = map(_expression, parts, [*parts[1:], ""])
    pattern = re.compile(rb"^" + rb" ".join(expressions) + rb"[ \t\r]*+$", re.MULTILINE)
    names = tuple(part.strip('[]"') for part in parts if part != SKIPPED)
    return Shape(name, names, pattern, example)


def _expression(part: str, following: str) -> bytes:
    if part.startswith('"'):
        return QUOTED
    if part.startswith("["):
        return rb"\[" + TOKENS["time"] + rb"\]"
    if part == SKIPPED and following.startswith("["):
        return ANY_USER
    return TOKENS[part]


def cut(text: bytes, how: Shape) -> tuple[Table, list[Misfit]]:
    """The lines of `text` (each ended by a newline), and those that do not fit."""
    lines = text.split(b"\n")
    lines.pop()
    found = how.pattern.findall(text)
    misfits: list[Misfit] = []
    starts = _starts(lines)
    longest = int(np.diff(starts, append=len(text)).max(initial=0)) - 1
    if len(found) != len(lines) or longest > MAX_LINE_BYTES:
        found, lines, starts, misfits = _one_by_one(lines, starts, how)
    fields = zip(*found, strict=True) if found else ((),) * len(how.fields)
    columns = {name: _column(cells) for name, cells in zip(how.fields, fields, strict=True)}
    return Table(lines, starts, columns), misfits


def _starts(lines: list[bytes]) -> np.ndarray:
    ends = np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1)
    return np.concatenate((np.zeros(1, np.int64), ends))[:-1]


def _one_by_one(
    lines: list[bytes], starts: np.ndarray, how: Shape
) -> tuple[list[tuple[bytes, ...]], list[bytes], np.ndarray, list[Misfit]]:
    fitting, found, misfits = [], [], []
    for number, line in enumerate(lines):
        if len(line) > MAX_LINE_BYTES:
            misfits.append(Misfit(int(starts[number]), line, TOO_LONG))
        elif match := how.pattern.fullmatch(line):
            fitting.append(number)
            found.append(match.groups())
        elif line.strip():
            misfits.append(Misfit(int(starts[number]), line, _complaint(line, how)))
    return found, [lines[number] for number in fitting], starts[fitting], misfits


def _complaint(line: bytes, how: Shape) -> str:
    """Why a line does not fit, as far as it can be told."""
    if b"\0" in line:
        return "the line holds NUL bytes"
    if not _TIME.search(line):
        return "there is no time as [23/Nov/2026:10:05:03 +0100] in the line"
    if _UNESCAPED_QUOTE.subn(b"", line)[1] % 2:
        return "a quoted field is not closed"
    return f"the line is not in the format {how.name}"


def _column(cells: Sequence[bytes]) -> Column:
    coded = pa.array(cells, pa.binary()).dictionary_encode()
    return Column(coded.dictionary.to_pylist(), coded.indices.to_numpy().astype(np.int64))


def unescaped(field: bytes) -> str:
    """A quoted field as text: the server's escapes undone, then UTF-8 with replacement."""
    if b"\\" in field:
        field = _ESCAPE.sub(_literal, field)
    return field.decode("utf-8", errors="replace")


def _literal(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes.fromhex(escape[1].decode())
    return _CONTROLS.get(escape[2], escape[2])
