"""Logs in the W3C extended format, as IIS, CloudFront, NetScaler and Shoutcast write them.

Lines that begin with `#` are directives: `#Fields:` says what the following lines hold and may
come again, `#Date:` the day of times without one, `#GMT-Offset:` the zone of all. A chunk of such
a log begins with the directives in force.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

import numpy as np

from backref import data
from backref.sources import logfields, logline
from backref.sources.logtable import Column, Misfit, Spelling, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

NAME = "w3c extended"
EXAMPLE = (
    "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status cs(User-Agent) "
    "cs(Referer)"
)
SPELLING = Spelling("%Y-%m-%d %H:%M:%S %z", escaped=False)
IN_FORCE = (b"#fields:", b"#date:", b"#gmt-offset:")
MOST_FIELDS = 200
MOST_DIRECTIVE_BYTES = 8_192
_BOM = b"\xef\xbb\xbf"
_DIRECTIVE = re.compile(rb"^#[^\n]*+$", re.MULTILINE)
_VALUE = rb'(?:"[^"\n]*+(?:""[^"\n]*+)*+"|[^ \t\n"][^ \t\n]*+)'
_BETWEEN = rb"[ \t]++"
_DAY = re.compile(rb"\d{4}-\d\d-\d\d")
_OFFSET = re.compile(rb"[+-]\d\d:?\d\d")
_EDGE = b"x-edge-location"
_CLOUDFRONT = re.compile(rb"\.cloudfront\.net\Z", re.IGNORECASE)
_SIZE = re.compile(rb"\d{1,18}")
_FTP = re.compile(rb"\[\d+\][A-Za-z]+")


class Directives(NamedTuple):
    """What the following lines hold; each directive as it was written, or nothing."""

    fields: bytes = b""
    date: bytes = b""
    offset: bytes = b""

    def after(self, line: bytes) -> Directives:
        """Those in force after a further directive."""
        told = line.strip(logline.BLANKS)[:MOST_DIRECTIVE_BYTES]
        for name, begun in zip(self._fields, IN_FORCE, strict=True):
            if told[: len(begun)].lower() == begun:
                return self._replace(**{name: told})
        return self

    def after_all(self, text: bytes) -> Directives:
        """Those in force behind a text."""
        found = self
        for line in _DIRECTIVE.finditer(text):
            found = found.after(line[0])
        return found

    @property
    def text(self) -> bytes:
        """The directives as lines."""
        return b"".join(each + b"\n" for each in self if each)


@dataclass(frozen=True)
class Layout:
    """What a `#Fields:` line says: the known fields in their order and the expression of a line;
    `lacking` says what no hit can be made without."""

    fields: tuple[str, ...]
    pattern: re.Pattern[bytes]
    lacking: str
    is_cloudfront: bool


class Extended:
    """Lines of this format; what they hold is told by their directives."""

    name = NAME
    example = EXAMPLE
    has_host = True
    self_closing = False

    def fits(self, line: bytes) -> bool:
        """Whether the line may be one of such a log. What it holds only its directives tell."""
        return bool(line.strip(logline.BLANKS))

    def cut(self, text: bytes) -> tuple[Table, list[Misfit]]:
        """The lines of a text, each ended by a newline, and those that do not fit."""
        parts, misfits = [], []
        for stretch in _stretches(text):
            part, missed = _cut(text, stretch)
            parts.append(part)
            misfits += missed
        return _empty(text).joined(*parts), misfits


EXTENDED = Extended()


def judged(lines: Sequence[bytes]) -> tuple[int, int, str]:
    """How many of the lines fit, of how many, and why none can: for lines of which one is a
    `#Fields:` directive. A layout without any line is believed."""
    directives, fitting, count, why = Directives(), 0, 0, ""
    for line in lines:
        told = line.removeprefix(_BOM)
        if told.startswith(logline.COMMENT):
            directives = directives.after(told)
        elif told.strip(logline.BLANKS):
            count += 1
            layout = _layout(directives.fields)
            why = why or layout.lacking
            found = layout.pattern.fullmatch(told.rstrip(logline.BLANKS))
            if found and "method" in layout.fields:
                ftp = _FTP.match(found[layout.fields.index("method") + 1])
                why = why or ("it is the log of an FTP server" if ftp else "")
            fitting += bool(found) and not layout.lacking
    return fitting, count, why


def is_extended(lines: Sequence[bytes]) -> bool:
    """Whether one of the lines says what the others hold."""
    return any(line.removeprefix(_BOM)[: len(IN_FORCE[0])].lower() == IN_FORCE[0] for line in lines)


def names_host(head: bytes) -> bool:
    """Whether the first `#Fields:` line names a field with the requests' host."""
    fields = Directives().after_all(head.removeprefix(_BOM)).fields
    return "host" in _layout(fields).fields or b"cs-uri" in fields.lower().split()


