"""For which days a Search Console download holds: only its dates table tells."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backref.sources.export_frame import Cells, frame
from backref.sources.exports import EXPORTS
from backref.sources.source import Chunk

if TYPE_CHECKING:
    from backref.sources.decompress import Stream
    from backref.sources.source import Context

_DATES = "search console dates"
MOST_BYTES = 1 << 20
"""A dates table is far smaller: Search Console keeps sixteen months."""
_EPOCH = date(1970, 1, 1)


def tells_period(context: Context) -> bool:
    """Whether the input is a dates table."""
    return context.dialect == _DATES


def period_of(stream: Stream, context: Context) -> tuple[date, date] | None:
    """The first and the last day of a dates table.

    None when it is empty, damaged, endless or has a row that cannot be read: a part of the days
    would be another period.
    """
    held = stream.read(MOST_BYTES + 1)
    if len(held) > MOST_BYTES or stream.damages:
        return None
    days: list[int] = []
    for chunk in EXPORTS.chunks(io.BytesIO(held), context):
        if not isinstance(chunk, Chunk) or not isinstance(chunk.payload, Cells):
            return None
        table = frame(chunk.payload, chunk.position)
        days += [day for day in table.column("day") if day is not None]
        if len(table) < table.read:
            return None
    return (_day(min(days)), _day(max(days))) if days else None


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)
