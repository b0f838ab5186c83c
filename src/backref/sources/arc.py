"""ARC archives, the format before WARC: a line for each record, then what was fetched.

The line is `URL IP-address date media-type length`; version 2 has further fields before the
length. The first record tells of the file itself (`filedesc:`). Records are handed on as those of
a WARC, so that a page is read, counted and identified as it would be there. URLs may hold blanks,
lengths may lie, files may end early: reading resumes at the next line that begins a record.
https://archive.org/web/researcher/ArcFileFormat.php
"""

from __future__ import annotations

import io
import re
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from backref.sources.headers import Headers
from backref.sources.records import MOST_BLOCK_BYTES, Record
from backref.sources.source import Chunk, Parsed, Reject, Verdict
from backref.sources.warc import CHUNK_BYTES, WARC, is_capture, target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.source import Context

MOST_LINE_BYTES = 1 << 16
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
    block = reader.take(min(length, MOST_BLOCK_BYTES))
    rest = length - len(block)
    missing = rest - reader.discard(rest) if len(block) == MOST_BLOCK_BYTES else rest
    fault = ""
    if missing:
        fault = f"the archive ends within a record: {length - missing} of {length} bytes"
        if swallowed := _SWALLOWED.search(block) if rest == missing else None:
            reader.put_back(block[swallowed.end() :])
            block = block[: swallowed.end()]
            fault = f"the length {length} reaches into the next record"
    elif not reader.at_boundary():
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


class _Reader:
    """A stream read in order, by lines and by lengths.

    `stream.damages`, where a stream keeps it, lists gaps that are already told.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = io.BufferedReader(cast("io.RawIOBase", stream), 1 << 18)
        self._ahead = b""
        self.position = 0

    def line(self) -> bytes:
        """The next line with its end, or as much of it as a line may have."""
        line, self._ahead = self._look(), b""
        self.position += len(line)
        return line

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end."""
        taken = self._ahead[:size]
        self._ahead = self._ahead[size:]
        taken += self._buffer.read(size - len(taken))
        self.position += len(taken)
        return taken

    def discard(self, size: int) -> int:
        """Go past `size` bytes without keeping them; how many there were."""
        gone = 0
        while gone < size and (step := len(self.take(min(size - gone, 1 << 20)))):
            gone += step
        return gone

    def put_back(self, data: bytes) -> None:
        """Make the last bytes of the stream, which were just taken, the next ones again."""
        self.position -= len(data)
        self._buffer = io.BufferedReader(cast("io.RawIOBase", io.BytesIO(data)), 1 << 18)

    def at_boundary(self) -> bool:
        """Whether a record may end here: the archive ends, or a line end or a record follows."""
        return not self._look().strip() or read_line(self._ahead) is not None

    def gap(self, begin: int, reason: str, sample: bytes) -> Iterator[Reject]:
        """Go to the next record; a Reject for the damage unless the stream told it."""
        while self._look() and read_line(self._ahead) is None:
            sample = sample or self._ahead
            self.line()
        damages = getattr(self._stream, "damages", ())
        if not any(begin <= damage.position <= self.position for damage in damages):
            yield Reject(begin, reason, sample[:200].decode("utf-8", "replace"))

    def _look(self) -> bytes:
        """The next line, which stays the next one."""
        self._ahead = self._ahead or self._buffer.readline(MOST_LINE_BYTES)
        return self._ahead
