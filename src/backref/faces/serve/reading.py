"""The open store as requests read it: one view a site and version, shared and kept warm.

A snapshot never changes, so whatever was asked of it stays true until the store holds something
else. What is kept is bounded and goes with its snapshot.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar

from backref.faces.query import Site, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from backref.lake.lake import Lake

Found = TypeVar("Found")

SITES_KEPT = 8
ANSWERS_KEPT = 64


class Reading:
    """What all requests ask. Threads share it; each question runs on a cursor of its own."""

    def __init__(self, lake: Lake, site: str | None = None) -> None:
        self.lake = lake
        self._default = site
        self._lock = RLock()
        self._store = Store(lake)
        self._sites: OrderedDict[tuple[str, str | None], Site] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def store(self) -> Store:
        """The store as it is now."""
        newest = Store(self.lake)
        with self._lock:
            if newest.version != self._store.version:
                self._store = newest
                self._sites.clear()
                self._answers.clear()
            return self._store

    def site(self, name: str | None = None, as_of: str | None = None) -> Site:
        """A site as of now, or as it was known at the end of a day; the only or the default one
        when none is named. Raises UnknownSite, AmbiguousSite and UsageError."""
        store = self.store()
        key = (name or self._default or "", as_of)
        with self._lock:
            kept = self._sites.get(key)
        if kept is None or kept.by_the_clock:
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
