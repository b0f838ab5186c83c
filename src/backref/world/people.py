"""What people do on the site once they have come: pages, pictures, pauses, goals, returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from backref.world import site
from backref.world.arrivals import DAY, Arrival
from backref.world.chance import Chance, chance
from backref.world.search import engine
from backref.world.site import OwnPage
from backref.world.words import lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.world.links import Web

HALF_AN_HOUR = 1800


class Client(NamedTuple):
    """Who asks: an address and an agent."""

    address: str
    agent: str


class Hit(NamedTuple):
    """One request, as the server logs it; `when` in seconds since the world's first midnight."""

    when: int
    client: Client
    method: str
    path: str
    status: int
    size: int
    referrer: str


@dataclass(frozen=True)
class Visit:
    """One visit with its truth. `entry` is the first page's path, `actor` person or a bot's
    name; `seconds` from first to last page view."""

    client: Client
    actor: str
    started: int
    ended: int
    entry: str
    status: int
    views: int
    goals: tuple[str, ...]
    hits: tuple[Hit, ...]
    arrival: Arrival | None = None

    @property
    def person(self) -> bool:
        """Whether somebody was there."""
        return self.actor == "person"


_VIEWS = {
    "link": 2.1,
    "search": 1.7,
    "direct": 2.3,
    "ai": 2.4,
    "social": 1.4,
    "email": 2.0,
    "ad": 1.6,
}
_GOALS = {"link": 0.05, "search": 0.025, "direct": 0.05, "ai": 0.05, "social": 0.01, "email": 0.04,
          "ad": 0.04}  # fmt: skip


class Crowd:
    """Turns arrivals into visits, in the order of time."""

    def __init__(self, seed: int, web: Web) -> None:
        self.web = web
        self.dice = chance(seed, "people")
        self.pages = web.site.of_kind("guide", "product", "tool", "journal", "home")
        rows = [line.split("\t") for line in lines("agents")]
        self.agents = [agent for _, _, agent in rows]
        self.agent_weights = [float(share) for share, _, _ in rows]
        self.recent: list[Client] = []

    def visits(self, arrivals: list[Arrival]) -> Iterator[Visit]:
        """A visit for each arrival, and for some of them the ones that follow it."""
        for arrival in arrivals:
            client = self._client()
            visit = self._visit(arrival, client, fresh=True)
            again = self._next(visit)
            if again is not None and again.when < visit.ended + HALF_AN_HOUR:
                visit = _cut(visit, again.when)
            yield visit
            if again is not None:
                yield self._visit(again, client, fresh=False)

    def _client(self) -> Client:
        """A new client, or now and then one that shares address and browser with another."""
        dice = self.dice
        if self.recent and dice.happens(0.006):
            return dice.choice(self.recent)
        agent = dice.weighted(self.agents, self.agent_weights)
        if dice.happens(0.2):
            words = ":".join(f"{dice.getrandbits(16):x}" for _ in range(6))
            client = Client(f"2001:db8:{words}", agent)
        else:
            number = dice.getrandbits(17)
            client = Client(f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}", agent)
        self.recent = [*self.recent[-30:], client]
        return client

    def _next(self, visit: Visit) -> Arrival | None:
        """The same person's next coming: after a pause, or at once from somewhere else."""
        dice, before = self.dice, visit.arrival
        if before is None or before.surge:
            return None
        roll = dice.random()
        if roll < 0.07:
            when = visit.ended + HALF_AN_HOUR + 60 + int(dice.wait(7_000))
        elif roll < 0.085 and before.kind not in ("search", "direct"):
            when = visit.started + dice.randint(200, 1_200)
        else:
            return None
        if when >= self.web.days * DAY - 60:
            return None
        told = engine(dice) if roll >= 0.07 or dice.happens(0.3) else ""
        kind, channel = ("search", "Organic Search") if told else ("direct", "Direct")
        path = dice.choice(self.pages).path
        return Arrival(when, kind, path, "", told, channel, "host" if told else "nothing")

    def _visit(self, arrival: Arrival, client: Client, *, fresh: bool) -> Visit:
        walk = Walk(self.web, self.dice, client, arrival, fresh=fresh)
        walk.enter()
        count = _count(self.dice, 1.25 if arrival.surge else _VIEWS[arrival.kind])
        walk.wander(self.pages, max(count, arrival.least))
        if walk.views and self.dice.happens(0.01 if arrival.surge else _GOALS[arrival.kind]):
            walk.reach_goal()
        return walk.visit()


