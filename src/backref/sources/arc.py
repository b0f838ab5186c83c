"""ARC archives, the format before WARC: a line for each record, then what was fetched.

The line is `URL IP-address date media-type length`; version 2 has further fields before the
length. The first record tells of the file itself (`filedesc:`). Records are handed on as those of
a WARC, so that a page is read, counted and identified as it would be there. URLs may hold blanks,
lengths may lie, files may end early: reading resumes at the next line that begins a record.
https://archive.org/web/researcher/ArcFileFormat.php
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from backref.sources.headers import Headers
from backref.sources.records import MOST_BLOCK_BYTES, Record
from backref.sources.source import Chunk, Parsed, Reject, Verdict
from backref.sources.warc import CHUNK_BYTES, WARC, is_capture, target_of
from backref.sources.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.source import Context

MOST_LINE_BYTES = 1 << 16
_USUAL_LINE_BYTES = 1 << 10
_LINE_END = re.compile(rb"\n")
_MAGIC = "filedesc:"
_FIELDS = {1: 5, 2: 10}
_SCHEME = re.compile(rb"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:")
_DATE = re.compile(rb"\d{8,18}\Z")
_ADDRESS = re.compile(rb"[0-9a-fA-F.:]{2,45}\Z|-\Z|unknown\Z")
_LENGTH = re.compile(rb"\d{1,18}\Z")
_SWALLOWED = re.compile(
    rb"\n(?=[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\n]{1,2000} \d{14} [^\n]{1,300}\n)"
)


class Line(NamedTuple):
    """The line before a record; `length` None where it is no number."""

    url: str
    address: str
    date: str
    mime: str
    length: int | None


class Arc:
    """The format family."""

    name = "arc"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """An ARC begins with the record that tells of the file."""
        line = read_line(head.lstrip().partition(b"\n")[0])
        if line and line.url.startswith(_MAGIC):
            return Verdict(1.0, "begins with an ARC file's description", "arc")
        return Verdict(0.0, "does not begin with filedesc:")

    def unit_table(self, context: Context) -> str:
        """Captures."""
        return WARC.unit_table(context)

    def needs_site(self, context: Context) -> bool:
        """Never: links and pages belong to the whole store."""
        return WARC.needs_site(context)

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:  # noqa: ARG002
        """Whole captures, about `CHUNK_BYTES` of them at a time, and the archive's damages;
        of an archive without any, the schemes of what it holds."""
        held: list[Record] = []
        size = captures = 0
        passed: Counter[str] = Counter()
        for found in records(stream):
            if isinstance(found, Reject):
                yield found
                continue
            if is_capture(found.fields):
                held.append(found)
                size += len(found.block)
                captures += 1
            else:
                passed[target_of(found.fields).partition(":")[0]] += 1
            if size >= CHUNK_BYTES:
                yield Chunk(held[0].position, held)
                held, size = [], 0
        if held:
            yield Chunk(held[0].position, held)
        if passed and not captures:
            yield Chunk(0, passed)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read the captures of one chunk, as those of a WARC."""
        return WARC.parse(chunk, context)


ARC = Arc()


def read_line(raw: bytes) -> Line | None:
    """The line before a record, None when it is none."""
    raw = raw.rstrip(b"\r\n")
    if not _SCHEME.match(raw):
        return None
    for fields in _FIELDS.values():
        parts = raw.rsplit(b" ", fields - 1)
        if len(parts) == fields and _ADDRESS.match(parts[1]) and _DATE.match(parts[2]):
            url, address, date, mime = (each.decode("utf-8", "replace") for each in parts[:4])
            length = int(parts[-1]) if _LENGTH.match(parts[-1]) else None
            return Line(url, address, date, mime, length)
    return None


def records(stream: BinaryIO) -> Iterator[Record | Reject]:
    """All records as those of a WARC, in order, and every damage."""
    reader = _Reader(stream)
    while raw := reader.line():
        if not raw.strip():
            continue
        begin = reader.position - len(raw)
        line = read_line(raw)
        if line is None:
            yield from reader.gap(begin, "bytes that are no ARC record", raw)
        elif line.length is None:
            yield from reader.gap(begin, "a record without a usable length", raw)
        else:
            yield from _record(reader, begin, line, line.length)


def _record(reader: _Reader, begin: int, line: Line, length: int) -> Iterator[Record | Reject]:
    """A record, then the damage if the archive does not go on where it should."""
    wanted = min(length, MOST_BLOCK_BYTES)
    size = reader.reach(wanted)
    fault = ""
    if size < wanted:
        fault = f"the archive ends within a record: {size} of {length} bytes"
        if swallowed := reader.find(_SWALLOWED, size):
            size = swallowed[1]
            fault = f"the length {length} reaches into the next record"
    block = reader.take(size)
    if (
        wanted < length
        and not fault
        and (missing := length - wanted - reader.discard(length - wanted))
    ):
        fault = f"the archive ends within a record: {length - missing} of {length} bytes"
    if not fault and not reader.at_boundary():
        fault = f"the length {length} ends within the record"
    yield Record(begin, _fields(line), block, whole=not fault and length <= MOST_BLOCK_BYTES)
    if fault:
        yield from reader.gap(begin, fault, b"")


def _fields(line: Line) -> Headers:
    """The line as a WARC would have it. A response is told by its status line alone."""
    named = {
        "warc-type": "response",
        "warc-target-uri": line.url,
        "warc-date": _iso(line.date),
        "warc-ip-address": "" if line.address == "0.0.0.0" else line.address,  # noqa: S104
        "content-type": line.mime,
    }
    return Headers({name: [value] for name, value in named.items()})


def _iso(stamp: str) -> str:
    """A date as WARC writes it, so that the same capture in both is one."""
    day = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}"
    if len(stamp) < 14:
        return day
    return f"{day}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}Z"


class _Reader(Window):
    """A stream of records, read by lines and by lengths."""

    def line(self) -> bytes:
        """The next line with its end, or as much of it as a line may have."""
        line = self._look()
        self.skip(len(line))
        return line

    def at_boundary(self) -> bool:
        """Whether a record may end here: the archive ends, or a line end or a record follows."""
        line = self._look()
        return not line.strip() or read_line(line) is not None

    def gap(self, begin: int, reason: str, sample: bytes) -> Iterator[Reject]:
        """Go to the next record; a Reject for the damage unless the stream told it."""
        while (line := self._look()) and read_line(line) is None:
            sample = sample or line
            self.skip(len(line))
        if not self.is_told(begin):
            yield Reject(begin, reason, sample[:200].decode("utf-8", "replace"))

    def _look(self) -> bytes:
        """The next line, which stays the next one."""
        for size in (_USUAL_LINE_BYTES, MOST_LINE_BYTES):
            have = self.reach(size)
            if (found := self.find(_LINE_END, have)) or have < size:
                return self.peek(found[1] if found else have)
        return self.peek(MOST_LINE_BYTES)