class _Stretch(NamedTuple):
    """Lines that hold the same fields: where in a text, and from where in it which `#Date:` is
    in force; the first is from the beginning."""

    directives: Directives
    begin: int
    end: int
    dates: list[tuple[int, bytes]]


def _stretches(text: bytes) -> Iterator[_Stretch]:
    """The parts of a text between directives that tell of other fields or another zone."""
    begin = len(_BOM) if text.startswith(_BOM) else 0
    directives, dates = Directives(), [(begin, b"")]
    for found in _DIRECTIVE.finditer(text, begin):
        following = directives.after(found[0])
        if following._replace(date=directives.date) != directives:
            yield _Stretch(directives, begin, found.start(), dates)
            begin, dates = found.start(), [(found.start(), following.date)]
        elif following != directives:
            dates.append((found.start(), following.date))
        directives = following
    yield _Stretch(directives, begin, len(text), dates)


@lru_cache(maxsize=64)
def _layout(fields: bytes) -> Layout:
    names = [_folded(name) for name in fields.partition(b":")[2].split()[:MOST_FIELDS]]
    taken = _taken(names)
    told = tuple(taken[at] for at in sorted(taken))
    values = [b"(" * (at in taken) + _VALUE + b")" * (at in taken) for at in range(len(names))]
    pattern = re.compile(_BETWEEN.join(values) or rb"(?!)")
    return Layout(told, pattern, _lacking(names, told), _EDGE.decode() in names)


def _folded(name: bytes) -> str:
    """A field's name in lower case, without what no keyboard writes."""
    return name.decode("ascii", "ignore").lower()


def _taken(names: Sequence[str]) -> dict[int, str]:
    """The fields that are taken, by their places: of several that tell the same, the first
    listed."""
    taken: dict[int, str] = {}
    for name, field in _known().items():
        if name in names and field not in taken.values():
            taken[names.index(name)] = field
    return taken


@cache
def _known() -> dict[str, str]:
    return {row["name"]: row["field"] for row in data.table("w3c_fields.csv")}


def _lacking(names: Sequence[str], told: Sequence[str]) -> str:
    """What a layout lacks, in words with the mend."""
    if not names:
        return "no #Fields line stands before the lines"
    needed = {"clock": "time", "address": "c-ip", "path": "cs-uri-stem", "status": "sc-status"}
    missing = [name for field, name in needed.items() if field not in told]
    return f"its #Fields line lacks {', '.join(missing)}: switch it on" if missing else ""


def _cut(text: bytes, stretch: _Stretch) -> tuple[Table, list[Misfit]]:
    layout = _layout(stretch.directives.fields)
    found, places, misfits = [], [], []
    for start, line in _lines(text, stretch.begin, stretch.end):
        match = None if layout.lacking else layout.pattern.fullmatch(line)
        if len(line) > logline.MAX_LINE_BYTES:
            misfits.append(Misfit(start, line, logline.TOO_LONG))
        elif match:
            found.append(match.groups())
            places.append((start, start + len(line)))
        else:
            why = layout.lacking or "the line does not hold what its #Fields line says"
            misfits.append(Misfit(start, line, why))
    return _table(text, places, found, layout, stretch), misfits


