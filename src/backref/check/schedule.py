"""Very many looks: each registrable domain one after the other, hundreds of domains at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, NamedTuple

from backref import url

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Mapping

    from backref.check.fetched import Ask, Fetched
    from backref.check.fetcher import Fetcher
    from backref.check.history import HostHistory
    from backref.check.look import Before

MOST_AHEAD = 10_000
"""So many asks are taken in before their turn has come."""
ASKS_A_ROUND = 100
"""After so many asks others get on with their work."""


async def fetch_all(
    asks: Iterable[Ask] | AsyncIterator[Ask],
    fetcher: Fetcher,
    history: Mapping[str, HostHistory] | None = None,
    before: Before | None = None,
) -> AsyncIterator[Fetched]:
    """Look at pages, and yield what came of each as it comes; those of one registrable domain in
    the order in which they are asked.

    `history` tells by domain what earlier runs did. `before` is awaited with an ask and a URL when
    the first request for that page, or for where it redirects, is about to leave; what it raises
    ends the run. Results that nobody takes hold back new
    requests. Closing the iterator stops all that is under way.
    """
    run = _Run(fetcher, history or {}, before)
    try:
        async for fetched in run.results(asks):
            yield fetched
    finally:
        await run.stop()


class _Run:
    def __init__(
        self, fetcher: Fetcher, history: Mapping[str, HostHistory], before: Before | None
    ) -> None:
        self._fetcher = fetcher
        self._history = history
        self._before = before
        self._room = asyncio.Semaphore(2 * fetcher.manners.hosts_at_once)
        self._ahead = asyncio.Semaphore(MOST_AHEAD)
        self._waiting: dict[str, deque[Ask]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: asyncio.Queue[_Looked | BaseException | None] = asyncio.Queue()

    async def results(self, asks: Iterable[Ask] | AsyncIterator[Ask]) -> AsyncIterator[Fetched]:
        """What comes of the asks, until nothing is under way."""
        self._start(self._feed(asks))
        while self._tasks or not self._results.empty():
            result = await self._results.get()
            if isinstance(result, BaseException):
                raise result
            if result is not None:
                if result.sent:
                    self._room.release()
                yield result.fetched

    async def stop(self) -> None:
        """End all that is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._results.put_nowait(None if task.cancelled() else task.exception())

    async def _feed(self, asks: Iterable[Ask] | AsyncIterator[Ask]) -> None:
        async for ask in _streamed(asks):
            await self._ahead.acquire()
            parsed = url.parse(ask.url)
            domain = url.registrable_domain(parsed.host) if parsed else ""
            if domain in self._waiting:
                self._waiting[domain].append(ask)
            else:
                self._waiting[domain] = deque([ask])
                self._start(self._ask_domain(domain))

    async def _ask_domain(self, domain: str) -> None:
        if (known := self._history.get(domain)) is not None:
            self._fetcher.remember(domain, known)
        waiting = self._waiting[domain]
        while waiting:
            self._results.put_nowait(await self._look(waiting.popleft()))
            self._ahead.release()
        del self._waiting[domain]

    async def _look(self, ask: Ask) -> _Looked:
        sent = False

        async def before(ask: Ask, url: str) -> None:
            nonlocal sent
            if not sent:
                await self._room.acquire()
                sent = True
            if self._before is not None:
                await self._before(ask, url)

        return _Looked(await self._fetcher.fetch(ask, before), sent)


class _Looked(NamedTuple):
    """A result, and whether it takes room until somebody takes it."""

    fetched: Fetched
    sent: bool


async def _streamed(asks: Iterable[Ask] | AsyncIterator[Ask]) -> AsyncIterator[Ask]:
    if isinstance(asks, AsyncIterator):
        async for ask in asks:
            yield ask
        return
    for number, ask in enumerate(asks):
        yield ask
        if number % ASKS_A_ROUND == 0:
            await asyncio.sleep(0)
