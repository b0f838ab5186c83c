"""GoatCounter's export: page views and events, folded into visits.

A visit is what GoatCounter gives one session name. Bots and events are left out of it: an event
opens no visit and is no view.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backref.sources.export_frame import Cells, frame
from backref.sources.folding import Event, Folding, Origin
from backref.sources.ga4_events import chunks_of
from backref.sources.source import Chunk, Reject

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from backref.sources.export_frame import Frame

_CAMPAIGN, _GENERATED = "c", "g"
"""Schemes of a referrer: a campaign's name, and a name that stands for several hosts."""


def folded(packs: Iterable[Chunk | Reject]) -> Iterator[Chunk | Reject]:
    """The figures of all visits in place of the rows, and the rows that could not be read."""
    folding = Folding()
    for pack in packs:
        if isinstance(pack, Reject) or not isinstance(pack.payload, Cells):
            yield pack
            continue
        views = frame(pack.payload, pack.position)
        yield from views.rejects
        for event in _events(views):
            folding.take(event)
    yield from chunks_of(folding, "goatcounter sessions")


def _events(views: Frame) -> Iterator[Event]:
    names = ("path", "event", "session", "bot", "referrer", "scheme", "at")
    for path, event, session, bot, referrer, scheme, at in zip(
        *(views.column(name) for name in names), strict=True
    ):
        if session and at and not event and not bot:
            day = datetime.fromtimestamp(at.lo / 1_000_000, UTC).strftime("%Y-%m-%d")
            page, origin = _sender(referrer or "", scheme)
            yield Event(session, at.lo, day, path or "", page, origin, view=True)


def _sender(referrer: str, scheme: str | None) -> tuple[str, Origin]:
    """The referring page, if it is one, and the sender: a campaign, a name, or else a host."""
    if scheme == _CAMPAIGN:
        return "", Origin(referrer, campaign=referrer)
    if scheme == _GENERATED:
        return "", Origin(referrer)
    return referrer, Origin(referrer.partition("/")[0])
