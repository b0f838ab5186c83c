"""The loop: ask, write down, take in; until nothing is left or the time is over."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backref.check.fetched import Outcome
from backref.check.schedule import fetch_all
from backref.watch import looks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping
    from pathlib import Path

    from backref.check.fetched import Ask, Fetched
    from backref.check.fetcher import Fetcher
    from backref.check.history import HostHistory
    from backref.lake.lake import Lake
    from backref.watch.journal import Journal

POLL = 0.2
"""So often, in seconds, it is asked whether what is under way has ended when the time is over."""


@dataclass
class Looking:
    """One run of looks. `advance` is told of each look as it comes, `keep` is an archive that
    all of them are added to, `over` tells when no further page is to be asked."""

    lake: Lake
    fetcher: Fetcher
    journal: Journal
    keep: Path | None = None
    advance: Callable[[Fetched], None] = lambda _: None
    over: Callable[[], bool] = lambda: False
    postponed: int = 0
    _asked: set[Ask] = field(default_factory=set)
    _taking: asyncio.Task[int] | None = None

    async def at(
        self, asks: Iterable[Ask] | AsyncIterator[Ask], history: Mapping[str, HostHistory]
    ) -> None:
        """Look at pages. What came of them is in the journal when this ends, however it ends."""
        try:
            async with aclosing(fetch_all(asks, self.fetcher, history, self._before)) as results:  # type: ignore[type-var]
                await self._all_of(results)
        finally:
            if self._taking is not None:
                await self._taking

    async def _all_of(self, results: AsyncIterator[Fetched]) -> None:
        coming = asyncio.ensure_future(anext(results, None))
        try:
            while not (self.over() and not self._asked):
                done, _ = await asyncio.wait({coming}, timeout=POLL)
                if not done:
                    continue
                fetched = coming.result()
                if fetched is None:
                    return
                self._take(fetched)
                coming = asyncio.ensure_future(anext(results, None))
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _before(self, ask: Ask, url: str) -> None:
        """Called when a request is about to leave. Once the time is over no page is begun: whoever
        would ask for one waits here until the run is ended around it."""
        if ask not in self._asked and self.over():
            await asyncio.Event().wait()
        self._asked.add(ask)
        await self.journal.intend(ask, url)

    def _take(self, fetched: Fetched) -> None:
        asked = fetched.ask in self._asked
        self._asked.discard(fetched.ask)
        if fetched.outcome == Outcome.POSTPONED:
            self.postponed += 1
        if asked or fetched.outcome != Outcome.POSTPONED:
            self.journal.keep(fetched)
        self.advance(fetched)
        self._import()

    def _import(self) -> None:
        """Take finished spools into the store while others are written."""
        if self._taking is not None and self._taking.done():
            self._taking.result()
            self._taking = None
        if self._taking is None and (spools := self.journal.finished()):
            taking = asyncio.to_thread(looks.taken_in, self.lake, spools, self.keep)
            self._taking = asyncio.create_task(taking)
