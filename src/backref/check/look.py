"""One look at a page while it lasts: what was seen so far, and how much of its time is spent."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backref.check.content import ACCEPTED
from backref.check.fetched import Ask, Fetched, Hop, Outcome
from backref.check.robots import NONE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from backref.check.clock import Clock
    from backref.check.exchange import Answer
    from backref.check.robots import Robots

    Before = Callable[[Ask, str], Awaitable[None]]


class Look:
    """A look of at most `seconds` on the network. `before` is awaited with what was asked and with
    each URL of it, first its own and then where redirects lead, when the first request for that is
    about to leave."""

    def __init__(self, ask: Ask, seconds: float, clock: Clock, before: Before | None) -> None:
        self.ask = ask
        self.url = ask.url
        self.hops: list[Hop] = []
        self.answer: Answer | None = None
        self.permission: Robots = NONE
        self.robots = ""
        self.until: int | None = None
        self.last = 0.0
        self.stopped: Exception | None = None
        self._clock = clock
        self._asked_at: int | None = None
        self._seconds = seconds
        self._spent = 0.0
        self._before = before
        self._announced: set[str] = set()

    @property
    def left(self) -> float:
        """The seconds that the network may still take."""
        return max(self._seconds - self._spent, 0.0)

    @contextmanager
    def spending(self) -> Iterator[None]:
        """Count the block's time: against the look's, and as part of its last request's."""
        begun = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - begun
            self._spent += spent
            self.last += spent

    def headers(self) -> list[tuple[str, str]]:
        """What the next request says beside who asks and for what."""
        said = [("Accept-Encoding", ACCEPTED)]
        if not self.hops:
            said += self.ask.conditions.items()
        return said

    def passes_on(self, answer: Answer) -> bool:  # noqa: ARG002 - others do
        """Whether the body of an answer goes to `take`, piece by piece, instead of being kept."""
        return False

    def take(self, piece: bytes) -> bool:
        """Take a piece of a body as it came over the network; whether more is wanted."""
        raise NotImplementedError

    @property
    def most_passed(self) -> int:
        """The most bytes that the network may carry for a body that is passed on."""
        raise NotImplementedError

    async def leaving(self) -> None:
        """The next moment a request leaves."""
        if self._asked_at is None:
            self._asked_at = self._clock.now()
        if self._before is not None and self.url not in self._announced:
            self._announced.add(self.url)
            try:
                await self._before(self.ask, self.url)
            except Exception as error:
                self.stopped = error
                raise

    def fetched(self, outcome: Outcome, why: str = "") -> Fetched:
        """The look as it is told to others."""
        answer = self.answer
        return Fetched(
            ask=self.ask,
            asked_at=self._clock.now() if self._asked_at is None else self._asked_at,
            seconds=self._spent,
            outcome=outcome,
            why=why,
            status=answer.status if answer else None,
            url=self.url,
            hops=tuple(self.hops),
            http_version=answer.http_version if answer else "",
            headers=answer.headers if answer else (),
            body=answer.body if answer else b"",
            truncated=answer.truncated if answer else False,
            address=answer.address if answer else None,
            tls=answer.tls if answer else "",
            robots=self.robots,
            preferences=self.permission.preferences,
            next_allowed=self.until,
        )