def _lines(text: bytes, begin: int, end: int) -> Iterator[tuple[int, bytes]]:
    """The lines with their places, without comments and blank ones."""
    for whole in text[begin:end].split(b"\n"):
        line = whole.rstrip(logline.BLANKS)
        if line and not line.startswith(logline.COMMENT):
            yield begin, line
        begin += len(whole) + 1


def _table(
    text: bytes,
    places: Sequence[tuple[int, int]],
    found: Sequence[tuple[bytes, ...]],
    layout: Layout,
    stretch: _Stretch,
) -> Table:
    if not found:
        return _empty(text)
    columns = map(Column.of, zip(*found, strict=True))
    fields = {
        name: column.mapped(_unquoted) for name, column in zip(layout.fields, columns, strict=True)
    }
    spans = np.array(places, np.int64).reshape(-1, 2)
    fields.setdefault("date", _days(stretch, spans[:, 0]))
    fields["time"] = _times(fields, stretch.directives)
    for name, decoded in _decoders(layout).items():
        if name in fields:
            fields[name] = fields[name].mapped(decoded)
    sizes = _sizes(fields.pop("bytes", None), len(found))
    return logfields.settled(Table(text, spans[:, 0], spans[:, 1], fields, sizes, None, SPELLING))


def _empty(text: bytes) -> Table:
    nothing = np.zeros(0, np.int64)
    return Table(text, nothing, nothing, {}, nothing, None, SPELLING)


def _unquoted(value: bytes) -> bytes:
    if not value.startswith(b'"'):
        return value
    return value[1:-1].replace(b'""', b'"') or logfields.NOTHING


def _days(stretch: _Stretch, starts: np.ndarray) -> Column:
    """The day of the last `#Date:` before each line."""
    days = [day[0] if (day := _DAY.search(date)) else b"" for _, date in stretch.dates]
    begins = np.array([begin for begin, _ in stretch.dates], np.int64)
    return Column(days, (np.searchsorted(begins, starts, "right") - 1).astype(np.int32))


def _times(fields: dict[str, Column], directives: Directives) -> Column:
    """Date and time of each line, with the zone."""
    offset = _OFFSET.search(directives.offset)
    zone = offset[0] if offset else b"+0000"
    rows, numbers = Column.paired(fields.pop("clock"), fields.pop("date"))
    return Column([b" ".join((day, clock, zone)) for clock, day in rows], numbers)


def _sizes(column: Column | None, height: int) -> np.ndarray:
    if column is None:
        return np.full(height, -1, np.int64)
    sizes = [int(value) if _SIZE.fullmatch(value) else -1 for value in column.values]
    return np.array(sizes, np.int64).take(column.numbers)


def _decoders(layout: Layout) -> dict[str, Callable[[bytes], bytes]]:
    """What makes values of a field what was sent. CloudFront encodes what was encoded once
    more."""
    decoders: dict[str, Callable[[bytes], bytes]] = {"agent": _agent, "status": _status}
    if layout.is_cloudfront:
        decoders |= {
            "agent": lambda value: unquote_to_bytes(unquote_to_bytes(value)),
            "referrer": unquote_to_bytes,
            "query": unquote_to_bytes,
            "host": lambda host: logfields.NOTHING if _CLOUDFRONT.search(host) else host,
        }
    return decoders


def _agent(value: bytes) -> bytes:
    """An agent without what stands for its blanks."""
    if b" " in value:
        return value
    return value.replace(b"+", b" ") if b"+" in value else unquote_to_bytes(value)


def _status(value: bytes) -> bytes:
    """A status; servers of streams say only that all went well."""
    return b"200" if value == b"OK" else value
