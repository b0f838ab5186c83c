"""Access-log lines: one regular expression for each shape in `log_formats.csv`."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from backref import data
from backref.sources import logtimes
from backref.sources.logtable import USUAL, Column, Misfit, Spelling, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTED = rb'"([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)"'
SKIPPED = "_"
REST = "..."
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
HOST = rb"[A-Za-z0-9._:\[\]-]++"
ADDRESS = rb"[0-9A-Za-z.:_%-]++"
SIZE = rb"(\d{1,18}|-)"
TOKENS = {
    "host": b"(" + HOST + b")",
    "address": b"(" + ADDRESS + b")",
    "address:port": rb"([0-9A-Za-z._%-]++|[0-9A-Fa-f:.%\[\]]+):\d{1,5}",
    "status": rb"(\d{3})",
    "bytes": SIZE,
    "number": rb"\d{1,18}+(?:\.\d{1,18})?+",
    "syslog": (
        rb"(?:<\d{1,3}>)?+(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-[^ \n]++) [^ \n]++ [^ \n]++"
    ),
    "{captured}": rb"\{([^{}\n]*+)\}",
    "{_}": rb"\{[^{}\n]*+\}",
    SKIPPED: rb"[^ \n]++",
}
ANY_USER = rb"[^\[\n]*[^\[\n ]"
ANY_REST = rb"(?: [^\n]*+)?+"
LITERAL_ADDRESS = re.compile(rb"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.%a-z]*")
_NAMES = (b"localhost", b"-")
MAX_LINE_BYTES = 128 << 10
TOO_LONG = f"the line is longer than {MAX_LINE_BYTES:,} bytes"
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
    spelling: Spelling = USUAL

    @property
    def has_host(self) -> bool:
        """Whether each line names its virtual host."""
        return "host" in self.fields or "url" in self.fields

    @property
    def self_closing(self) -> bool:
        """Whether a line's last byte shows that it is whole."""
        return self.written[-1].endswith('"')

    @property
    def address_once(self) -> bool:
        """Whether the client's address stands at one place only."""
        return "address" in self.fields and "forwarded" not in self.fields

    def fits(self, line: bytes) -> bool:
        """Whether the line has this shape; what stands for the client must look like an address,
        and where a host is named be one, for else any user name with a space would make one."""
        found = self.pattern.fullmatch(line.rstrip(BLANKS))
        if found is None or "address" not in self.fields:
            return found is not None
        address = found[self.fields.index("address") + 1]
        literal = bool(LITERAL_ADDRESS.fullmatch(address))
        if "host" not in self.fields:
            return literal or b"." in address or address in _NAMES
        host = self.fields.index("host")
        return literal and (host == 0 or b"." in found[host + 1])


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes."""
    return tuple(
        of_parts(row["name"], row["fields"], row["time"] or logtimes.COMMON, row["example"])
        for row in data.table("log_formats.csv")
    )


def shape(name: str) -> Shape:
    """The shape of that name."""
    return next(known for known in shapes() if known.name == name)


def of_parts(name: str, fields: str, time: str, example: str) -> Shape:
    """The shape of lines whose parts are written as in `log_formats.csv`."""
    parts = fields.split()
    expressions = [
        _expression(part, following, time)
        for part, following in zip(parts, [*parts[1:], ""], strict=True)
    ]
    if parts[0] == "syslog?":
        expressions[1] = expressions[1].removeprefix(b" ")
    pattern = re.compile(b"".join(expressions).removeprefix(b" "), re.DOTALL)
    names = (field_of(part) for part in parts)
    named = tuple(name for name in names if name in FIELDS)
    return Shape(name, tuple(parts), named, pattern, example, Spelling(time))


FIELDS = frozenset(
    (
        "host", "address", "time", "request", "url", "status", "bytes", "referrer", "agent",
        "forwarded", "captured", "method", "path", "query", "date", "clock",
    )
)  # fmt: skip
"""All that a part of a line may tell."""


def field_of(written: str) -> str:
    """The name of a part as written in a shape."""
    return written.removesuffix("?").removesuffix(":port").strip('[]{}"')


def _expression(part: str, following: str, time: str) -> bytes:
    """The expression for a part and the blank that stands before it."""
    if part == REST:
        return ANY_REST
    if part == "syslog?":
        return b"(?:" + TOKENS["syslog"] + b" )?+"
    if part.endswith("?"):
        return b"(?: " + _token(part[:-1], following, time) + b")?+"
    return b" " + _token(part, following, time)


def _token(part: str, following: str, time: str) -> bytes:
    if part == "time":
        return b"(" + logtimes.expression(time) + b")"
    if part == "[time]":
        return rb"\[(" + logtimes.expression(time) + rb")\]"
    if part.startswith('"'):
        return QUOTED if field_of(part) in FIELDS else QUOTED.replace(b"(", b"(?:", 1)
    if part == SKIPPED and following.startswith("["):
        return ANY_USER
    return TOKENS[part]


def cut(
    text: bytes, starts: np.ndarray, stops: np.ndarray, how: Shape
) -> tuple[Table, list[Misfit]]:
    """Cut the lines of `text` that stand between `starts` and `stops`; those that do not fit come
    with the reason. Blank lines and comments are nothing."""
    fitting, found, misfits = [], [], []
    address = how.fields.index("address") + 1 if how.address_once else 0
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        line = text[start:stop].rstrip(BLANKS)
        if len(line) > MAX_LINE_BYTES:
            misfits.append(Misfit(start, line, TOO_LONG))
        elif not line or line.startswith(COMMENT):
            continue
        elif match := how.pattern.fullmatch(line):
            begin, end = match.span(address)
            fitting.append((start, start + len(line), start + begin, start + end))
            found.append(match.groups())
        else:
            misfits.append(Misfit(start, line, _complaint(line, how)))
    return _table(text, fitting, found, how), misfits


def _table(
    text: bytes,
    fitting: Sequence[tuple[int, int, int, int]],
    found: Sequence[tuple[bytes | None, ...]],
    how: Shape,
) -> Table:
    cells = zip(*found, strict=True) if found else [()] * len(how.fields)
    fields = dict(zip(how.fields, cells, strict=True))
    sizes = [int(size) if size and size != b"-" else -1 for size in fields.pop("bytes", ())]
    columns = {name: Column.of([cell or b"" for cell in cells]) for name, cells in fields.items()}
    places = np.array(fitting, np.int64).reshape(-1, 4)
    return Table(
        text,
        places[:, 0],
        places[:, 1],
        columns,
        np.array(sizes or [-1] * len(fitting), np.int64),
        places[:, 2:] if how.address_once else None,
        how.spelling,
    )


def _complaint(line: bytes, how: Shape) -> str:
    """Why a line does not fit, as far as it can be told."""
    if b"\0" in line:
        return "the line holds NUL bytes"
    if how.spelling.time == logtimes.COMMON and not _common_time().search(line):
        return "there is no time as [23/Nov/2026:10:05:03 +0100] in the line"
    if _UNESCAPED_QUOTE.subn(b"", line)[1] % 2:
        return "a quoted field is not closed"
    return f"the line is not in the format {how.name}"


@cache
def _common_time() -> re.Pattern[bytes]:
    return re.compile(rb"\[" + logtimes.expression(logtimes.COMMON) + rb"\]")


def unescaped(field: bytes) -> str:
    """A quoted field as text: the server's escapes undone, then UTF-8 with replacement."""
    if b"\\" in field:
        field = _ESCAPE.sub(_literal, field)
    return field.decode("utf-8", errors="replace")


def _literal(escape: re.Match[bytes]) -> bytes:
    if escape[1]:
        return bytes.fromhex(escape[1].decode())
    return _CONTROLS.get(escape[2], escape[2])
