"""WARC records from a decompressed stream, and what to do where the archive is damaged.

A record is a version line, named fields, a blank line, and a block of Content-Length bytes
(ISO 28500). Archives in the wild end early, lie about lengths, leave out blank lines and hold
bytes between records. Whatever can be read is handed on; reading resumes at the next version
line; each damage is one Reject at its byte position in the decompressed stream.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from backref.sources.headers import Headers
from backref.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

READ_BYTES = 1 << 16
MOST_HEADER_BYTES = 1 << 20
"""Fields of a record that are longer than this are damage."""
MOST_BLOCK_BYTES = 1 << 25
"""Of a longer block only so much is kept, and the record is not whole."""

_MAGIC = b"WARC/"
_HEADER_END = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_VERSION_LINE = re.compile(rb"(?:\A|(?<=\n))WARC/\d+\.\d+[ \t\r]*\n")
_LONGEST_VERSION_LINE = 64
_DIGITS = re.compile(r"\d{1,18}\Z")


class Record(NamedTuple):
    """One record: where its version line stands, its fields, its block as stored, and whether
    the block is all that Content-Length promised and only that."""

    position: int
    fields: Headers
    block: bytes
    whole: bool


def records(
    stream: BinaryIO, wanted: Callable[[Headers], bool] = lambda _: True
) -> Iterator[Record | Reject]:
    """The records of a stream whose fields are `wanted`, in order, and every damage."""
    window = _Window(stream)
    while window.skip_blank():
        yield from _next(window, wanted)


def _next(window: _Window, wanted: Callable[[Headers], bool]) -> Iterator[Record | Reject]:
    begin = window.position
    if not window.at_record():
        yield from window.gap(begin, "bytes that are no WARC record")
        return
    head = window.head()
    if head is None:
        yield from window.gap(begin, "a record's fields have no end", resume_after=len(_MAGIC))
        return
    fields = Headers.parse(head)
    length = fields.first("content-length")
    if not _DIGITS.match(length):
        yield from window.gap(begin, f"a record without a usable Content-Length ({length!r:.40})")
        return
    yield from _block(window, begin, fields, int(length), keep=wanted(fields))


def _block(
    window: _Window, begin: int, fields: Headers, length: int, *, keep: bool
) -> Iterator[Record | Reject]:
    """The record's block, then the damage if the archive does not go on where it should."""
    block = window.take(min(length, MOST_BLOCK_BYTES))
    rest = length - len(block)
    missing = rest - window.discard(rest) if len(block) == MOST_BLOCK_BYTES else rest
    fault = ""
    if missing or not window.at_boundary():
        swallowed = _swallowed(block)
        if swallowed is not None and rest == missing:
            window.put_back(block[swallowed.end() :])
            block = block[: swallowed.start()]
            fault = f"Content-Length {length} reaches into the next record"
        elif missing:
            fault = f"the archive ends within a record: {length - missing} of {length} bytes"
        else:
            fault = f"Content-Length {length} ends within the record"
    if keep:
        yield Record(begin, fields, block, whole=not fault and length <= MOST_BLOCK_BYTES)
    if fault:
        yield from window.gap(begin, fault)


def _swallowed(block: bytes) -> re.Match[bytes] | None:
    """The blank line within a block after which another record begins."""
    return re.search(rb"(?:\r{0,2}\n){1,3}(?=WARC/\d+\.\d+[ \t\r]*\nWARC-)", block)


class _Window:
    """A stream read in order, with the bytes at hand that were read and not yet used.

    `stream.damages`, where a stream keeps it, lists gaps that are already told: bytes that
    make no sense because of such a gap are not told a second time.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._data = b""
        self._at = 0
        self._base = 0
        self._ended = False

    @property
    def position(self) -> int:
        """Where the next byte stands in the stream."""
        return self._base + self._at

    def skip_blank(self) -> bool:
        """Go past line ends between records; whether anything follows."""
        while True:
            while self._at < len(self._data) and self._data[self._at] in b"\r\n":
                self._at += 1
            if self._at < len(self._data):
                return True
            if not self._fill(1):
                return False

    def at_record(self) -> bool:
        """Whether a version line begins here."""
        self._fill(_LONGEST_VERSION_LINE)
        return _VERSION_LINE.match(self._line_start()) is not None

    def at_boundary(self) -> bool:
        """Whether a record may end here: the archive ends, or line ends or a record follow."""
        self._fill(_LONGEST_VERSION_LINE)
        ahead = self._line_start()
        rest = ahead.lstrip(b"\r\n")
        return not rest or len(rest) < len(ahead) or _VERSION_LINE.match(ahead) is not None

    def head(self) -> bytes | None:
        """The fields, without version line and blank line; None when they have no end."""
        wanted = READ_BYTES
        while True:
            self._fill(wanted)
            end = _HEADER_END.search(self._data, self._at)
            if end and end.start() - self._at <= MOST_HEADER_BYTES:
                head = self._data[self._at : end.start()]
                self._at = end.end()
                return head.partition(b"\n")[2]
            if end or self._ended or wanted > MOST_HEADER_BYTES:
                return None
            wanted *= 4

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end."""
        self._fill(size)
        taken = self._data[self._at : self._at + size]
        self._at += len(taken)
        return taken

    def put_back(self, data: bytes) -> None:
        """Make bytes that were just taken the next ones again."""
        self._base = self.position - len(data)
        self._data = data + self._data[self._at :]
        self._at = 0

    def discard(self, size: int) -> int:
        """Go past `size` bytes without keeping them; how many there were."""
        gone = 0
        while gone < size and self._fill(1):
            step = min(size - gone, len(self._data) - self._at)
            self._at += step
            gone += step
        return gone

    def gap(self, begin: int, reason: str, *, resume_after: int = 0) -> Iterator[Reject]:
        """Go to the next record; a Reject for the damage unless the stream told it."""
        self._at += resume_after
        sample = self._data[self._at : self._at + 200]
        while not (found := _VERSION_LINE.search(self._data, self._at)):
            self._at = max(self._at, len(self._data) - _LONGEST_VERSION_LINE)
            if self._ended:
                self._at = len(self._data)
                break
            self._fill(len(self._data) - self._at + 1)
        if found:
            self._at = found.start()
        if not self._told(begin):
            yield Reject(begin, reason, sample.decode("utf-8", "replace"))

    def _told(self, begin: int) -> bool:
        damages = getattr(self._stream, "damages", ())
        return any(begin <= damage.position <= self.position for damage in damages)

    def _line_start(self) -> bytes:
        return self._data[self._at : self._at + _LONGEST_VERSION_LINE]

    def _fill(self, size: int) -> bool:
        """Have `size` bytes at hand if there are so many; whether there are any."""
        have = len(self._data) - self._at
        if have >= size or self._ended:
            return have > 0
        pieces = [self._data[self._at :]]
        while have < size:
            piece = self._stream.read(max(READ_BYTES, min(size - have, READ_BYTES * 4)))
            if not piece:
                self._ended = True
                break
            pieces.append(piece)
            have += len(piece)
        self._base += self._at
        self._at = 0
        self._data = b"".join(pieces)
        return have > 0
