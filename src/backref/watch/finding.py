"""Find the link: who sends people without a known link is asked for the page that carries it.

Pages that may are those that another tool names as the referrer, those that were captured, and
those that the site's own sitemaps and feeds list, the nearest in time to the first visit first. A
domain is searched in three rounds of at most `Search.most` pages in all, and no further once a page
that names the site was read. One that was searched in vain is left alone for a month.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from backref import pipeline
from backref import url as urls
from backref.check.fetched import Ask, Outcome
from backref.errors import NotHeld
from backref.watch import candidates, looks
from backref.watch.journal import Journal
from backref.watch.looking import Looking
from backref.watch.run import Told, changes, ending

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from backref.check.fetched import Fetched
    from backref.check.fetcher import Fetcher
    from backref.lake.lake import Lake
    from backref.watch.run import Change

AGAIN = timedelta(days=30)
"""A domain that was searched in vain is searched again then."""
SITEMAPS_READ = 4
PAGES_KNOWN = 10
"""Pages that are known already and are asked in the first round."""


@dataclass(frozen=True)
class Search:
    """What is sought: links to `site` on at most `domains` domains, or on the one named `domain`;
    at most `most` pages of each, for at most `seconds`."""

    site: str
    domain: str | None = None
    domains: int = 50
    most: int = 30
    seconds: float | None = None


@dataclass(frozen=True)
class Sender:
    """A host that sends people, and when it was last searched."""

    domain: str
    host: str
    visits: int
    first_visit: datetime
    searched_at: datetime | None = None


@dataclass(frozen=True)
class Searched:
    """What became of one domain: `found` are pages with a link, `pages` how many were looked at,
    and `why` says in words what was not possible or what is left."""

    domain: str
    visits: int
    found: tuple[str, ...]
    pages: int
    why: str


@dataclass(frozen=True)
class Found:
    """What a search came to: the domains searched, those `waiting` for their time, and the links
    that changed."""

    searched: tuple[Searched, ...]
    waiting: tuple[Sender, ...]
    changes: tuple[Change, ...]


@dataclass
class _Domain:
    """One domain while it is searched."""

    sender: Sender
    known: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    entries: list[candidates.Entry] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    pages: int = 0
    found: list[str] = field(default_factory=list)
    troubles: set[str] = field(default_factory=set)


def search(lake: Lake, fetcher: Fetcher, wanted: Search, told: Told | None = None) -> Found:
    """Look for links and take what is seen into the looks. Raises StoreBusy while another process
    checks, and NotHeld for a domain that sent nobody."""
    told = told or Told()
    with Journal(lake.path, fetcher.manners.agent, fetcher.clock.now) as journal:
        fetcher.kept_by(journal.rulebook)
        looks.taken_in(lake, journal.left())
        now = looks.time_of(fetcher.clock.now())
        chosen, waiting = _senders(lake, wanted, now)
        with lake.snapshot() as snapshot:
            before = looks.standing(snapshot, (wanted.site,))
        domains = _with_known(lake, wanted, chosen, now)
        told.planned(len(domains) * wanted.most)
        finder = _Finder(lake, fetcher, journal, wanted, told, domains)
        try:
            asyncio.run(finder.run(now))
        finally:
            journal.seal()
            looks.taken_in(lake, journal.finished())
            pipeline.run(lake, told.stage)
    with lake.snapshot() as snapshot:
        changed = changes(snapshot, before)
    return Found(tuple(_told_of(each, changed) for each in domains.values()), waiting, changed)


def _senders(
    lake: Lake, wanted: Search, now: datetime
) -> tuple[tuple[Sender, ...], tuple[Sender, ...]]:
    """The hosts to search, a host of each domain, and those whose time has not come."""
    with lake.snapshot() as snapshot:
        rows = looks.senders(snapshot, wanted.site, now)
    hosts: dict[str, Sender] = {}
    for row in rows:
        hosts.setdefault(row["domain"], Sender(**row))
    if wanted.domain is not None:
        domain = urls.registrable_domain(wanted.domain)
        if domain not in hosts:
            raise NotHeld(
                f"Nobody came from {wanted.domain} by an unknown link; "
                "`backref referrers` lists who did."
            )
        return (hosts[domain],), ()
    waiting = {
        sender.domain
        for sender in hosts.values()
        if sender.searched_at is not None and sender.searched_at + AGAIN > now
    }
    ready = [sender for sender in hosts.values() if sender.domain not in waiting]
    return tuple(ready[: wanted.domains]), tuple(hosts[domain] for domain in sorted(waiting))


def _with_known(
    lake: Lake, wanted: Search, chosen: Sequence[Sender], now: datetime
) -> dict[str, _Domain]:
    """The domains with the pages of theirs that the store knows, those that people named first."""
    domains = {sender.domain: _Domain(sender) for sender in chosen}
    if chosen:
        with lake.snapshot() as snapshot:
            senders = [(each.domain, each.first_visit) for each in chosen]
            for domain, url in looks.near_pages(snapshot, wanted.site, senders, now - AGAIN):
                domains[domain].known.append(url)
    return domains


@dataclass
class _Finder:
    lake: Lake
    fetcher: Fetcher
    journal: Journal
    wanted: Search
    told: Told
    domains: dict[str, _Domain]

    async def run(self, now: datetime) -> None:
        """Three rounds: what is known and where lists are; the lists; what these name."""
        with self.lake.snapshot() as snapshot:
            history = looks.histories(snapshot, now, self.domains)
        over = ending(self.fetcher.clock, self.wanted.seconds, self.told.stopped)
        async with self.fetcher:
            looking = Looking(self.lake, self.fetcher, self.journal, advance=self._take, over=over)
            for asks in (self._first, self._lists, self._lists, self._listed):
                await looking.at(list(asks()), history)

    def _first(self) -> Iterable[Ask]:
        for each in self.domains.values():
            root = f"https://{each.sender.host}"
            yield from self._new(each, [f"{root}/robots.txt"], "robots")
            yield from self._new(each, [f"{root}/sitemap.xml"], "sitemap")
            yield from self._pages(each, [*each.known[:PAGES_KNOWN], f"{root}/"])

    def _lists(self) -> Iterable[Ask]:
        for each in self.domains.values():
            named = [entry for entry in each.entries if entry.is_list]
            near = candidates.nearest(named, each.sender.first_visit, SITEMAPS_READ)
            lists = [url for url in (*each.lists, *near) if url not in each.asked]
            if not each.found:
                yield from self._new(each, lists[:SITEMAPS_READ], "sitemap")

    def _listed(self) -> Iterable[Ask]:
        for each in self.domains.values():
            named = [entry for entry in each.entries if not entry.is_list]
            near = candidates.nearest(named, each.sender.first_visit, self.wanted.most)
            yield from self._pages(each, [*near, *each.known])

    def _pages(self, domain: _Domain, named: Iterable[str]) -> Iterable[Ask]:
        room = self.wanted.most - domain.pages
        fresh = [url for url in named if url not in domain.asked][: max(room, 0)]
        if not domain.found:
            yield from self._new(domain, fresh, "page")

    def _new(self, domain: _Domain, named: Iterable[str], purpose: str) -> Iterable[Ask]:
        for url in named:
            if url not in domain.asked:
                domain.asked.add(url)
                yield Ask(url, purpose=purpose)

    def _take(self, fetched: Fetched) -> None:
        self.told.look(fetched)
        parsed = urls.parse(fetched.ask.url)
        domain = self.domains.get(urls.registrable_domain(parsed.host)) if parsed else None
        if domain is None:
            return
        if fetched.outcome != Outcome.ANSWERED:
            domain.troubles.add(fetched.why)
        elif fetched.status == 200:
            self._read(domain, fetched)
        domain.pages += fetched.ask.purpose == "page" and fetched.outcome != Outcome.POSTPONED

    def _read(self, domain: _Domain, fetched: Fetched) -> None:
        body, base = fetched.body, fetched.url
        match fetched.ask.purpose:
            case "robots":
                domain.lists += _own(domain, candidates.sitemaps(body, base))
            case "sitemap":
                domain.entries += candidates.entries(body, base)
            case _:
                domain.lists += _own(domain, candidates.feeds(body, base))
                if self.wanted.site.encode() in body:
                    domain.found.append(base)


def _own(domain: _Domain, named: Iterable[str]) -> list[str]:
    """Those URLs that are on the domain itself: no other is asked because a stranger names it."""
    return [
        url
        for url in named
        if (parsed := urls.parse(url))
        and urls.registrable_domain(parsed.host) == domain.sender.domain
    ]


def _told_of(domain: _Domain, changed: Sequence[Change]) -> Searched:
    """What became of a domain; only a link that the ledger now knows counts as found."""
    sender = domain.sender
    found = tuple(
        change.source_url
        for change in changed
        if change.was is None
        and (parsed := urls.parse(change.source_url))
        and urls.registrable_domain(parsed.host) == sender.domain
    )
    why = ""
    if not found:
        trouble = f" {min(domain.troubles)}" if domain.troubles else ""
        why = f"No link on {domain.pages:,} pages.{trouble}"
    return Searched(sender.domain, sender.visits, found, domain.pages, why)
