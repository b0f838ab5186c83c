"""Access logs of web servers, proxies and networks: every valid request becomes a hit.

A line's address and agent leave this room only as an index into `Parsed.clients`, which never
leaves memory; the query string and the referring page are read and not kept.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from backref.sources import (
    foreign_logs,
    hits,
    jsonlog,
    linescan,
    logchunks,
    logfields,
    logformat,
    logline,
    w3clog,
)
from backref.sources.source import Chunk, Context, Parsed, Reject, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backref.sources.logline import Shape
    from backref.sources.logtable import Misfit, Table

    Format = Shape | w3clog.Extended | jsonlog.JsonLines

SNIFF_LINES = 1_000
SURE = 0.5
OPEN = 0.9
"""What a line counts that fits a shape with anything behind its fields."""


class AccessLog:
    """The source of hits."""

    name = "access log"
    in_threads = True

    def sniff(self, head: bytes) -> Verdict:
        """As sure as the share of lines in the commonest known format."""
        lines = [line for line in _whole_lines(head)[:SNIFF_LINES] if line.strip()]
        if not lines:
            return Verdict(0.0, "it has no lines of text")
        if w3clog.is_extended(lines):
            return _extended(lines)
        verdict = _shaped(lines)
        if verdict.confidence < SURE and (told := _json(lines)):
            verdict = max(verdict, told, key=lambda each: (each.confidence, each.known))
        foreign = "" if verdict.confidence else foreign_logs.described(lines)
        return Verdict(0.0, foreign, "other log", known=True) if foreign else verdict

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """Hits."""
        return "hits"

    def needs_site(self, context: Context) -> bool:
        """Only where the lines do not name their host."""
        how = format_of(context.dialect)
        if isinstance(how, w3clog.Extended):
            return not w3clog.names_host(context.head)
        if isinstance(how, jsonlog.JsonLines):
            return not jsonlog.names_host(context.head)
        return not how.has_host

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:
        """Cut at line ends; lines beyond `MAX_LINE_BYTES` come as rejects."""
        return logchunks.chunks(stream, format_of(context.dialect))

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read whole lines."""
        assert isinstance(chunk.payload, bytes)
        table, misfits = _cut(chunk.payload, format_of(context.dialect))
        return hits.parsed(table, misfits, chunk.position, context)


ACCESS_LOG = AccessLog()


def own(head: bytes, written: str) -> Verdict:
    """As sure as the share of lines in a user's own format. Raises UsageError for one that is
    none."""
    shape = logformat.shape_of(written)
    lines = [line for line in _whole_lines(head)[:SNIFF_LINES] if line.strip()]
    lines = [line.rstrip(logline.BLANKS) for line in lines if not line.startswith(logline.COMMENT)]
    count = sum(shape.pattern.fullmatch(line) is not None for line in lines)
    told = f"{count} of {len(lines)} lines are in the format of --log-format"
    return Verdict(count / len(lines) if lines else 0.0, told, shape.name)


def formats() -> tuple[Format, ...]:
    """Every format of access logs."""
    return (*logline.shapes(), w3clog.EXTENDED, *jsonlog.kinds())


@cache
def format_of(dialect: str) -> Format:
    """The format of that name, or that a user wrote."""
    if dialect.startswith(logformat.OWN):
        return logformat.shape_of(dialect.removeprefix(logformat.OWN))
    return next(known for known in formats() if known.name == dialect)


def _cut(text: bytes, how: Format) -> tuple[Table, list[Misfit]]:
    if isinstance(how, logline.Shape):
        table, misfits = linescan.cut(text, how)
        return logfields.settled(_with_hosts(table, how)), misfits
    return how.cut(text)


def _with_hosts(table: Table, how: Shape) -> Table:
    """The table, its lines that begin with a host read as such: servers write both into one log,
    and else the host would pass for the client's."""
    twin = _twins().get(how.name)
    if twin is None:
        return table
    values, numbers = table.columns["address"]
    odd = [n for n, value in enumerate(values) if not logline.LITERAL_ADDRESS.fullmatch(value)]
    suspects = np.flatnonzero(np.isin(numbers, odd)).tolist()
    lines = [number for number in suspects if twin.fits(table.line(number))]
    if not lines:
        return table
    hosted, _ = logline.cut(table.text, table.starts[lines], table.ends[lines], twin)
    return table.take(np.delete(np.arange(table.height), lines)).joined(hosted)


@cache
def _twins() -> dict[str, Shape]:
    """The shapes that are others with a host before them, by the names of those."""
    shapes = logline.shapes()
    written = {(shape.written, shape.spelling): shape.name for shape in shapes}
    hosted = [shape for shape in shapes if shape.written[0] == "host"]
    pairs = ((written.get((shape.written[1:], shape.spelling)), shape) for shape in hosted)
    return {name: shape for name, shape in pairs if name}


def _whole_lines(head: bytes) -> list[bytes]:
    lines = head.split(b"\n")
    return lines if len(lines) == 1 else lines[:-1]


def _shaped(lines: Sequence[bytes]) -> Verdict:
    """By the shape that most lines have; of two that fit equally often, the one that tells
    more. One that takes anything behind its fields must fit many more."""
    lines = [line for line in lines if not line.startswith(logline.COMMENT)]
    counts = [(sum(map(known.fits, lines)), known) for known in logline.shapes()]
    count, best = max(counts, key=_rank)
    if not count:
        return Verdict(0.0, "no line is as a known server writes it")
    return Verdict(count / len(lines), f"{count} of {len(lines)} lines are {best.name}", best.name)


def _rank(counted: tuple[int, Shape]) -> tuple[float, int]:
    count, shape = counted
    return count * (OPEN if shape.written[-1] == logline.REST else 1.0), len(shape.fields)


def _extended(lines: Sequence[bytes]) -> Verdict:
    fitting, count, why = w3clog.judged(lines)
    if why or (count and not fitting):
        lacking = why or "no line holds what its #Fields line says"
        told = f"it is a log in the W3C extended format, but {lacking}"
        return Verdict(0.0, told, w3clog.NAME, known=True)
    told = f"{fitting} of {count} lines hold what #Fields says"
    return Verdict(fitting / count if count else 1.0, told, w3clog.NAME)


def _json(lines: Sequence[bytes]) -> Verdict | None:
    found = jsonlog.judged(lines)
    if found.fitting:
        told = f"{found.fitting} of {found.lines} lines are {found.kind.name}"
        return Verdict(found.fitting / found.lines, told, found.kind.name)
    if not found.why:
        return None
    return Verdict(0.0, f"it is JSON lines, but {found.why}", "json lines", known=True)
