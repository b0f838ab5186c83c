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

CHUNK_BYTES = 4 << 20
SNIFF_LINES = 1_000


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
        context: Context,  # noqa: ARG002
    ) -> Iterator[Chunk | Reject]:
        """Cut at line ends; lines beyond `MAX_LINE_BYTES` come as rejects."""
        return _chunks(stream)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read whole lines."""
        assert isinstance(chunk.payload, bytes)
        table, misfits = linescan.cut(chunk.payload, logline.shape(context.dialect))
        return hits.parsed(table, misfits, chunk.position, context)


ACCESS_LOG = AccessLog()


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    return lines if len(lines) == 1 else lines[:-1]


def _chunks(stream: BinaryIO) -> Iterator[Chunk | Reject]:
    start, rest = 0, b""
    block = stream.read(CHUNK_BYTES)
    while block:
        cut = block.rfind(b"\n") + 1
        if cut:
            text = b"".join((rest, memoryview(block)[:cut]))
            yield Chunk(start, text)
            start, rest = start + len(text), block[cut:]
        else:
            rest += block
        block = b""
        if len(rest) > logline.MAX_LINE_BYTES:
            yield Reject(start, logline.TOO_LONG, privacy.sample(rest))
            length, block = _rest_of_line(stream, len(rest))
            start, rest = start + length, b""
        block = block or stream.read(CHUNK_BYTES)
    if rest and not getattr(stream, "damages", None):
        yield Chunk(start, rest + b"\n")


def _rest_of_line(stream: BinaryIO, length: int) -> tuple[int, bytes]:
    """Pass over an endless line: its whole length, and what was read beyond it."""
    while block := stream.read(CHUNK_BYTES):
        cut = block.find(b"\n") + 1
        if cut:
            return length + cut, block[cut:]
        length += len(block)
    return length, b""
