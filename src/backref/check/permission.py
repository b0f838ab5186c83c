"""Whether a site's robots.txt lets us look at a page: asked once a day, by everybody."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from backref import url
from backref.check import robots
from backref.check.fetched import Outcome
from backref.check.guard import Refused, port
from backref.check.kept import Kept
from backref.check.pacing import DAY
from backref.check.trouble import Trouble

if TYPE_CHECKING:
    from backref.check.clock import Clock
    from backref.check.exchange import Answer
    from backref.check.guard import Guard
    from backref.check.kept import Keeper, Place
    from backref.check.pacing import Pacer
    from backref.check.robots import Robots
    from backref.check.settings import Manners
    from backref.url import Url

MOST_BYTES = 64 << 20
"""So many bytes the rules of all sites may take; those that were not needed for long go first."""
SITE_BYTES, BYTES_A_CHARACTER = 1_000, 16
"""What a site takes, and each character of its rules once they are read."""
MOST_FORGOTTEN = 1_000
_PASSED_ON = frozenset({Outcome.DNS, Outcome.CONNECT, Outcome.TLS, Outcome.TIMEOUT})
"""Troubles that say more of the page than that robots.txt could not be read."""


class Asker(Protocol):
    """Sends one request for robots.txt. Raises Trouble."""

    async def __call__(self, parsed: Url, most: int) -> Answer:
        """The answer, redirects not followed, with at most so many bytes of body."""


@dataclass
class _Site:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Robots | None = None
    until: float = 0.0
    size: int = 0


class Permissions:
    """The robots.txt of all sites that were asked, a site being a scheme, host and port."""

    def __init__(
        self, ask: Asker, manners: Manners, guard: Guard, pacer: Pacer, clock: Clock
    ) -> None:
        self._ask = ask
        self._manners = manners
        self._guard = guard
        self._pacer = pacer
        self._clock = clock
        self._sites: OrderedDict[Place, _Site] = OrderedDict()
        self._size = 0
        self._keeper: Keeper | None = None
        self._given_up: set[str] = set()

    def remember(self, domain: str, unreachable_since: int | None) -> None:
        """Since when (UTC microseconds) a domain's robots.txt cannot be read, as earlier runs
        know; after thirty days it counts as absent."""
        since = unreachable_since
        if since is not None and self._clock.now() - since > robots.GIVEN_UP_DAYS * DAY:
            self._given_up.add(domain)

    def kept_by(self, keeper: Keeper) -> None:
        """Have what sites say remembered, and what they said before recalled."""
        self._keeper = keeper

    async def robots(self, parsed: Url) -> Robots:
        """The robots.txt that holds for a URL. Raises Trouble `postponed` alone."""
        place = (parsed.scheme, parsed.host, port(parsed))
        site = self._sites.setdefault(place, _Site())
        self._sites.move_to_end(place)
        async with site.lock:
            if site.robots is None or self._clock.monotonic() >= site.until:
                found, seconds = self._recalled(place) or await self._fetched_anew(place, parsed)
                site.robots, site.until = found, self._clock.monotonic() + seconds
                self._make_room(site)
                self._pacer.slow_down(url.registrable_domain(parsed.host), found.delay)
            return site.robots

    def _recalled(self, place: Place) -> tuple[Robots, float] | None:
        """What an earlier run was told, and for how many seconds it still holds."""
        kept = self._keeper.recall(place) if self._keeper else None
        left = (kept.until - self._clock.now()) / 1e6 if kept else 0.0
        if kept is None or left <= 0:
            return None
        if kept.found == "none":
            return robots.NONE, left
        return robots.again(kept.text, kept.preferences), left

    async def _fetched_anew(self, place: Place, parsed: Url) -> tuple[Robots, float]:
        found, seconds = await self._fetched(parsed)
        if self._keeper and found.found != "unreachable":
            until = self._clock.now() + int(seconds * 1e6)
            self._keeper.keep(place, Kept(found.found, found.text, found.preferences, until))
        return found, seconds

    def _make_room(self, site: _Site) -> None:
        """Forget those sites that were asked about the longest ago when all are too large."""
        size = SITE_BYTES + BYTES_A_CHARACTER * len(site.robots.text if site.robots else "")
        self._size += size - site.size
        site.size = size
        if self._size <= MOST_BYTES:
            return
        for place, oldest in list(islice(self._sites.items(), MOST_FORGOTTEN)):
            if self._size > MOST_BYTES and not oldest.lock.locked():
                self._size -= oldest.size
                del self._sites[place]

    async def _fetched(self, parsed: Url) -> tuple[Robots, float]:
        """The robots.txt of a URL's site, and for how many seconds it holds."""
        try:
            found, kept = await self._followed(parsed)
        except (Trouble, Refused) as trouble:
            found, kept = _unreachable(trouble), robots.UNREACHABLE_SECONDS
        domain = url.registrable_domain(parsed.host)
        if found.found == "unreachable" and domain in self._given_up:
            return robots.NONE, kept
        return found, kept

    async def _followed(self, parsed: Url) -> tuple[Robots, float]:
        base = url.parse("/robots.txt", parsed.href)
        for _ in range(robots.REDIRECTS + 1):
            if base is None:
                break
            answer = await self._ask(base, robots.LARGEST_BYTES)
            location = answer.header(b"location")
            if not (300 <= answer.status < 400 and location):
                found = robots.after_status(answer.status, answer.body, cut=answer.truncated)
                lasting = found.found != "unreachable"
                kept = robots.kept_seconds(answer.header(b"cache-control"))
                return found, kept if lasting else robots.UNREACHABLE_SECONDS
            base = self._guard.url(location, self._manners.ports, base.href)
        return robots.NONE, robots.CACHED_SECONDS


def _unreachable(trouble: Trouble | Refused) -> Robots:
    if isinstance(trouble, Refused):
        return robots.unreachable(str(trouble))
    if trouble.outcome is Outcome.POSTPONED:
        raise trouble
    if trouble.outcome in _PASSED_ON or trouble.outcome is Outcome.REFUSED:
        return robots.unreachable(trouble.why, trouble.outcome)
    return robots.unreachable(f"The site's robots.txt could not be read: {trouble.why}")
