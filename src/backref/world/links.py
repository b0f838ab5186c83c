"""The pages of others and the links on them: births, changes, deaths, and what each brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING

from backref.world import publishers, site
from backref.world.chance import Chance, chance
from backref.world.words import by_kind, fill, lines, slug

if TYPE_CHECKING:
    from backref.world.publishers import Publisher
    from backref.world.site import OwnPage, Site


@dataclass(eq=False)
class Page:
    """One page of a publisher. Times are days since the world's first; `copy_of` is the page
    that it names as its canonical; `watched` ones the site's team looks at again and again. From
    when to when it is `noindexed`, and from when on it names another page as its canonical."""

    number: int
    publisher: Publisher
    path: str
    title: str
    byline: str
    born: float
    gone: float = inf
    moved: float = inf
    moved_to: Page | None = None
    robots: str = ""
    based: bool = False
    copy_of: Page | None = None
    watched: bool = False
    noindexed: tuple[float, float] = (inf, inf)
    canonicalised: tuple[float, str] = (inf, "")
    links: list[Link] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address."""
        return f"{self.publisher.scheme}://{self.publisher.host}{self.path}"

    @property
    def key(self) -> str:
        """Its name in the truth: host without `www.`, path without a closing slash."""
        return self.publisher.host.removeprefix("www.") + self.path.rstrip("/")

    def robots_at(self, when: float) -> str:
        """What it tells robots at that time."""
        since, until = self.noindexed
        return "noindex, follow" if since <= when < until else self.robots

    def canonical_at(self, when: float) -> str:
        """The address that it names as its own at that time."""
        since, other = self.canonicalised
        return other if when >= since else (self.copy_of or self).url

    def there(self, when: float) -> bool:
        """Whether it answers with itself at that time."""
        return self.born <= when < min(self.gone, self.moved)


@dataclass(eq=False)
class Link:
    """One link to the site. `clicks` is what a settled followed link brings a day; `tag` the
    campaign parameters in its target; `host` the domain of ours that it points to; `reworded` when
    its anchor became another."""

    number: int
    page: Page
    host: str
    path: str
    tag: dict[str, str]
    anchor: str
    image: bool
    rel: tuple[str, ...]
    place: str
    born: float
    died: float = inf
    cause: str = ""
    nofollow_from: float = inf
    acquired: str = "natural"
    clicks: float = 0.0
    surge: tuple[float, float] | None = None
    hidden: bool = False
    www: bool = False
    reworded: tuple[float, str] = (inf, "")
    flickers: bool = False

    @property
    def target(self) -> str:
        """The address as it stands in the page."""
        query = "&".join(f"{name}={value}" for name, value in self.tag.items())
        www = "www." if self.www else ""
        return f"https://{www}{self.host}{self.path}" + (f"?{query}" if query else "")

    @property
    def target_key(self) -> str:
        """The target's name in the truth."""
        return self.host + self.path.rstrip("/")

    @property
    def landing_path(self) -> str | None:
        """The path of the main domain that its visitors ask for; None on our other domain."""
        if self.host == site.NAME:
            return self.path
        return site.former_path(self.path) if self.host in site.WAS else None

    def alive(self, when: float) -> bool:
        """Whether it stands on its page at that time."""
        return self.born <= when < self.died

    def rels(self, when: float) -> tuple[str, ...]:
        """Its rel tokens at that time. One that flickers shows nofollow in one hour of eight."""
        flickered = self.flickers and int(when * 24) % 8 == self.number % 8
        if (flickered or when >= self.nofollow_from) and "nofollow" not in self.rel:
            return (*self.rel, "nofollow")
        return self.rel

    def anchor_at(self, when: float) -> str:
        """Its anchor at that time."""
        since, words = self.reworded
        return words if when >= since else self.anchor

    @property
    def followed(self) -> bool:
        """Whether it ever counted for search."""
        return not {"nofollow", "ugc", "sponsored"} & set(self.rel) and "nofollow" not in (
            self.page.robots
        )


