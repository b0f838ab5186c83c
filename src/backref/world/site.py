"""The site that the world is about: its pages, moves, deaths and other domains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from backref.world.words import lines

NAME = "lumen-garden.example"
ALSO = ("lumengarten.example",)
WAS = ("glowroot.example",)
BRAND = ("lumen garden", "lumengarden", "lumengarten", "glowroot")
GOALS = ("/newsletter/thanks*", "/contact/thanks*", "/order/thanks*")
ADDRESS = "198.51.100.7"
REDESIGN, DISCONTINUED, CLEARED = 0.22, 0.52, 0.66
"""When, as parts of the world's time, old paths moved and two pages went for good."""


@dataclass(frozen=True)
class OwnPage:
    """One page of the site. `clicks` is what search brings on a plain day."""

    path: str
    kind: str
    title: str
    clicks: float = 0.0
    queries: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of its HTML."""
        return 9_000 + crc32(self.path.encode()) % 24_000

    @property
    def images(self) -> tuple[str, ...]:
        """Pictures that it shows, largest first."""
        slug = self.path.strip("/").replace("/", "-") or "home"
        return tuple(f"/img/{slug}-{number}.webp" for number in range(1, 2 + self.size % 2))


class Answer(NamedTuple):
    """What the site says to a request: a status, where it redirects, the page that it shows."""

    status: int
    location: str = ""
    page: OwnPage | None = None


@dataclass
class Site:
    """The site over time; times are days since the world's first."""

    pages: dict[str, OwnPage]
    moved: dict[str, tuple[float, str]] = field(default_factory=dict)
    gone: dict[str, float] = field(default_factory=dict)
    former: dict[str, str] = field(default_factory=dict)

    def answer(self, path: str, when: float) -> Answer:
        """What the main domain answers for a path at a time."""
        since, target = self.moved.get(path, (float("inf"), ""))
        if when >= since:
            return Answer(301, target)
        if when >= self.gone.get(path, float("inf")) or path not in self.pages:
            return Answer(404)
        return Answer(200, page=self.pages[path])

    def lasting(self, path: str) -> bool:
        """Whether a path shows a page for all of the world's time."""
        return path in self.pages and path not in self.moved and path not in self.gone

    def of_kind(self, *kinds: str) -> list[OwnPage]:
        """Its lasting pages of these kinds."""
        return [
            page for page in self.pages.values() if page.kind in kinds and self.lasting(page.path)
        ]


def build(days: int) -> Site:
    """The site as it was over `days` days."""
    pages = {page.path: page for page in map(_page, lines("site"))}
    for path, title in _PASSING.items():
        kind = path.strip("/").partition("/")[0].rstrip("s")
        pages[path] = OwnPage(path, kind, title, 0.5)
    return Site(
        pages,
        moved={old: (REDESIGN * days, new) for old, new in _MOVED.items()},
        gone={
            "/products/aurora-mini/": DISCONTINUED * days,
            "/journal/seed-chart/": CLEARED * days,
        },
        former=_FORMER,
    )


def _page(line: str) -> OwnPage:
    path, kind, title, clicks, queries = line.split("\t")
    return OwnPage(path, kind, title, float(clicks), tuple(queries.split("|")))


_MOVED = {
    "/guides/led-basics/": "/guides/grow-light-spectrum/",
    "/blog/windowsill-herbs/": "/guides/basil-all-winter/",
}
_PASSING = {
    "/guides/led-basics/": "LED basics for plants",
    "/blog/windowsill-herbs/": "Windowsill herbs that last",
    "/products/aurora-mini/": "Aurora Mini",
    "/journal/seed-chart/": "A seed chart to print",
}
_FORMER = {
    "/": "/",
    "/lamps/": "/products/",
    "/light-guide/": "/guides/grow-light-spectrum/",
    "/calculator/": "/tools/light-calculator/",
}
"""The former domain's paths and where on the site they lead."""

NEVER_WERE = ("/guides/basil-all-winter-long/", "/tool/light-calculator/")
"""Paths that others link to by mistake."""
GERMAN = ("/", "/ratgeber/pflanzenlampen/", "/ratgeber/kraeuter-im-winter/", "/lampen/")
"""Paths of the site's other domain."""


def former_path(path: str) -> str:
    """Where on the site a path of the former domain leads."""
    return _FORMER.get(path, "/")
