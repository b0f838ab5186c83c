"""The lines in which rejected records begin, worked out where a chunk is parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backref.sources.source import Chunk, Context, Parsed, Reject, Source


def parsed(source: Source, chunk: Chunk, context: Context) -> Parsed:
    """What the source reads in the chunk, its rejects with their lines where it tells any."""
    found = source.parse(chunk, context)
    if found.rejects and chunk.lines:
        in_order = sorted(found.rejects, key=lambda reject: reject.position)
        places = [reject.position - chunk.position for reject in in_order]
        if isinstance(chunk.payload, bytes):
            lines = _lines_of_text(chunk.payload, places, chunk.lines[0])
        else:
            lines = (chunk.lines[place] for place in places)
        found.rejects = _with_lines(in_order, lines)
    return found


def _lines_of_text(text: bytes, places: Sequence[int], line: int) -> Iterator[int]:
    """The lines of ascending places in a text that begins in `line`: every byte is seen once."""
    seen = 0
    for place in places:
        line += text.count(b"\n", seen, place)
        seen = place
        yield line


def _with_lines(rejects: Sequence[Reject], lines: Iterator[int]) -> list[Reject]:
    return [reject._replace(line=line) for reject, line in zip(rejects, lines, strict=True)]
