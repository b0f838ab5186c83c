"""One request in its turn: to a judged address, over a new connection or one that rests."""

from __future__ import annotations

import asyncio
import resource
import time
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpcore2

from backref import url
from backref.check.connection import IDLE_SECONDS, Connection, Trust, connect
from backref.check.exchange import Bounds, Passing, Result, exchange
from backref.check.fetched import Outcome
from backref.check.guard import Guard, Refused, literal, port
from backref.check.resolver import Endpoint
from backref.check.trouble import Trouble
from backref.check.waiting import retry_after

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from backref.check.clock import Clock
    from backref.check.exchange import Answer
    from backref.check.look import Look
    from backref.check.pacing import Pacer, Turn
    from backref.check.resolver import Resolver
    from backref.check.settings import Manners
    from backref.url import Url

ACCEPT = b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ENDPOINTS_TRIED = 3
MOST_KEPT = 1000
SPARED_FILES = 200
"""So many open files are left to others when connections are kept."""
FAILED = 500
TOO_MANY_REQUESTS = 429
_NEXT_ENDPOINT = frozenset({Outcome.CONNECT, Outcome.TIMEOUT})


class Sender:
    """Sends requests, at most `hosts_at_once` at a time, and keeps connections for a while."""

    def __init__(
        self,
        manners: Manners,
        pacer: Pacer,
        guard: Guard,
        *,
        resolver: Resolver,
        clock: Clock,
        trust: Trust,
    ) -> None:
        self._manners = manners
        self._resolver = resolver
        self._guard = guard
        self._pacer = pacer
        self._clock = clock
        self._trust = trust
        self._most_kept = _most_kept(manners.hosts_at_once)
        self._slots = asyncio.Semaphore(manners.hosts_at_once)
        self._seats = asyncio.Semaphore(max(1, manners.memory // manners.body))
        self._kept: OrderedDict[tuple[str, str, int], tuple[float, Connection]] = OrderedDict()

    async def close(self) -> None:
        """Hang up all connections."""
        while self._kept:
            self._kept.popitem()[1][1].close()
        await asyncio.sleep(0)  # the loop closes them in its next round

    async def request(self, target: Url, look: Look, most: int) -> Answer:
        """Send one request and return its answer with at most `most` bytes of body; it is the
        look's answer too. Raises Trouble, also where the answer is there but cannot be read."""
        domain = url.registrable_domain(target.host)
        again = False
        while True:
            async with self._pacer.turn(domain, page=look.ask.purpose != "robots") as turn:
                try:
                    result = await self._attempt(target, look, most, fresh=again)
                except BaseException as error:
                    turn.ended(look.last, failed=isinstance(error, Trouble))
                    raise
                if result is not None:
                    return self._judged(result, look, turn)
                turn.ended(look.last, failed=False)
                again = True

    def _judged(self, result: Result, look: Look, turn: Turn) -> Answer:
        """End a turn by what came of it. Raises the trouble that there was."""
        look.answer = answer = result.answer
        if answer is None:
            turn.ended(look.last, failed=True)
            raise result.trouble or Trouble(Outcome.CONNECT, "The server hung up.")
        now = self._clock.now()
        wait = retry_after(
            answer.status, answer.header(b"retry-after"), answer.header(b"date"), now
        )
        failed = answer.status >= FAILED or answer.status == TOO_MANY_REQUESTS
        turn.ended(look.last, failed=failed, wait=wait)
        if wait is not None:
            look.until = now + int(wait * 1e6)
        if result.trouble:
            raise result.trouble
        return answer

    async def _attempt(self, target: Url, look: Look, most: int, *, fresh: bool) -> Result | None:
        """One request; None when a connection that rested turned out to be gone. Raises Trouble."""
        look.last = 0.0
        endpoints = await self._endpoints(target, look)
        kept = None if fresh else self._taken(target, endpoints)
        connection = await self._ready(target, endpoints, kept, look)
        result = Result()
        try:
            with look.spending():
                async with asyncio.timeout(look.left) as limit:
                    request = self._written(target, look)
                    passing = Passing(look, limit)
                    await exchange(connection, request, self._bounds(most), result, passing)
        except TimeoutError:
            seconds = f"{self._manners.seconds:.0f} seconds"
            result.trouble = Trouble(Outcome.TIMEOUT, f"No whole answer came within {seconds}.")
        finally:
            self._slots.release()
            self._give_back(target, connection)
        gone = kept is not None and not connection.stream.received
        return None if gone and result.answer is None else result

    def _bounds(self, most: int) -> Bounds:
        return Bounds(most, self._manners.ratio, self._seats)

    async def _endpoints(self, target: Url, look: Look) -> tuple[Endpoint, ...]:
        """Where a host is, each address judged. Raises Trouble."""
        try:
            with look.spending():
                async with asyncio.timeout(look.left):
                    found = await self._resolved(target)
        except TimeoutError as error:
            raise Trouble(Outcome.DNS, f"Nobody said in time where {target.host} is.") from error
        except OSError as error:
            raise Trouble(Outcome.DNS, f"{target.host} leads to no address.") from error
        try:
            for endpoint in found:
                self._guard.address(endpoint.address)
        except Refused as refused:
            outcome = Outcome.REDIRECT_REFUSED if look.hops else Outcome.REFUSED
            raise Trouble(outcome, f"{target.host} leads astray: {refused}") from refused
        if not found:
            raise Trouble(Outcome.DNS, f"{target.host} leads to no address.")
        return found[:ENDPOINTS_TRIED]

    async def _resolved(self, target: Url) -> tuple[Endpoint, ...]:
        if (address := literal(target.host)) is not None:
            return (Endpoint(str(address), port(target)),)
        return await self._resolver.resolve(target.host, port(target))

    async def _ready(
        self, target: Url, endpoints: tuple[Endpoint, ...], kept: Connection | None, look: Look
    ) -> Connection:
        """A connection to an address that may be asked at this moment, and one of the slots, which
        the caller gives back. Raises Trouble."""
        if kept is not None:
            async with _closed_on_error(kept), self._pacer.address(kept.address), self._slot():
                await look.leaving()
            return kept
        for endpoint in endpoints[:-1]:
            try:
                return await self._opened(target, endpoint, look)
            except Trouble as trouble:
                if trouble.outcome not in _NEXT_ENDPOINT:
                    raise
        return await self._opened(target, endpoints[-1], look)

    async def _opened(self, target: Url, endpoint: Endpoint, look: Look) -> Connection:
        async with self._pacer.address(endpoint.address), self._slot():
            try:
                with look.spending():
                    async with asyncio.timeout(look.left):
                        connection = await connect(target, endpoint, self._trust)
            except TimeoutError as error:
                raise Trouble(Outcome.TIMEOUT, "The time for this page is over.") from error
            async with _closed_on_error(connection):
                await look.leaving()
            return connection

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator[None]:
        """Take a slot, which is kept when the block succeeds. It is taken last, so that hosts that
        wait for an address which they share keep no other from being asked."""
        await self._slots.acquire()
        try:
            yield
        except BaseException:
            self._slots.release()
            raise

    def _written(self, target: Url, look: Look) -> httpcore2.Request:
        host = target.host + (f":{target.port}" if target.port else "")
        headers = [("Host", host), ("User-Agent", self._manners.agent), *look.headers()]
        encoded = [(name.encode(), value.encode()) for name, value in headers]
        return httpcore2.Request(b"GET", target.href, headers=[*encoded, (b"Accept", ACCEPT)])

    def _taken(self, target: Url, endpoints: tuple[Endpoint, ...]) -> Connection | None:
        """A connection that rests, if it still leads where the name leads."""
        _, connection = self._kept.pop(_site(target), (0.0, None))
        if connection is None:
            return None
        if connection.usable and any(at.address == connection.address for at in endpoints):
            return connection
        connection.close()
        return None

    def _give_back(self, target: Url, connection: Connection) -> None:
        """Keep a connection for the next request, and hang up those that rested for too long."""
        now = time.monotonic()
        if connection.usable:
            self._kept[_site(target)] = (now, connection)
        else:
            connection.close()
        while self._kept:
            since, oldest = next(iter(self._kept.values()))
            if now - since < IDLE_SECONDS and len(self._kept) <= self._most_kept:
                return
            self._kept.popitem(last=False)
            oldest.close()


@asynccontextmanager
async def _closed_on_error(connection: Connection) -> AsyncIterator[None]:
    """Hang up where the block does not come to its end."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _site(target: Url) -> tuple[str, str, int]:
    return target.scheme, target.host, port(target)


def _most_kept(at_once: int) -> int:
    """How many connections may rest beside those in use, by the files that a process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(min(files - at_once - SPARED_FILES, MOST_KEPT), 0)
