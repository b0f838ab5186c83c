"""Politeness: one request at a time to a registrable domain, with waits between them.

Waits are measured by a clock that nobody can turn, from the end of one answer to the begin of the
next request, so that a site never sees two requests nearer than its gap. Every request counts:
pages, redirects and robots.txt alike.
"""

from __future__ import annotations

import asyncio
import math
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backref.check.fetched import Outcome
from backref.check.trouble import Trouble
from backref.check.waiting import LONGEST_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from backref.check.clock import Clock
    from backref.check.history import HostHistory
    from backref.check.settings import Manners

DAY = 86_400_000_000
MOST_ADDRESSES = 100_000


@dataclass
class _Domain:
    """How a domain was treated. `next_at` is by the clock that only grows."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    delay: float = 0.0
    failures: int = 0
    day: int = 0
    today: int = 0
    page_at: float = -math.inf
    """When the last request ended that was not for robots.txt."""


@dataclass
class _Address:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0


class Turn:
    """One request's turn. Whoever has it says how the request ended; else it was not sent."""

    def __init__(self, *, page: bool) -> None:
        self.page = page
        self.seconds: float | None = None
        self.failed = False
        self.wait: float | None = None

    def ended(self, seconds: float, *, failed: bool, wait: float | None = None) -> None:
        """The request was sent and took so long; `wait` is what the host asked for."""
        self.seconds, self.failed, self.wait = seconds, failed, wait


class Pacer:
    """Gives each registrable domain and each address its turns."""

    def __init__(self, manners: Manners, clock: Clock) -> None:
        self._manners = manners
        self._clock = clock
        self._chance = random.Random()  # noqa: S311 - it spreads requests and guards nothing
        self._domains: dict[str, _Domain] = {}
        self._addresses: dict[str, _Address] = {}

    def remember(self, domain: str, history: HostHistory) -> None:
        """Go on where earlier runs stopped; what this run knows itself holds."""
        if domain in self._domains:
            return
        now = self._clock.now()
        known = self._domains[domain] = _Domain(day=now // DAY)
        if history.last_at is None or history.last_at >= known.day * DAY:
            known.failures, known.today = history.failures, history.today
        waits = [0.0 if history.next_allowed is None else (history.next_allowed - now) / 1e6]
        if history.last_at is not None:
            # A last request that lies in the future was written by a clock that was wrong.
            since = max((now - history.last_at) / 1e6, 0.0)
            waits.append(self._gap(known, history.seconds) - since)
            known.page_at = self._clock.monotonic() - since
        known.next_at = self._in(max(0.0, *waits))

    def slow_down(self, domain: str, delay: float) -> None:
        """The site's Crawl-delay holds from now on, as far as it is one that anybody can mean.

        One that nobody waits for is counted from the last page, else none would ever be asked.
        """
        known = self._known(domain)
        delay = min(delay, LONGEST_SECONDS)
        if delay > known.delay:
            known.delay = delay
            since = self._clock.monotonic() if delay <= self._manners.patience else known.page_at
            known.next_at = max(known.next_at, since + delay)

    def held_until(self, domain: str) -> int | None:
        """When the domain may be asked next, in UTC microseconds, where that is not after the
        usual gap: later runs are to know it."""
        known = self._known(domain)
        now = self._clock.now()
        if known.failures >= self._manners.failures:
            return (now // DAY + 1) * DAY
        if not known.failures and known.delay <= self._manners.gap:
            return None
        return now + int(max(known.next_at - self._clock.monotonic(), 0.0) * 1e6)

    @asynccontextmanager
    async def turn(self, domain: str, *, page: bool = True) -> AsyncIterator[Turn]:
        """Wait until the domain may be asked, and keep others from asking it meanwhile; `page` is
        false for its robots.txt.

        Raises Trouble `postponed` where that is too far away.
        """
        known = self._known(domain)
        async with known.lock:
            await self._wait(domain, known)
            turn = Turn(page=page)
            try:
                yield turn
            finally:
                if turn.seconds is not None:
                    self._after(known, turn, turn.seconds)

    @asynccontextmanager
    async def address(self, address: str) -> AsyncIterator[None]:
        """Wait until the address may be asked, whatever host it answers for.

        The next one's wait begins when the block ends, which is when the request leaves.
        """
        if self._manners.per_address_gap <= 0:
            yield
            return
        known = self._address(address)
        async with known.lock:
            await self._sleep_until(known.next_at)
            try:
                yield
            finally:
                known.next_at = self._clock.monotonic() + self._manners.per_address_gap

    async def _wait(self, domain: str, known: _Domain) -> None:
        self._new_day(known)
        now = self._clock.now()
        if known.failures >= self._manners.failures:
            why = (
                f"{domain} did not answer {known.failures} times and is left alone until tomorrow."
            )
            raise Trouble(Outcome.POSTPONED, why, (now // DAY + 1) * DAY)
        if known.today >= self._manners.daily_cap:
            why = f"{domain} had its {known.today} requests of today."
            raise Trouble(Outcome.POSTPONED, why, (now // DAY + 1) * DAY)
        wait = known.next_at - self._clock.monotonic()
        if wait > self._manners.patience:
            why = f"{domain} is not to be asked for another {wait:.0f} seconds."
            raise Trouble(Outcome.POSTPONED, why, now + int(wait * 1e6))
        await self._sleep_until(known.next_at)

    async def _sleep_until(self, moment: float) -> None:
        while (wait := moment - self._clock.monotonic()) > 0:
            await self._clock.sleep(wait)

    def _after(self, known: _Domain, turn: Turn, seconds: float) -> None:
        self._new_day(known)
        known.today += 1
        if turn.page:
            known.page_at = self._clock.monotonic()
        wait = self._gap(known, seconds)
        if turn.failed:
            known.failures += 1
            if turn.wait is None:
                wait = max(wait, self._manners.backoff * 2 ** min(known.failures - 1, 30))
        else:
            known.failures = 0
        known.next_at = self._in(max(wait, turn.wait or 0.0))

    def _new_day(self, known: _Domain) -> None:
        """A clock that is turned back begins no new day."""
        today = self._clock.now() // DAY
        if today > known.day:
            if known.day:
                known.failures = 0
            known.day, known.today = today, 0

    def _in(self, seconds: float) -> float:
        """The moment in so many seconds, which are bounded, whoever named them."""
        return self._clock.monotonic() + min(seconds, LONGEST_SECONDS)

    def _gap(self, known: _Domain, seconds: float) -> float:
        manners = self._manners
        gap = max(manners.gap, known.delay, manners.slowness * seconds)
        return gap * (1 + self._chance.random() * manners.jitter)

    def _known(self, domain: str) -> _Domain:
        known = self._domains.get(domain)
        if known is None:
            known = self._domains[domain] = _Domain(day=self._clock.now() // DAY)
        return known

    def _address(self, address: str) -> _Address:
        if address not in self._addresses and len(self._addresses) >= MOST_ADDRESSES:
            now = self._clock.monotonic()
            self._addresses = {
                name: known
                for name, known in self._addresses.items()
                if known.lock.locked() or known.next_at > now
            }
        return self._addresses.setdefault(address, _Address())
