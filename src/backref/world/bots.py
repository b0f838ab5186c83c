"""Machines on the site: the honest, the masked and the hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from backref.world import site
from backref.world.arrivals import DAY
from backref.world.chance import Chance, chance
from backref.world.people import FURNITURE, HALF_AN_HOUR, Client, Hit, Visit
from backref.world.words import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backref.world.links import Web

OLD_CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{}.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADLESS = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "HeadlessChrome/131.0.0.0 Safari/537.36"
)


class Machines:
    """All bots' requests, by client."""

    def __init__(self, seed: int, web: Web, since: int, traffic: float) -> None:
        self.web, self.since, self.traffic, self.seed = web, since, traffic, seed
        self.paths = [*web.site.pages, *site.NEVER_WERE]
        self.hits: dict[tuple[str, Client], list[Hit]] = {}
        for name, run in _MASKED.items():
            dice = chance(seed, "bots", name)
            for day in range(since, web.days):
                run(self, dice, day)
        for line in lines("bots"):
            self._declared(line.split("\t"))
        self._previews_of_surge(chance(seed, "bots", "surge"))

    def ask(
        self, actor: str, client: Client, when: float, path: str, *, referrer: str = "",
        method: str = "GET",
    ) -> None:  # fmt: skip
        """One request of a bot; what falls outside the log's time is not kept."""
        second = int(when)
        if not self.since * DAY <= second < self.web.days * DAY:
            return
        answer = self.web.site.answer(path, second / DAY)
        if path in _SERVED or path.startswith(("/img/", "/assets/")):
            status, size = 200, 300 + crc32(path.encode()) % 40_000
        elif answer.page is not None:
            status, size = 200, answer.page.size
        else:
            status, size = answer.status, 178 if answer.location else 2_310
        size = 0 if method == "HEAD" else size
        hit = Hit(second, client, method, path, status, size, referrer)
        self.hits.setdefault((actor, client), []).append(hit)

    def _declared(self, row: list[str]) -> None:
        name, kind, rate, prefix, agent = row
        dice = chance(self.seed, "bots", name)
        homes = [Client(f"{prefix}{_last(name, n)}", agent) for n in range(4)]
        for day in range(self.since, self.web.days):
            start, left = day * DAY, dice.poisson(float(rate) * max(0.3, self.traffic))
            while left > 0:
                client, burst = (
                    dice.choice(homes),
                    min(left, dice.randint(*_BURSTS.get(kind, (1, 9)))),
                )
                when = start + dice.random() * (DAY - 900)
                if kind in ("search", "seo", "ai-training") and dice.happens(0.15):
                    self.ask(name, client, when - 1, "/robots.txt")
                for n in range(burst):
                    path = _wanted(kind, self.paths, dice)
                    method = "HEAD" if kind == "monitor" else "GET"
                    self.ask(name, client, when + n * dice.uniform(1.5, 20), path, method=method)
                left -= burst

    def _previews_of_surge(self, dice: Chance) -> None:
        """A link that goes round is unfurled by every network."""
        rows = [line.split("\t") for line in lines("bots")]
        agents = [
            (name, prefix, agent) for name, kind, _, prefix, agent in rows if kind == "preview"
        ]
        for link in self.web.links:
            if link.surge and link.landing_path:
                for _ in range(round(60 * self.traffic)):
                    name, prefix, agent = dice.choice(agents)
                    client = Client(f"{prefix}{dice.randint(1, 250)}", agent)
                    when = (link.surge[0] + dice.wait(0.7)) * DAY
                    self.ask(name, client, when, link.landing_path)

    def visits(self) -> Iterator[Visit]:
        """Their requests cut at half an hour of silence; runs without any page are left out."""
        for (actor, client), hits in self.hits.items():
            hits.sort(key=lambda hit: hit.when)
            run: list[Hit] = []
            for hit in hits:
                if run and hit.when - run[-1].when > HALF_AN_HOUR:
                    yield _as_visit(actor, client, run)
                    run = []
                run.append(hit)
            yield _as_visit(actor, client, run)


_SERVED = {"/robots.txt", "/feed.xml", "/sitemap.xml", "/favicon.ico"}
_BURSTS = {"monitor": (1, 1), "preview": (1, 1), "ai-user": (1, 2), "feed": (1, 1), "seo": (3, 14)}


def _last(name: str, number: int) -> int:
    """A host number that stays within the small ranges that operators publish."""
    return {"ccbot": 80, "oai-searchbot": 130, "perplexitybot": 98, "chatgpt-user": 194,
            "semrushbot": 130}.get(name, 20 + crc32(name.encode()) % 180) + number  # fmt: skip


def _wanted(kind: str, paths: list[str], dice: Chance) -> str:
    match kind:
        case "feed":
            return "/feed.xml"
        case "monitor":
            return "/"
        case "seo" | "search" if dice.happens(0.03):
            return "/sitemap.xml"
        case _:
            return dice.choice(paths)


