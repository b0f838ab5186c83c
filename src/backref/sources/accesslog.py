"""Access logs of Apache and nginx: every valid request becomes a hit.

A line's address and agent leave this room only as an index into `Parsed.clients`, which never
leaves memory; the query string and the referring page are read and not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from backref.sources import foreign_logs, hits, linescan, logline, privacy
from backref.sources.source import Chunk, Context, Parsed, Reject, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.logline import Shape

CHUNK_BYTES = 16 << 20
SNIFF_LINES = 1_000
UNENDED = "the last line has no end: it may still be being written"


class AccessLog:
    """The source of hits."""

    name = "access log"
    in_threads = True

    def sniff(self, head: bytes) -> Verdict:
        """As sure as the share of lines in the commonest known shape; of two that fit equally
        often, the one that tells more."""
        lines = [line for line in _whole_lines(head)[:SNIFF_LINES] if line.strip()]
        foreign = foreign_logs.described(lines)
        lines = [line for line in lines if not line.startswith(logline.COMMENT)]
        if not lines:
            return Verdict(0.0, foreign or "it has no lines of text", known=bool(foreign))
        counts = [(sum(map(known.fits, lines)), known) for known in logline.shapes()]
        count, best = max(counts, key=lambda counted: (counted[0], len(counted[1].fields)))
        if foreign and not count:
            return Verdict(0.0, foreign, known=True)
        if not count:
            known = ", ".join(shape.name for shape in logline.shapes())
            return Verdict(0.0, f"no line is as Apache or nginx write it ({known})")
        share = count / len(lines)
        return Verdict(share, f"{count} of {len(lines)} lines are {best.name}", best.name)

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """Hits."""
        return "hits"

    def needs_site(self, context: Context) -> bool:
        """Only where the lines do not name their host."""
        return not logline.shape(context.dialect).has_host

    def chunks(
        self,
        stream: BinaryIO,
        context: Context,
    ) -> Iterator[Chunk | Reject]:
        """Cut at line ends; lines beyond `MAX_LINE_BYTES` come as rejects."""
        return _chunks(stream, logline.shape(context.dialect))

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read whole lines."""
        assert isinstance(chunk.payload, bytes)
        table, misfits = linescan.cut(chunk.payload, logline.shape(context.dialect))
        return hits.parsed(table, misfits, chunk.position, context)


ACCESS_LOG = AccessLog()


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    return lines if len(lines) == 1 else lines[:-1]


def _chunks(stream: BinaryIO, how: Shape) -> Iterator[Chunk | Reject]:
    lines = _Lines(how)
    for block in _blocks(stream):
        if block is None:
            lines.break_off()
        else:
            yield from lines.of(block)
    yield from lines.last(whole=getattr(stream, "packed", False))


def _blocks(stream: BinaryIO) -> Iterator[bytes | None]:
    """The stream's bytes in order, and None wherever some are missing."""
    begin = 0
    while block := stream.read(CHUNK_BYTES):
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


class _Lines:
    """Blocks cut at line ends; `rest`, which begins at `start` in `line`, has no end yet.

    What a gap tore off on either side of it belongs to the gap, which is told once.
    """

    def __init__(self, how: Shape) -> None:
        self._how = how
        self._start, self._rest = 0, b""
        self._line = 1
        self._endless = self._torn = False

    def of(self, block: bytes) -> Iterator[Chunk | Reject]:
        """The whole lines up to the last end in the block."""
        if self._endless:
            block = self._passed_over(block)
        cut = block.rfind(b"\n") + 1
        if cut:
            text = b"".join((self._rest, memoryview(block)[:cut]))
            self._rest = block[cut:]
            yield from self._whole(text)
        else:
            self._rest += block
        if len(self._rest) > logline.MAX_LINE_BYTES:
            if not self._torn:
                sample = privacy.sample(self._rest)
                yield Reject(self._start, logline.TOO_LONG, sample, self._line)
            self._start += len(self._rest)
            self._rest, self._endless, self._torn = b"", True, False

    def break_off(self) -> None:
        """Bytes are missing here: the line before has no end, the next perhaps no beginning."""
        self._start += len(self._rest)
        self._rest, self._endless, self._torn = b"", False, True

    def last(self, *, whole: bool) -> Iterator[Chunk | Reject]:
        """What follows the last line end. A server may still be writing it, unless the source is
        known to be whole or the line closes its last quote."""
        if self._torn and not self._fits(self._rest):
            return
        if not self._rest.strip() or whole or self._how.fields[-1] in self._how.quoted:
            if self._rest:
                yield Chunk(self._start, self._rest + b"\n", (self._line,))
        else:
            yield Reject(self._start, UNENDED, privacy.sample(self._rest), self._line)

    def _whole(self, text: bytes) -> Iterator[Chunk]:
        begin = 0
        if self._torn:
            first = text.find(b"\n") + 1
            begin = 0 if self._fits(text[:first]) else first
            self._torn = False
        if begin < len(text):
            yield Chunk(self._start + begin, text[begin:], (self._line + bool(begin),))
        self._start += len(text)
        self._line += text.count(b"\n")

    def _fits(self, line: bytes) -> bool:
        return len(line) <= logline.MAX_LINE_BYTES and self._how.fits(line.rstrip(b" \t\r\n"))

    def _passed_over(self, block: bytes) -> bytes:
        """What follows the end of an endless line."""
        cut = block.find(b"\n") + 1
        self._start += cut or len(block)
        self._line += bool(cut)
        self._endless = not cut
        return block[cut:] if cut else b""
