"""A simulated web that is watched day by day by the product's own checks, and what truly happened.

The loop is the product's: what is due, in which order, the journal, the import, the fold. Only the
web is not the real one: `WorldFetcher` asks the world's servers, at the world's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from backref import url
from backref.check.clock import Clock
from backref.check.fetched import Ask, Fetched, Hop, Outcome
from backref.check.fetcher import Fetcher
from backref.check.settings import Manners
from backref.faces.query import Store
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.watch import run
from backref.world import links as web_of
from backref.world import mischief, placements, servers, site
from backref.world.chance import chance
from backref.world.pages import Press
from backref.world.world import END, SCALES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from backref.world.links import Link, Web
    from backref.world.mischief import Happening
    from backref.world.servers import Servers

START = 30
"""Days after the world's first on which the watch begins."""
Row = dict[str, Any]


@dataclass
class Watched:
    """One world after the watch: what happened to the links that stood at its begin, what the
    product says, and how many looks that took. Links are named by (page, target) fold keys."""

    web: Web
    links: dict[tuple[str, str], Link]
    agreed: set[int]
    happened: list[Happening]
    events: list[Row]
    breaches: list[Row]
    looks: int
    days: float


class WorldClock(Clock):
    """The world's time: it passes only when somebody turns it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> int:
        """UTC in microseconds."""
        return int(self.at.timestamp() * 1_000_000)

    async def sleep(self, seconds: float) -> None:
        """Nobody waits in a world that stands still."""


class WorldFetcher(Fetcher):
    """A fetcher that asks the world's servers in place of the network."""

    def __init__(self, held: Servers, clock: WorldClock) -> None:
        super().__init__(Manners(contact="bench@backref.example"), clock=clock)
        self._servers = held
        self._first = held.web.moment(0)

    async def fetch(
        self, ask: Ask, before: Callable[[Ask, str], Awaitable[None]] | None = None
    ) -> Fetched:
        """What came of asking the page at the world's time."""
        if before is not None:
            await before(ask, ask.url)
        at = self.clock.now()
        when = (at / 1e6 - self._first.timestamp()) / 86_400
        reply = self._servers.reply(ask.url, when)
        return Fetched(
            ask,
            at,
            0.2,
            Outcome(reply.outcome),
            why="" if reply.outcome == "answered" else f"ended with {reply.outcome}",
            status=reply.status,
            url=reply.url,
            hops=tuple(Hop(source, status, to, reply.ip) for source, status, to in reply.hops),
            headers=tuple((name.encode(), value.encode()) for name, value in reply.headers),
            body=reply.body,
            address=reply.ip or None,
            robots="disallowed" if reply.outcome == "robots" else "allowed",
        )


def watched(seed: int, scale: str, days: int) -> Watched:
    """Plant a world, watch it for so many days, and read back what the product says."""
    size = SCALES[scale]
    first = END - timedelta(days=size.days - 1)
    web = web_of.build(seed, first, START + days, size.publishers)
    deals = placements.agree(web, chance(seed, "placements"))
    agreed = {deal.link.number for deal in deals if deal.link is not None}
    mischief.plant(seed, web, START, [link for link in web.links if link.number in agreed])
    with TemporaryDirectory(prefix="backref-eyes-") as name:
        folder = Path(name)
        known = folder / "known-links.txt"
        pages = [page for page in mischief.watched(web, START) if any(map(_to_us, page.links))]
        known.write_text("".join(f"{page.url}\n" for page in pages), encoding="utf-8")
        placements.write(folder / "placements.csv", deals)
        with Lake.create(folder / "store") as lake:
            lake.save_site(SiteRecord(site.NAME, also=site.ALSO, was=site.WAS))
            files = [str(known), str(folder / "placements.csv")]
            for report in import_inputs(lake, files, processes=1):
                assert report.rejected == 0, report
            looks = _watch(lake, seed, web, days)
        with Store(Lake.open(folder / "store")) as opened:
            asked = opened.site(site.NAME)
            events = [vars(row) for row in asked.events()]
            breaches = [vars(row) for row in asked.breaches()]
    links = {
        (_key(link.page.url), _key(link.target)): link
        for page in pages
        for link in page.links
        if link.alive(START)
    }
    happened = list(mischief.happenings(web, START))
    return Watched(web, links, agreed, happened, events, breaches, looks, days)


def _watch(lake: Lake, seed: int, web: Web, days: int) -> int:
    """A run of checks every morning; returns how many looks all of them took."""
    held = servers.Servers(seed, web, Press(seed, web), START)
    clock = WorldClock(web.moment(START + 0.25))
    fetcher = WorldFetcher(held, clock)
    looks = 0
    for _ in range(days):
        looks += len(run.check(lake, fetcher, run.Wanted(sites=(site.NAME,))).looks)
        clock.at += timedelta(days=1, minutes=7)
    return looks


def _to_us(link: Link) -> bool:
    """Whether a list of links to the site names its page."""
    return link.host == site.NAME and link.alive(START)


def _key(address: str) -> str:
    parsed = url.parse(address)
    assert parsed is not None
    return url.fold_key(parsed)
