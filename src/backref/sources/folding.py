"""Events of visitors folded into visits by day, sender and landing page, while they stream by.

Some tools give away single events. What other tools counted is kept as figures, never as people,
so their sessions are added up at once: one row for each day, sender and landing page. Memory is
bounded: sessions that were begun longest ago are closed when there are too many, and senders and
pages beyond a number are counted without a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

MOST_SESSIONS = 500_000
MOST_CELLS = 200_000
MOST_CHARACTERS = 2_048
"""Of a name or an address; what is longer is no name of a sender."""
HEADER = (
    *("folded day", "folded source", "folded medium", "folded campaign", "folded channel"),
    *("folded referrer", "folded landing page", "folded visits", "folded engaged visits"),
    *("folded views", "folded conversions", "folded value", "folded engagement"),
)
"""The columns of the rows made here, as the formats for them name them."""


class Origin(NamedTuple):
    """Who sent a session, as far as an event tells."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    channel: str = ""


class Event(NamedTuple):
    """One event: `at` orders those of a session, `day` is written 2026-11-23. The page is a path
    or an address, empty when the event tells none; so is the referrer. Of what a session's events
    tell of its origin, the surest counts. A session none of whose events `begins` it is one that
    another file began: what it did counts, but no visit."""

    session: Hashable
    at: int
    day: str
    page: str
    referrer: str
    origin: Origin
    view: bool
    sure: int = 0
    engaged: bool = False
    conversions: int = 0
    value: float = 0.0
    seconds: float = 0.0
    begins: bool = True


@dataclass(slots=True)
class _Session:
    at: int
    day: str
    page: str = ""
    referrer: str = ""
    origin: Origin = Origin()  # noqa: RUF009
    sure: int = -1
    views: int = 0
    engaged: bool = False
    conversions: int = 0
    value: float = 0.0
    seconds: float = 0.0
    begun: bool = False

    def take(self, event: Event) -> None:
        """Add an event; the first in time that tells a page is the session's entry."""
        is_entry = bool(event.page) and (not self.page or event.at < self.at)
        if is_entry:
            self.at, self.day, self.page = event.at, event.day, event.page
            self.referrer = event.referrer
        if (event.sure, is_entry) > (self.sure, False) and any(event.origin):
            self.origin, self.sure = event.origin, event.sure
        self.views += event.view
        self.engaged |= event.engaged
        self.conversions += event.conversions
        self.value += event.value
        self.seconds += event.seconds
        self.begun |= event.begins


class Folding:
    """Takes events in any order, most of a session's near each other; `sessions` counts them."""

    def __init__(self) -> None:
        self.sessions = 0
        self._open: dict[Hashable, _Session] = {}
        self._cells: dict[tuple[str, Origin, str, str], list[float]] = {}

    def take(self, event: Event) -> None:
        """Add an event to its session."""
        session = self._open.get(event.session)
        if session is None:
            if len(self._open) >= MOST_SESSIONS:
                self._close(MOST_SESSIONS // 2)
            session = self._open[event.session] = _Session(event.at, event.day)
        session.take(event)

    def rows(self) -> Iterator[list[str]]:
        """The figures of all sessions, as cells under `HEADER`, in a fixed order."""
        self._close(len(self._open))
        for (day, origin, referrer, page), figures in sorted(self._cells.items()):
            visits, engaged, views, conversions, value, seconds = figures
            told = (
                visits,
                engaged,
                views,
                conversions,
                round(value, 6),
                round(seconds / max(visits, 1), 3),
            )
            yield [day, *origin, referrer, page, *(f"{figure:.12g}" for figure in told)]

    def _close(self, count: int) -> None:
        for key in list(islice(self._open, count)):
            self._add(self._open.pop(key))
        self.sessions += count

    def _add(self, session: _Session) -> None:
        origin = Origin(*(name[:MOST_CHARACTERS] for name in session.origin))
        page = session.page.partition("?")[0][:MOST_CHARACTERS]
        entry = (session.referrer[:MOST_CHARACTERS], page) if session.begun else ("", "")
        cell = (session.day, origin, *entry)
        if cell not in self._cells and len(self._cells) >= MOST_CELLS:
            cell = (session.day, origin._replace(campaign=""), "", "")
        figures = self._cells.setdefault(cell, [0.0] * 6)
        told = (
            *(session.begun, session.begun and session.engaged, session.views),
            *(session.conversions, session.value, session.seconds),
        )
        for at, figure in enumerate(told):
            figures[at] += figure
