"""Access-log lines: one regular expression for each shape in `log_formats.csv`."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache

import numpy as np

from backref import data
from backref.sources.logtable import Column, Misfit, Table

QUOTED = rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"'
SKIPPED = "_"
COMMENT = b"#"
BLANKS = b" \t\r"
_ALPHANUMERIC = (string.ascii_letters + string.digits).encode()
_UNBROKEN = bytes(byte for byte in range(256) if byte not in b" \n")
BYTES = {
    "host": _ALPHANUMERIC + b"._:[]-",
    "address": _ALPHANUMERIC + b".:_%-",
    SKIPPED: _UNBROKEN,
    "user": _UNBROKEN.replace(b"[", b""),
}
"""The bytes of which each kind of word consists; a user's name may have blanks beside them."""
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
    """One line format: its parts as written, the fields among them in order, and the expression
    that cuts them out of a line without trailing blanks."""

    name: str
    written: tuple[str, ...]
    fields: tuple[str, ...]
    pattern: re.Pattern[bytes]
    example: str

    @property
    def has_host(self) -> bool:
        """Whether each line names its virtual host."""
        return "host" in self.fields

    @property
    def quoted(self) -> tuple[str, ...]:
        """The fields that stand in quotes."""
        return tuple(field for field in self.fields if field in ("request", "referrer", "agent"))

    def fits(self, line: bytes) -> bool:
        """Whether the line has this shape; where a host comes first, a literal address must
        follow, for else any user name with a space would make one."""
        found = self.pattern.fullmatch(line.rstrip(BLANKS))
        return found is not None and (
            not self.has_host or bool(LITERAL_ADDRESS.fullmatch(found[2]))
        )


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
    pattern = re.compile(rb" ".join(expressions), re.DOTALL)
    names = tuple(field_of(part) for part in parts if part != SKIPPED)
    return Shape(name, tuple(parts), names, pattern, example)


def field_of(written: str) -> str:
    """The name of a part as written in a shape."""
    return written.strip('[]"')


def _expression(part: str, following: str) -> bytes:
    if part.startswith('"'):
        return QUOTED
    if part.startswith("["):
        return rb"\[" + TOKENS["time"] + rb"\]"
    if part == SKIPPED and following.startswith("["):
        return ANY_USER
    return TOKENS[part]


def cut(
    text: bytes, starts: np.ndarray, stops: np.ndarray, how: Shape
) -> tuple[Table, list[Misfit]]:
    """Cut the lines of `text` that stand between `starts` and `stops`; those that do not fit come
    with the reason. Blank lines and comments are nothing."""
    fitting, found, misfits = [], [], []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        line = text[start:stop].rstrip(BLANKS)
        if len(line) > MAX_LINE_BYTES:
            misfits.append(Misfit(start, line, TOO_LONG))
        elif match := how.pattern.fullmatch(line):
            fitting.append((start, start + len(line)))
            found.append(match.groups())
        elif line and not line.startswith(COMMENT):
            misfits.append(Misfit(start, line, _complaint(line, how)))
    cells = zip(*found, strict=True) if found else [()] * len(how.fields)
    fields = dict(zip(how.fields, cells, strict=True))
    sizes = [-1 if size == b"-" else int(size) for size in fields.pop("bytes")]
    columns = {name: Column.of(cells) for name, cells in fields.items()}
    places = np.array(fitting, np.int64).reshape(-1, 2)
    return Table(text, places[:, 0], places[:, 1], columns, np.array(sizes, np.int64)), misfits


def _complaint(line: bytes, how: Shape) -> str:
    """Why a line does not fit, as far as it can be told."""
    if b"\0" in line:
        return "the line holds NUL bytes"
    if not _TIME.search(line):
        return "there is no time as [23/Nov/2026:10:05:03 +0100] in the line"
    if _UNESCAPED_QUOTE.subn(b"", line)[1] % 2:
        return "a quoted field is not closed"
    return f"the line is not in the format {how.name}"


def unescaped(field: bytes) -> str:
    """A quoted field as text: the server's escapes undone, then UTF-8 with replacement."""
    if b"\\" in field:
        field = _ESCAPE.sub(_literal, field)
    return field.decode("utf-8", errors="replace")


def _literal(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes.fromhex(escape[1].decode())
    return _CONTROLS.get(escape[2], escape[2])
