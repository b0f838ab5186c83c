"""The open store as requests read it: one view a site and version, shared and kept warm.

A snapshot never changes, so whatever was asked of it stays true until the store holds something
else. What is kept is bounded and goes with its snapshot.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from backref.faces.query import Site, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from backref.lake.lake import Lake

Found = TypeVar("Found")

SITES_KEPT = 4
ANSWERS_KEPT = 64
A_MOMENT = timedelta(minutes=1)


class Reading:
    """What all requests ask. Threads share it; each question runs on a cursor of its own."""

    def __init__(self, lake: Lake, site: str | None = None) -> None:
        self.lake = lake
        self._default = site
        self._lock = RLock()
        self._store = Store(lake)
        self._sites: OrderedDict[Hashable, Site] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def store(self) -> Store:
        """The store as it is now; the same one as long as its rows and sites are the same."""
        newest = Store(self.lake)
        with self._lock:
            if not newest.answers_as(self._store):
                self._store = newest
                self._sites.clear()
                self._answers.clear()
            return self._store

    def site(self, name: str | None = None, as_of: str | None = None) -> Site:
        """A site as of now, or as it was known at the end of a day; the only or the default one
        when none is named. Raises UnknownSite, AmbiguousSite and UsageError."""
        store = self.store()
        key = (store.version, name or self._default, as_of)
        with self._lock:
            kept = self._sites.get(key)
        if kept is None or _out_of_date(kept):
            kept = store.site(name or self._default, as_of)
            self._keep(self._sites, key, kept, SITES_KEPT)
        return kept

    def kept(self, asked: Site, question: Hashable, answer: Callable[[], Found]) -> Found:
        """The answer to a question, asked once a version of the store; `question` names it with
        all that it depends on beside the site and its time."""
        key = (id(asked), question)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                held: tuple[Site, Found] = self._answers[key]
                return held[1]
        found = answer()
        self._keep(self._answers, key, (asked, found), ANSWERS_KEPT)
        return found

    def _keep(self, kept: OrderedDict[Any, Any], key: Hashable, value: object, most: int) -> None:
        with self._lock:
            kept[key] = value
            kept.move_to_end(key)
            while len(kept) > most:
                kept.popitem(last=False)


def _out_of_date(asked: Site) -> bool:
    """Whether a site that holds for the moment of asking was asked for too long ago."""
    return asked.by_the_clock and datetime.now(UTC) - asked.as_of > A_MOMENT