def _count(dice: Chance, mean: float) -> int:
    """Pages seen, at least one, geometric."""
    count = 1
    while count < 25 and dice.happens(1 - 1 / mean):
        count += 1
    return count


def _cut(visit: Visit, when: int) -> Visit:
    """The visit as it stands when the same person comes in anew from elsewhere."""
    hits = tuple(hit for hit in visit.hits if hit.when < when)
    goals = tuple(sorted({hit.path for hit in hits if hit.path.endswith("/thanks/")}))
    return replace(visit, ended=hits[-1].when, hits=hits, goals=goals,
                   views=sum(_is_view(hit) for hit in hits))  # fmt: skip


def _is_view(hit: Hit) -> bool:
    return hit.status == 200 and hit.path.partition("?")[0].endswith("/")


class Walk:
    """One visit under way."""

    def __init__(
        self, web: Web, dice: Chance, client: Client, arrival: Arrival, *, fresh: bool
    ) -> None:
        self.web, self.dice, self.client, self.arrival = web, dice, client, arrival
        self.now = arrival.when
        self.hits: list[Hit] = []
        self.views = 0
        self.here = ""
        self.goals: set[str] = set()
        self.cached: set[str] = set() if fresh and not dice.happens(0.05) else set(FURNITURE)
        self.bare = dice.happens(0.008)
        self.entry, self.status = arrival.path, 404

    def enter(self) -> None:
        """Ask for the first page, through redirects."""
        arrival = self.arrival
        asked = arrival.path + (f"?{arrival.query}" if arrival.query else "")
        answer = self.web.site.answer(arrival.path, self.now / DAY)
        if answer.location:
            self._hit(asked, answer.status, 178, arrival.referrer)
            asked = answer.location
        page = self.web.site.answer(asked.partition("?")[0], self.now / DAY).page
        if page is None:
            self._hit(asked, 404, 2_310, arrival.referrer)
            self._furnish(None)
            self.entry, self.status = asked.partition("?")[0], 404
        else:
            self.entry, self.status = page.path, 200
            self._view(page, asked, arrival.referrer)

    def wander(self, pages: list[OwnPage], count: int) -> None:
        """See more pages by following our own links; who met a dead page mostly leaves."""
        if not self.views and not self.dice.happens(0.3):
            return
        while self.views < count:
            self._pause()
            self._view(self.dice.choice(pages), None, self._own())

    def reach_goal(self) -> None:
        """Subscribe, write to us, or order, some by way of a payment site."""
        goal = self.dice.weighted(("newsletter", "contact", "order"), (5, 2, 3))
        self._pause()
        before = "/cart/" if goal == "order" else f"/{goal}/"
        self._view(OwnPage(before, goal, goal), None, self._own())
        self._pause()
        paid = goal == "order" and self.dice.happens(0.5)
        referrer = "https://www.paypal.com/" if paid else self._own()
        self._view(OwnPage(f"/{goal}/thanks/", goal, goal), None, referrer)
        self.goals.add(f"/{goal}/thanks/")

    def visit(self) -> Visit:
        """The visit as it was."""
        return Visit(self.client, "person", self.hits[0].when, self.hits[-1].when, self.entry,
                     self.status, self.views, tuple(sorted(self.goals)), tuple(self.hits),
                     self.arrival)  # fmt: skip

    def _own(self) -> str:
        return f"https://{site.NAME}{self.here or self.entry}"

    def _pause(self) -> None:
        self.now += 2 + int(min(1_500.0, self.dice.spread(34, 1.1)))

    def _view(self, page: OwnPage, asked: str | None, referrer: str) -> None:
        self._hit(asked or page.path, 200, page.size, referrer)
        self.views += 1
        self.here = asked or page.path
        self._furnish(page)

    def _furnish(self, page: OwnPage | None) -> None:
        """Style, script and pictures that the browser does not hold yet."""
        if self.bare:
            return
        for path in (*FURNITURE, *(page.images if page else ())):
            if path not in self.cached:
                self.cached.add(path)
                self.now += self.dice.happens(0.3)
                self._hit(path, 200, 900 + crc32(path.encode()) % 60_000, self._own())

    def _hit(self, path: str, status: int, size: int, referrer: str) -> None:
        self.hits.append(Hit(self.now, self.client, "GET", path, status, size, referrer))


FURNITURE = ("/assets/site.css", "/assets/site.js", "/favicon.ico")
