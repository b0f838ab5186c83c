"""The open store as requests read it: one view a site and version, shared and kept warm.

A snapshot never changes, so whatever was asked of it stays true until the store holds something
else. What is kept is bounded and goes with its snapshot.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakValueDictionary

from backref.errors import NotHeld
from backref.faces.query import Site, Store
from backref.faces.query.browse import ground
from backref.faces.query.choice import Order
from backref.faces.query.events import happened
from backref.faces.query.period import last
from backref.faces.query.store import chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from backref.faces.query import (
        DomainRow,
        EngagementRow,
        ImportRecord,
        Overview,
        RejectRow,
    )
    from backref.faces.query.browse import Ground
    from backref.faces.query.events import Happened
    from backref.faces.query.portfolio import SiteTrouble
    from backref.lake.lake import Lake

Found = TypeVar("Found")

SITES_KEPT = 4
ANSWERS_KEPT = 32
USUAL_DAYS = 28
A_MOMENT = timedelta(minutes=1)


class Reading:
    """What all requests ask. Threads share it; each question runs on a cursor of its own."""

    def __init__(self, lake: Lake, site: str | None = None) -> None:
        self.lake = lake
        self._default = site
        self._lock = RLock()
        self._store = Store(lake, keeps=True)
        self._sites: OrderedDict[Hashable, Site] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._asking: WeakValueDictionary[Hashable, Lock] = WeakValueDictionary()
        self._portfolio: tuple[Store, datetime, Sequence[SiteTrouble]] | None = None

    def store(self) -> Store:
        """The store as it is now; the same one as long as its rows and sites are the same."""
        newest = Store(self.lake, keeps=True)
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
        meant = chosen(store.settings, name or self._default).name
        key = (store.version, meant, as_of)
        with self._lock:
            kept = self._sites.get(key)
        if kept is None or _out_of_date(kept):
            kept = store.site(meant, as_of)
            self._keep(self._sites, key, kept, SITES_KEPT)
        return kept

    def imports(self, site: str | None = None) -> tuple[int, Sequence[ImportRecord]]:
        """The imports as they are now, the newest last, and the version that this is."""
        store = Store(self.lake)
        return store.version, store.imports(site)

    def rejects(self, import_id: int) -> Rejects:
        """What an import could not store. Raises NotHeld."""
        return Rejects(Store(self.lake), import_id)

    def kept(self, asked: Site, question: Hashable, answer: Callable[[], Found]) -> Found:
        """The answer to a question, asked once a version of the store, however many wait for it;
        `question` names it with all that it depends on beside the site and its time."""
        key = (id(asked), question)
        with self._turn(key):
            with self._lock:
                if key in self._answers:
                    self._answers.move_to_end(key)
                    held: tuple[Site, Found] = self._answers[key]
                    return held[1]
            found = answer()
            self._keep(self._answers, key, (asked, found), ANSWERS_KEPT)
            return found

    def overview(self, asked: Site, days: int) -> Overview:
        """A site's overview over so many days."""
        return self.kept(asked, f"overview {days}", lambda: asked.overview(days=days))

    def domains(self, asked: Site) -> Sequence[DomainRow]:
        """All referring domains of a site."""
        return self.kept(asked, "domains", asked.domains)

    def happened(self, asked: Site) -> Happened:
        """All that happened to a site's links."""
        return self.kept(asked, "events", lambda: happened(asked.view))

    def engagement(self, asked: Site, days: int, by: str | None) -> Sequence[EngagementRow]:
        """What visits of so many days were, by every definition."""
        since = last(asked.view, days).start
        question = ("engagement", days, by)
        return self.kept(asked, question, lambda: asked.engagement(since=since, by=by))

    def ground(self, asked: Site, days: int) -> Ground:
        """What browsing a site's links in a period of so many days stands on."""
        view = asked.view
        return self.kept(asked, f"ground {days}", lambda: ground(view, last(view, days)))

    def portfolio(self) -> Sequence[SiteTrouble]:
        """All sites by trouble, as of a moment ago."""
        store, now = self.store(), datetime.now(UTC)
        kept = self._portfolio
        if kept is None or kept[0] is not store or now - kept[1] > A_MOMENT:
            self._portfolio = kept = (store, now, store.portfolio())
        return kept[2]

    def warm(self) -> None:
        """Ask what every page of a site rests on, of as many sites as are kept, so that nobody
        waits for it."""
        for name in self.store().sites[:SITES_KEPT]:
            asked = self.site(name)
            self.overview(asked, USUAL_DAYS)
            self.domains(asked)
            asked.view.weeks.cells(())
            self.ground(asked, USUAL_DAYS).places(asked.view, Order())
            self.happened(asked)
            self.engagement(asked, USUAL_DAYS, None)

    def _turn(self, question: Hashable) -> Lock:
        """Held by whoever asks a question; it goes when nobody does."""
        with self._lock:
            return self._asking.setdefault(question, Lock())

    def _keep(self, kept: OrderedDict[Any, Any], key: Hashable, value: object, most: int) -> None:
        with self._lock:
            kept[key] = value
            kept.move_to_end(key)
            while len(kept) > most:
                kept.popitem(last=False)


class Rejects:
    """The rejects of an import in their order, which never changes: each is called by its place."""

    def __init__(self, store: Store, import_id: int) -> None:
        self._store = store
        self._import_id = import_id
        found = next((row for row in store.imports() if row.id == import_id), None)
        if found is None:
            raise NotHeld(f"There is no import {import_id}; `imports` tells which there are.")
        self._count = (found.rejected or 0) if found.state == "done" else 0

    def __len__(self) -> int:
        return self._count

    def rows(self, start: int, stop: int) -> Sequence[RejectRow]:
        """The rejects from one place up to another; of very many only the first are listed."""
        return self._store.rejects(self._import_id, None, stop - start, start)

    def name(self, _: RejectRow, at: int) -> str:
        """Its place."""
        return str(at)

    def place(self, name: str) -> int | None:
        """The place that is the name."""
        return int(name) if name.isdecimal() else None


def _out_of_date(asked: Site) -> bool:
    """Whether a site that holds for the moment of asking was asked for too long ago."""
    return asked.by_the_clock and datetime.now(UTC) - asked.as_of > A_MOMENT