def _as_visit(actor: str, client: Client, run: list[Hit]) -> Visit:
    pages = [hit for hit in run if hit.method == "GET" and _is_page(hit)]
    entry = pages[0].path if pages else ""
    status = pages[0].status if pages else 0
    views = sum(hit.status == 200 for hit in pages)
    return Visit(client, actor, run[0].when, run[-1].when, entry, status, views, (), tuple(run))


def _is_page(hit: Hit) -> bool:
    path = hit.path.partition("?")[0]
    return (
        hit.status in (200, 404)
        and path not in _SERVED
        and (path.endswith("/") or hit.status == 404)
    )


def _data_centre(dice: Chance) -> str:
    """An address of a large cloud, by its published range, or of a hoster that nobody lists."""
    if dice.happens(0.6):
        return f"104.131.{dice.randint(0, 63)}.{dice.randint(1, 254)}"
    return f"{dice.choice(('203.0.113', '198.51.100', '192.0.2'))}.{dice.randint(1, 254)}"


def _home(dice: Chance) -> str:
    """An address of the kind that people have: bots rent these."""
    return f"198.{dice.randint(18, 19)}.{dice.randint(0, 255)}.{dice.randint(1, 254)}"


def _fake_google(machines: Machines, dice: Chance, day: int) -> None:
    """Says Googlebot, from where Google has nothing."""
    for _ in range(dice.poisson(1.2 * machines.traffic)):
        client, when = Client(_data_centre(dice), GOOGLEBOT), _moment(dice, day)
        for n in range(dice.randint(2, 8)):
            machines.ask("fake-googlebot", client, when + 2 * n, dice.choice(machines.paths))


def _harvest(machines: Machines, dice: Chance, day: int) -> None:
    """A browser's agent, often from a rented home address, that reads pages fast and never a
    picture."""
    for _ in range(dice.poisson(9 * machines.traffic)):
        agent = OLD_CHROME.format(dice.choice((110, 117, 121, 126, 131, 138)))
        if dice.happens(0.4):
            agent = dice.choice(lines("agents")).split("\t")[2]
        address = _home(dice) if dice.happens(0.4) else _data_centre(dice)
        client, when = Client(address, agent), _moment(dice, day)
        for _ in range(1 if dice.happens(0.3) else dice.randint(3, 30)):
            machines.ask("harvester", client, when, dice.choice(machines.paths))
            when += dice.uniform(0.2, 2.5)


def _headless(machines: Machines, dice: Chance, day: int) -> None:
    """A headless browser that says so and loads everything."""
    for _ in range(dice.poisson(2 * machines.traffic)):
        client, when = Client(_data_centre(dice), HEADLESS), _moment(dice, day)
        _load(machines, "headless", client, when, dice.choice(machines.paths))


def _masked(machines: Machines, dice: Chance, day: int) -> None:
    """A browser driven by a script from a home address: a single glance, all files loaded.
    Nothing in a log tells it from a person."""
    for _ in range(dice.poisson(1.5 * machines.traffic)):
        agent = lines("agents")[5].split("\t")[2]
        _load(
            machines, "masked", Client(_home(dice), agent), _moment(dice, day), "/products/halo-60/"
        )


def _load(machines: Machines, actor: str, client: Client, when: float, path: str) -> None:
    machines.ask(actor, client, when, path)
    for part in FURNITURE:
        machines.ask(actor, client, when + 1, part, referrer=f"https://{site.NAME}{path}")


def _scan(machines: Machines, dice: Chance, day: int) -> None:
    """Looks for holes."""
    for _ in range(dice.poisson(5 * machines.traffic)):
        agent = dice.choice((OLD_CHROME.format(78), "Mozilla/5.0 zgrab/0.x", "-",
                             "Mozilla/5.0 (compatible; CensysInspect/1.1; +https://about.censys.io/)",
                             OLD_CHROME.format(114)))  # fmt: skip
        client, when = Client(_data_centre(dice), agent), _moment(dice, day)
        for n, path in enumerate(dice.some(lines("probes"), dice.randint(2, 12))):
            machines.ask("scanner", client, when + n * 0.7, path)


def _spam(machines: Machines, dice: Chance, day: int) -> None:
    """Asks for one page to leave an address in the log."""
    for _ in range(dice.poisson(6 * machines.traffic)):
        agent = OLD_CHROME.format(dice.choice((63, 87, 96, 103)))
        client = Client(_data_centre(dice), agent)
        where = dice.choice(lines("spam"))
        referrer = f"http://{where}/" if dice.happens(0.6) else f"https://{where}/offer/{day}"
        machines.ask("referrer-spam", client, _moment(dice, day), dice.choice(machines.paths[:6]),
                     referrer=referrer)  # fmt: skip


def _moment(dice: Chance, day: int) -> float:
    return day * DAY + dice.random() * (DAY - 200)


_MASKED: dict[str, Callable[[Machines, Chance, int], None]] = {
    "fake-googlebot": _fake_google,
    "harvester": _harvest,
    "headless": _headless,
    "masked": _masked,
    "scanner": _scan,
    "referrer-spam": _spam,
}
