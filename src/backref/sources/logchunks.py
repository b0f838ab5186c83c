"""Cut a stream of lines into chunks: whole lines, what a gap tore apart, endless lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Protocol

import numpy as np

from backref.sources import logline, privacy, w3clog
from backref.sources.source import Chunk, Reject

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK_BYTES = 16 << 20
BLOCK_BYTES = 1 << 20
"""What is read at a time, so that a chunk is put together once."""
PART_BYTES = 1 << 18
NEWLINE = ord("\n")
UNENDED = "the last line has no end: it may still be being written"


class Lines(Protocol):
    """A format of lines; of one that is self-closing the last bytes show that a line is whole."""

    @property
    def self_closing(self) -> bool:
        """Whether a line's last byte shows that it is whole."""
        ...

    def fits(self, line: bytes) -> bool:
        """Whether the line is one of the format."""
        ...


def chunks(stream: BinaryIO, how: Lines) -> Iterator[Chunk | Reject]:
    """Cut at line ends; lines beyond `MAX_LINE_BYTES` come as rejects."""
    lines = _Lines(how)
    for block in _blocks(stream):
        if block is None:
            yield from lines.break_off()
        else:
            yield from lines.of(block)
    yield from lines.last(whole=getattr(stream, "packed", False))


def _blocks(stream: BinaryIO) -> Iterator[bytes | None]:
    """The stream's bytes in order, and None wherever some are missing."""
    begin = 0
    while block := stream.read(min(BLOCK_BYTES, CHUNK_BYTES)):
        for gap in _gaps(stream, begin, begin + len(block)):
            yield block[: gap - begin]
            yield None
            begin, block = gap, block[gap - begin :]
        yield block
        begin += len(block)
    if _gaps(stream, begin, begin + 1):
        yield None


def _gaps(stream: BinaryIO, begin: int, end: int) -> list[int]:
    damages = getattr(stream, "damages", ())
    return sorted({damage.position for damage in damages if begin <= damage.position < end})


def _line_count(text: bytes) -> int:
    """How many lines end in a text, part for part: comparing takes memory."""
    at = np.frombuffer(text, np.uint8)
    parts = (at[begin : begin + PART_BYTES] for begin in range(0, len(at), PART_BYTES))
    return int(sum(np.count_nonzero(part == NEWLINE) for part in parts))


class _Lines:
    """Blocks cut at line ends; `whole` are those that begin at `start` in `line`, and `rest`,
    which follows them, has no end yet.

    What a gap tore off on either side of it belongs to the gap, which is told once.
    """

    def __init__(self, how: Lines) -> None:
        self._how = how
        self._directives = w3clog.Directives()
        self._start, self._rest = 0, b""
        self._whole: list[bytes | memoryview] = []
        self._size = 0
        self._line = 1
        self._endless = self._torn = False

    def of(self, block: bytes) -> Iterator[Chunk | Reject]:
        """A chunk, once there are enough whole lines; rejects for lines that are too long."""
        if self._endless:
            block = self._passed_over(block)
        if cut := block.rfind(b"\n") + 1:
            self._whole += (self._rest, memoryview(block)[:cut])
            self._size += len(self._rest) + cut
            self._rest = block[cut:]
        else:
            self._rest += block
        is_endless = len(self._rest) > logline.MAX_LINE_BYTES
        if self._size >= CHUNK_BYTES or is_endless:
            yield from self.handed_on()
        if is_endless:
            if not self._torn:
                sample = privacy.sample(self._rest)
                yield Reject(self._start, logline.TOO_LONG, sample, self._line)
            self._start += len(self._rest)
            self._rest, self._endless, self._torn = b"", True, False

    def break_off(self) -> Iterator[Chunk]:
        """Bytes are missing here: the line before has no end, the next perhaps no beginning."""
        yield from self.handed_on()
        self._start += len(self._rest)
        self._rest, self._endless, self._torn = b"", False, True

    def last(self, *, whole: bool) -> Iterator[Chunk | Reject]:
        """What follows the last line end. A server may still be writing it, unless the source is
        known to be whole or the line closes its last quote."""
        yield from self.handed_on()
        if self._torn and not self._fits(self._rest):
            return
        record = self._rest.strip() and not self._rest.startswith(logline.COMMENT)
        if not record or whole or self._how.self_closing:
            if self._rest:
                yield self._chunk(self._start, self._rest + b"\n", self._line)
        else:
            yield Reject(self._start, UNENDED, privacy.sample(self._rest), self._line)

    def handed_on(self) -> Iterator[Chunk]:
        """All whole lines."""
        text = b"".join(self._whole)
        self._whole.clear()
        self._size = begin = 0
        if text and self._torn:
            first = text.find(b"\n") + 1
            begin = 0 if self._fits(text[:first]) else first
            self._torn = False
        if begin < len(text):
            yield self._chunk(self._start + begin, text[begin:], self._line + bool(begin))
        self._start += len(text)
        self._line += _line_count(text)

    def _chunk(self, start: int, text: bytes, line: int) -> Chunk:
        """A chunk; that of an extended log begins with the directives in force, as if they stood
        right before it."""
        if not isinstance(self._how, w3clog.Extended):
            return Chunk(start, text, (line,))
        before = self._directives.text
        self._directives = self._directives.after_all(text)
        return Chunk(start - len(before), before + text, (line - before.count(b"\n"),))

    def _fits(self, line: bytes) -> bool:
        return len(line) <= logline.MAX_LINE_BYTES and self._how.fits(line.rstrip(b" \t\r\n"))

    def _passed_over(self, block: bytes) -> bytes:
        """What follows the end of an endless line."""
        cut = block.find(b"\n") + 1
        self._start += cut or len(block)
        self._line += bool(cut)
        self._endless = not cut
        return block[cut:] if cut else b""