@dataclass
class Web:
    """All publishers, pages and links."""

    first: date
    days: int
    site: Site
    publishers: list[Publisher]
    pages: list[Page]
    links: list[Link]

    def moment(self, when: float) -> datetime:
        """The UTC time of a number of days, to the second."""
        start = datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC)
        return start + timedelta(seconds=round(when * 86_400))

    def stamp(self, when: float) -> str:
        """The same as ISO 8601, empty for never."""
        return "" if when == inf else f"{self.moment(when):%Y-%m-%dT%H:%M:%SZ}"


def build(seed: int, first: date, days: int, count: int) -> Web:
    """The web around the site in the `days` days from `first` on."""
    web = Web(first, days, site.build(days), publishers.build(seed, count), [], [])
    for number, publisher in enumerate(web.publishers):
        _publish(web, publisher, chance(seed, "pages", number))
    _lose_lately(web, chance(seed, "losses"))
    _go_viral(web, chance(seed, "surge"))
    return web


def _publish(web: Web, publisher: Publisher, dice: Chance) -> None:
    """A publisher's pages: some with links to us, some without."""
    count = dice.randint(*publisher.kind.pages)
    linking = [_page(web, publisher, dice) for _ in range(count)]
    for _ in range(1 + count // 3):
        _page(web, publisher, dice)
    home = _target(web, publisher, dice)
    for page in linking:
        sitewide = len(linking) > 2 and page is not linking[0] and dice.happens(0.12)
        _link(web, page, home if sitewide else _target(web, publisher, dice), dice)
        if dice.happens(0.16):
            _link(web, page, _target(web, publisher, dice), dice)
    for page in linking:
        _end(web, page, dice)


def _page(web: Web, publisher: Publisher, dice: Chance) -> Page:
    title = fill(dice.choice(by_kind("titles").get(publisher.kind.name, _PLAIN)), dice)
    born = -dice.uniform(5, 500) if dice.happens(0.5) else dice.uniform(0, web.days * 0.97)
    page = Page(
        len(web.pages),
        publisher,
        _free_path(web, publisher, title, born, dice),
        title,
        dice.choice(lines("people")),
        born,
        robots=dice.weighted(("", "noindex, follow", "nofollow"), (0.95, 0.03, 0.02)),
        based=publisher.kind.theme == "classic" and dice.happens(0.2),
        watched=bool(publisher.kind.archived) and dice.happens(0.5),
    )
    web.pages.append(page)
    return page


_PLAIN = ("Notes on growing {plants}", "Lamps, timers and {plants}")


def _free_path(web: Web, publisher: Publisher, title: str, born: float, dice: Chance) -> str:
    """A path that no other page of the host has."""
    day = web.first + timedelta(days=born)
    path = _path(publisher, slug(title), day, len(web.pages), dice)
    taken = {page.path for page in web.pages if page.publisher.host == publisher.host}
    if path in taken:
        stem, dot, ending = path.rstrip("/").partition(".html")
        path = f"{stem}-{len(web.pages)}{dot}{ending}" + "/" * path.endswith("/")
    return path


def _path(publisher: Publisher, name: str, day: date, number: int, dice: Chance) -> str:
    folder = dice.choice(("resources", "pages", "links", "info"))
    shape = _SHAPES.get(publisher.host, _SHAPES.get(publisher.kind.name, "{prefix}/{name}/"))
    return shape.format(
        prefix=publisher.prefix, name=name, snake=name.replace("-", "_"), day=day,
        number=number, folder=folder,
    )  # fmt: skip


_SHAPES = {
    "www.reddit.com": "{prefix}/comments/1{number:04x}q/{snake}/",
    "social": "{prefix}/{name}",
    "forum": "/viewtopic/{number}-{name}/",
    "wiki": "/wiki/{snake}",
    "university": "/{folder}/{name}.html",
    "directory": "/{folder}/{name}.html",
    "club": "/{folder}/{name}.html",
    "members": "/{folder}/{name}.html",
    "news": "/{day:%Y/%m}/{name}",
    "magazine": "/{day:%Y/%m}/{name}",
}


def _target(web: Web, publisher: Publisher, dice: Chance) -> tuple[str, str]:
    """Which of our hosts and paths a publisher links to."""
    if publisher.language == "de":
        return site.ALSO[0], dice.choice(site.GERMAN)
    roll = dice.random()
    if roll < 0.06:
        return site.WAS[0], dice.choice(tuple(web.site.former))
    if roll < 0.10:
        return site.NAME, dice.choice((*web.site.moved, *web.site.gone))
    if roll < 0.13:
        return site.NAME, dice.choice(site.NEVER_WERE)
    if publisher.kind.name in ("university", "wiki", "news") and dice.happens(0.5):
        return site.NAME, dice.choice(web.site.of_kind("research", "tool")).path
    kinds = dice.weighted(
        (("home",), ("guide",), ("tool", "research"), ("product",), ("journal",)),
        (26, 40, 16, 10, 8),
    )
    return site.NAME, dice.choice(web.site.of_kind(*kinds)).path


def _link(web: Web, page: Page, target: tuple[str, str], dice: Chance) -> None:
    if any((link.host, link.path) == target for link in page.links):
        return
    kind = page.publisher.kind
    place = dice.weighted([name for name, _ in kind.places], [weight for _, weight in kind.places])
    rel = kind.rel.split() if kind.rel and dice.happens(kind.rel_share) else []
    if place == "comment" and not rel:
        rel = ["nofollow", "ugc"] if dice.happens(0.7) else ["ugc"]
    if kind.theme == "press" and dice.happens(0.5):
        rel += ["noopener", "noreferrer"] if dice.happens(0.25) else ["noopener"]
    on_birth = dice.happens(0.75)
    link = Link(
        len(web.links), page, *target, {}, _anchor(web, target, kind.name, dice),
        image=dice.happens(0.07), rel=tuple(rel), place=place,
        born=page.born if on_birth else page.born + dice.uniform(0, max(1.0, 0.9 * web.days)),
        nofollow_from=dice.uniform(0, web.days) if dice.happens(0.05) else inf,
        clicks=page.publisher.readers * dice.spread(1.0, 0.5) * _EYES[place],
        hidden=kind.name == "farm" and dice.happens(0.2), www=dice.happens(0.12),
    )  # fmt: skip
    if link.born < min(web.days, page.gone):
        page.links.append(link)
        web.links.append(link)


_EYES = {"content": 1.0, "bio": 0.25, "sidebar": 0.35, "related": 0.3, "comment": 0.9,
         "nav": 0.6, "header": 0.6, "footer": 0.1}  # fmt: skip


def _anchor(web: Web, target: tuple[str, str], kind: str, dice: Chance) -> str:
    if kind == "farm":
        return dice.choice(("cheap grow lights", "best plant lamps", "buy led grow light"))
    if kind == "german":
        return dice.choice(("Lumen Garten", "Pflanzenlampen", "dieser Ratgeber", "lumengarten"))
    own: OwnPage | None = web.site.pages.get(target[1])
    plain = ("Lumen Garden", f"https://{target[0]}{target[1]}", "here", "their guide", target[0])
    if own is None or dice.happens(0.35):
        return dice.weighted(plain, (5, 1, 1, 1, 2))
    topic = own.queries[0] if own.queries else own.title
    return dice.choice((own.title, topic, f"{topic} at Lumen Garden", f"this piece on {topic}"))


def _end(web: Web, page: Page, dice: Chance) -> None:
    """What befalls a page and its links: removal, rewriting, moving, being copied."""
    roll, when = dice.random(), dice.uniform(max(page.born, 0.0) + 5, web.days * 1.05)
    if page.publisher.kind.name == "social" or when >= web.days:
        return
    if roll < 0.08:
        for link in page.links:
            link.born = link.born if link.born < when else page.born
    if roll < 0.05:
        page.gone = when
        _kill(page.links, when, "page gone")
    elif roll < 0.08:
        _move(web, page, when)
    elif roll < 0.12 and page.links:
        _copy(web, page)
    else:
        for link in page.links:
            if dice.happens(0.13):
                _kill([link], dice.uniform(max(link.born, 0.0) + 3, web.days * 1.1), "removed")


def _kill(links: list[Link], when: float, cause: str) -> None:
    for link in links:
        if link.born < when < link.died:
            link.died, link.cause = when, cause


def _move(web: Web, page: Page, when: float) -> None:
    """The page moves by a permanent redirect and takes its links along."""
    number = len(web.pages)
    new = Page(number, page.publisher, page.path.rstrip("/") + f"-{number}/", page.title,
               page.byline, when)  # fmt: skip
    web.pages.append(new)
    page.moved, page.moved_to = when, new
    for link in [link for link in page.links if link.alive(when)]:
        _again(web, link, new, when)
    _kill(page.links, when, "moved")


def _copy(web: Web, page: Page) -> None:
    """A print version that names the page as its canonical."""
    path = page.path.rstrip("/") + "/print/"
    copy = Page(len(web.pages), page.publisher, path, page.title, page.byline, page.born + 1,
                copy_of=page)  # fmt: skip
    web.pages.append(copy)
    for link in list(page.links):
        again = _again(web, link, copy, max(link.born, copy.born))
        again.clicks = 0.0


def _again(web: Web, link: Link, page: Page, born: float) -> Link:
    again = Link(len(web.links), page, link.host, link.path, link.tag, link.anchor, link.image,
                 link.rel, link.place, born, clicks=link.clicks, acquired=link.acquired,
                 www=link.www)  # fmt: skip
    page.links.append(again)
    web.links.append(again)
    return again


def _lose_lately(web: Web, dice: Chance) -> None:
    """Three domains that send people lose their links in the world's last days."""
    by_publisher: dict[int, list[Link]] = {}
    for link in web.links:
        if link.alive(web.days) and link.page.copy_of is None:
            by_publisher.setdefault(id(link.page.publisher), []).append(link)
    few = [links for links in by_publisher.values() if len(links) <= 2 and _sends(web, links[0])]
    few.sort(key=lambda links: (-links[0].clicks, links[0].number))
    for links in few[:3]:
        links[0].clicks = max(links[0].clicks, dice.uniform(8, 15))
        when = web.days - dice.uniform(4.6, 6.5)
        for link in links:
            link.page.watched = True
            _kill([link], when, "removed")


def _sends(web: Web, link: Link) -> bool:
    """Whether it is an old link whose visitors can be told and land on a page."""
    publisher = link.page.publisher
    return (
        publisher.kind.name in ("magazine", "blog", "podcast", "club")
        and publisher.policy != "nothing"
        and "noreferrer" not in link.rel
        and link.born < web.days * 0.5
        and web.site.lasting(link.path)
    )


def _go_viral(web: Web, dice: Chance) -> None:
    """One fresh article with a link is passed around and sends a surge."""
    copied = {id(page.copy_of) for page in web.pages}
    ours = [link for link in web.links if _may_surge(web, link) and id(link.page) not in copied]
    if not ours:
        return
    link, start = dice.choice(ours), web.days * (1 - dice.uniform(0.10, 0.14))
    page = link.page
    page.path = f"/{web.moment(start):%Y/%m}/{page.path.rpartition('/')[2]}"
    link.born = page.born = start
    for other in page.links:
        other.born = max(other.born, start)
    link.clicks = max(link.clicks, 1.5)
    link.surge = (start + 0.15, start + 3.0)


def _may_surge(web: Web, link: Link) -> bool:
    """Whether it stays, is told of by browsers, and leads to a page that stays."""
    page = link.page
    return (
        page.publisher.kind.name in ("magazine", "news")
        and page.publisher.policy != "nothing"
        and page.copy_of is None
        and page.gone == page.moved == inf
        and all(other.died == inf for other in page.links)
        and "noreferrer" not in link.rel
        and link.host == site.NAME
        and web.site.lasting(link.path)
    )
