"""How the servers of the web answer: with pages, walls, silence, and now and then with rubbish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from backref.world import site
from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from backref.world.links import Page, Web
    from backref.world.pages import Press

HTML = ("Content-Type", "text/html; charset=utf-8")
MOST_HOPS = 10
GONE = b"<!doctype html><html><head><title>Not found</title></head><body>Gone.</body></html>"


@dataclass(frozen=True)
class Reply:
    """What came of a request: `outcome` is answered, timeout, connect or robots. `hops` are the
    redirects that were followed, as (url, status, location)."""

    outcome: str
    url: str
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = (HTML,)
    body: bytes = b""
    hops: tuple[tuple[str, int, str], ...] = ()
    ip: str = ""


class Trouble(NamedTuple):
    """What a server does to everybody for a while."""

    kind: str
    since: float
    until: float


LONG = {"challenge": 5, "limited": 3, "down": 3, "puzzle": 2, "shell": 1, "silence": 3,
        "robots": 2, "login": 2, "flaky": 8, "stranger": 0.5}  # fmt: skip
"""Troubles of days or weeks, and how usual each is."""
SHORT = {"deploy": 3, "bare": 2, "down": 5}
"""Troubles of hours, less than a day: every page is missing, or empty, or the server is down."""
_STRANGER = (
    "<title>Welcome</title><body><p>Before you read on, tell us that you agree to what we do with "
    "all that we learn of you and of whoever reads this page beside you, here and elsewhere, "
    "today and later.</p><a href='/privacy'>More</a></body>"
)
"""A wall that nobody has met before."""
_WALLS: dict[str, tuple[int, tuple[tuple[str, str], ...], str]] = {
    "challenge": (403, (("cf-mitigated", "challenge"),), "<title>Just a moment...</title>"),
    "limited": (429, (("Retry-After", "3600"),), "<title>Too many requests</title>"),
    "down": (503, (), "<title>Service unavailable</title>"),
    "puzzle": (202, (("x-amzn-waf-action", "challenge"),), "<title></title>"),
    "shell": (200, (), '<title>App</title><body><div id="root"></div></body>'),
    "deploy": (404, (), "<title>Not found</title><body>Nothing here.</body>"),
    "bare": (200, (), "<title>Back soon</title><body><p>We are working on it.</p></body>"),
    "stranger": (
        200,
        (),
        _STRANGER,
    ),
}


class Servers:
    """All servers of a web, asked at any time; the same question has the same answer."""

    def __init__(self, seed: int, web: Web, press: Press, since: float) -> None:
        self.web, self.press, self.seed = web, press, seed
        self._pages = {page.url: page for page in web.pages}
        self.troubles = {
            publisher.host: _troubles(chance(seed, "troubles", publisher.host), since, web.days)
            for publisher in web.publishers
        }

    def reply(self, url: str, when: float) -> Reply:
        """What comes of asking for a URL at a time, redirects followed."""
        hops: list[tuple[str, int, str]] = []
        asked = url
        while len(hops) < MOST_HOPS:
            found = self._one(asked, when)
            location = dict(found.headers).get("Location")
            if location is None or found.status is None:
                return Reply(found.outcome, asked, found.status, found.headers, found.body,
                             tuple(hops), found.ip)  # fmt: skip
            hops.append((asked, found.status, location))
            asked = location
        return Reply("timeout", asked, hops=tuple(hops))

    def _one(self, url: str, when: float) -> Reply:
        page = self._pages.get(url)
        if page is None:
            return self._ours(url, when)
        trouble = self._trouble(page, when)
        if trouble == "flaky":
            trouble = self._hiccup(page, when)
        if trouble in ("silence", "robots"):
            return Reply("timeout" if trouble == "silence" else trouble, url)
        if trouble == "login":
            login = page.publisher.origin + "login"
            return Reply("answered", url, 302, (HTML, ("Location", login)))
        if trouble:
            return _wall(trouble, url, page.publisher.ip)
        return self._page(page, when)

    def _page(self, page: Page, when: float) -> Reply:
        ip = page.publisher.ip
        if when >= page.moved and page.moved_to is not None:
            return Reply("answered", page.url, 301, (HTML, ("Location", page.moved_to.url)), ip=ip)
        if when >= page.gone:
            return Reply("answered", page.url, 404, body=GONE, ip=ip)
        return Reply("answered", page.url, 200, body=self.press.html(page, when), ip=ip)

    def _ours(self, url: str, when: float) -> Reply:
        """The site's own hosts; what else there is asks for a login."""
        _, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        host, path = host.removeprefix("www."), (slash + path).partition("?")[0] or "/"
        if host in site.WAS:
            home = f"https://{site.NAME}{site.former_path(path)}"
            return Reply("answered", url, 301, (HTML, ("Location", home)), ip=site.ADDRESS)
        if host == site.NAME:
            answer = self.web.site.answer(path, when)
            if answer.location:
                to = f"https://{site.NAME}{answer.location}"
                return Reply("answered", url, 301, (HTML, ("Location", to)), ip=site.ADDRESS)
            return Reply("answered", url, answer.status, body=GONE, ip=site.ADDRESS)
        body = b"<title>Log in</title><body>Who are you?</body>"
        return Reply("answered", url, 200, body=body, ip=site.ADDRESS)

    def _trouble(self, page: Page, when: float) -> str:
        held = self.troubles[page.publisher.host]
        return next((one.kind for one in held if one.since <= when < one.until), "")

    def _hiccup(self, page: Page, when: float) -> str:
        """A flaky server fails every fourth time that it is asked."""
        dice = chance(self.seed, "hiccup", page.number, int(when * 24))
        return dice.choice(("down", "silence", "limited")) if dice.happens(0.25) else ""


def _wall(kind: str, url: str, ip: str) -> Reply:
    status, headers, markup = _WALLS[kind]
    body = f"<!doctype html><html><head>{markup}</html>".encode()
    return Reply("answered", url, status, (HTML, *headers), body, ip=ip)


def _troubles(dice: Chance, since: float, until: float) -> list[Trouble]:
    """The troubles of one server: of a quarter of them long ones, of a tenth some short ones."""
    found = []
    if dice.happens(0.25):
        kind = dice.weighted(list(LONG), list(LONG.values()))
        start = dice.uniform(since + 1, until)
        found.append(Trouble(kind, start, start + dice.uniform(4, 45)))
    if dice.happens(0.1):
        for _ in range(3):
            kind = dice.weighted(list(SHORT), list(SHORT.values()))
            start = dice.uniform(since + 1, until)
            found.append(Trouble(kind, start, start + dice.uniform(2, 20) / 24))
    return found
