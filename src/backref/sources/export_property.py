"""Whose a Search Console download is: only its table of pages names hosts."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING

from backref.sources.export_frame import Cells, frame
from backref.sources.exports import EXPORTS
from backref.sources.source import Chunk

if TYPE_CHECKING:
    from backref.sources.source import Context

_PAGES = "search console pages"
_NAMELESS = frozenset(
    f"search console {name}"
    for name in ("queries", "countries", "devices", "appearances", "dates", "filters")
)


def tells_nobody(context: Context) -> bool:
    """Whether it is a table of a Search Console download that does not say whose it is."""
    return context.dialect in _NAMELESS


def hosts_of(context: Context) -> Counter[str]:
    """The hosts that a table of pages names in its beginning, with how many pages each has;
    none for any other table, which does not say whose it is."""
    if context.dialect != _PAGES:
        return Counter()
    whole = context.head[: context.head.rfind(b"\n") + 1]
    chunks = EXPORTS.chunks(io.BytesIO(whole or context.head), context)
    tables = (
        frame(chunk.payload, chunk.position)
        for chunk in chunks
        if isinstance(chunk, Chunk) and isinstance(chunk.payload, Cells)
    )
    return Counter(
        place.host for table in tables for place in table.column("value") if place is not None
    )
