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
from backref.sources.window import READ_BYTES, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_HEADER_BYTES = 1 << 20
"""Fields of a record that are longer than this are damage."""
MOST_BLOCK_BYTES = 1 << 25
"""Of a longer block only so much is kept, and the record is not whole."""

_MAGIC = b"WARC/"
_HEADER_END = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_VERSION_LINE = re.compile(rb"WARC/\d+\.\d+[ \t\r]*\n")
_NEXT_VERSION_LINE = re.compile(rb"(?<=\n)WARC/\d+\.\d+[ \t\r]*\n")
_NO_LINE_END = re.compile(rb"[^\r\n]")
_SWALLOWED = re.compile(rb"(?:\r{0,2}\n){1,3}(?=WARC/\d+\.\d+[ \t\r]*\nWARC-)")
"""The blank line within a block after which another record begins."""
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
    wanted = min(length, MOST_BLOCK_BYTES)
    size = behind = window.reach(wanted)
    fault = ""
    if size < wanted:
        fault = f"the archive ends within a record: {size} of {length} bytes"
    elif wanted == length and not window.at_boundary(size):
        fault = f"Content-Length {length} ends within the record"
    if fault and (swallowed := window.find(_SWALLOWED, size)):
        size, behind = swallowed
        fault = f"Content-Length {length} reaches into the next record"
    block = window.peek(size) if keep else b""
    window.skip(behind)
    if wanted < length and not fault:
        fault = _behind_a_long_block(window, length)
    if keep:
        yield Record(begin, fields, block, whole=not fault and length <= MOST_BLOCK_BYTES)
    if fault:
        yield from window.gap(begin, fault)


def _behind_a_long_block(window: _Window, length: int) -> str:
    """Go past what is not kept of a block; what is wrong there."""
    rest = length - MOST_BLOCK_BYTES
    if missing := rest - window.discard(rest):
        return f"the archive ends within a record: {length - missing} of {length} bytes"
    return "" if window.at_boundary(0) else f"Content-Length {length} ends within the record"


class _Window(Window):
    """A stream of records."""

    def skip_blank(self) -> bool:
        """Go past line ends between records; whether anything follows."""
        while have := self.reach(READ_BYTES):
            if found := self.find(_NO_LINE_END, have):
                self.skip(found[0])
                return True
            self.skip(have)
        return False

    def at_record(self) -> bool:
        """Whether a version line begins here."""
        return _VERSION_LINE.match(self.peek(_LONGEST_VERSION_LINE)) is not None

    def at_boundary(self, offset: int) -> bool:
        """Whether a record may end behind the next `offset` bytes: the archive ends, or line ends
        or a record follow."""
        ahead = self.peek(_LONGEST_VERSION_LINE, offset)
        return not ahead or ahead[0] in b"\r\n" or _VERSION_LINE.match(ahead) is not None

    def head(self) -> bytes | None:
        """The fields, without version line and blank line; None when they have no end."""
        wanted = READ_BYTES
        while True:
            have = self.reach(wanted)
            end = self.find(_HEADER_END, have)
            if end and end[0] <= MOST_HEADER_BYTES:
                return self.take(end[1])[: end[0]].partition(b"\n")[2]
            if end or have < wanted or wanted > MOST_HEADER_BYTES:
                return None
            wanted *= 4

    def gap(self, begin: int, reason: str, *, resume_after: int = 0) -> Iterator[Reject]:
        """Go to the next record; a Reject for the damage unless the stream told it."""
        self.skip(self.reach(resume_after))
        sample = self.peek(200)
        if not self.at_record():
            self._skip_to_record()
        if not self.is_told(begin):
            yield Reject(begin, reason, sample.decode("utf-8", "replace"))

    def _skip_to_record(self) -> None:
        while have := self.reach(READ_BYTES):
            if found := self.find(_NEXT_VERSION_LINE, have):
                self.skip(found[0])
                return
            # A version line may begin in what is at hand and end behind it.
            self.skip(have if have < READ_BYTES else have - _LONGEST_VERSION_LINE)
