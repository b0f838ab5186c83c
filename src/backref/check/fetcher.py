"""The one way in which Backref asks the web for a page.

Each request, be it for a page, a redirect's target or robots.txt, passes the guard, waits for its
turn, is sent to an address that was judged, and is bounded in bytes and seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from backref import url
from backref.check.clock import Clock
from backref.check.connection import Trust
from backref.check.fetched import Ask, Fetched, Hop, Outcome
from backref.check.guard import Guard, Refused
from backref.check.look import Look
from backref.check.pacing import Pacer
from backref.check.permission import Permissions
from backref.check.resolver import Resolver, SystemResolver
from backref.check.sender import Sender
from backref.check.trouble import Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from backref.check.exchange import Answer
    from backref.check.history import HostHistory
    from backref.check.kept import Keeper
    from backref.check.look import Before
    from backref.check.settings import Manners
    from backref.url import Url

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_LOCATION = 8192


class Fetcher:
    """Asks for pages. `resolver`, `guard` and `clock` can be others in tests; `authorities` is a
    file of certificates to be trusted beside the system's. Use it as a context manager."""

    def __init__(
        self,
        manners: Manners,
        *,
        resolver: Resolver | None = None,
        guard: Guard | None = None,
        clock: Clock | None = None,
        authorities: Path | None = None,
    ) -> None:
        self.manners = manners
        self.clock = clock or Clock()
        self._guard = guard or Guard()
        self._resolver = resolver or SystemResolver()
        self._pacer = Pacer(manners, self.clock)
        self._sender = Sender(
            manners,
            self._pacer,
            self._guard,
            resolver=self._resolver,
            clock=self.clock,
            trust=Trust(authorities),
        )
        self._permissions = Permissions(
            self._robots_answer, manners, self._guard, self._pacer, self.clock
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._sender.close()
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()

    def remember(self, domain: str, history: HostHistory) -> None:
        """Tell what earlier runs know of a registrable domain, before it is first asked."""
        self._pacer.remember(domain, history)
        self._permissions.remember(domain, history.robots_unreachable_since)

    def kept_by(self, keeper: Keeper) -> None:
        """Have robots.txt files remembered beyond this run."""
        self._permissions.kept_by(keeper)

    async def fetch(self, ask: Ask, before: Before | None = None) -> Fetched:
        """Look at one page; its redirects are followed. `before` is awaited when the first request
        for the page itself, or for where it leads, is about to leave. Nothing is raised but a
        cancellation and what `before` raises: what nobody foresaw ends this look alone."""
        return await self.look(Look(ask, self.manners.seconds, self.clock, before))

    async def look(self, look: Look) -> Fetched:
        """As `fetch`, for a look that may pass on what it sees."""
        try:
            await self._follow(look)
        except Trouble as trouble:
            if trouble.until is not None:
                look.until = trouble.until
            # A wait that a redirect runs into ends a look; one at its begin is no look at all.
            if trouble.outcome is not Outcome.POSTPONED:
                self._hold(look)
            stopped = bool(look.hops) and trouble.outcome is Outcome.POSTPONED
            return look.fetched(Outcome.INTERRUPTED if stopped else trouble.outcome, trouble.why)
        except Exception as error:
            if error is look.stopped:
                raise
            why = f"The look ended in an error of ours ({type(error).__name__}: {error})."
            return look.fetched(Outcome.PROTOCOL, ascii(why[:300])[1:-1])
        self._hold(look)
        return look.fetched(Outcome.ANSWERED)

    def _hold(self, look: Look) -> None:
        """Let a look tell until when its domain is to be left alone."""
        parsed = url.parse(look.ask.url)
        held = self._pacer.held_until(url.registrable_domain(parsed.host)) if parsed else None
        if held is not None:
            look.until = max(held, look.until or 0)

    async def _follow(self, look: Look) -> None:
        """Ask, and ask on where the answer leads. Raises Trouble."""
        target = self._checked(look.ask.url, None, Outcome.REFUSED)
        seen: set[str] = set()
        while True:
            look.url = target.href
            look.answer = None
            seen.add(target.href)
            if look.ask.purpose != "robots":
                await self._permit(look, target)
            answer = await self._sender.request(target, look, self.manners.body)
            location = answer.header(b"location")
            if answer.status not in REDIRECTS or not location:
                return
            shown = location[:LONGEST_LOCATION]
            look.hops.append(Hop(target.href, answer.status, shown, answer.address))
            target = self._checked(location, target.href, Outcome.REDIRECT_REFUSED)
            if len(look.hops) > self.manners.redirects or target.href in seen:
                way = "in a circle" if target.href in seen else "on and on"
                raise Trouble(Outcome.TOO_MANY_REDIRECTS, f"The redirects lead {way}.")

    def _checked(self, text: str, base: str | None, outcome: Outcome) -> Url:
        try:
            return self._guard.url(text, self.manners.ports, base)
        except Refused as refused:
            raise Trouble(outcome, str(refused)) from refused

    async def _permit(self, look: Look, target: Url) -> None:
        """Raise Trouble unless the site's robots.txt allows the page."""
        look.permission = permission = await self._permissions.robots(target)
        look.robots = permission.verdict(target.href)
        if look.robots == "disallowed":
            raise Trouble(Outcome.ROBOTS, f"The robots.txt of {target.host} does not allow it.")
        if look.robots == "unreachable":
            outcome = permission.outcome
            if look.hops and outcome is Outcome.REFUSED:
                outcome = Outcome.REDIRECT_REFUSED
            raise Trouble(outcome, permission.why)

    async def _robots_answer(self, parsed: Url, most: int) -> Answer:
        ask = Ask(parsed.href, purpose="robots")
        look = Look(ask, self.manners.seconds, self.clock, None)
        return await self._sender.request(parsed, look, most)
