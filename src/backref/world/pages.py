"""The HTML of others' pages, in six styles of real sites, as it stood at a time."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from zlib import crc32

from backref.world.chance import Chance, chance
from backref.world.words import fill, lines, paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.world.links import Link, Page, Web

FAMILIAR = (
    "https://en.wikipedia.org/wiki/Grow_light",
    "https://www.rhs.org.uk/plants/types/houseplants",
    "https://www.youtube.com/results?search_query=grow+light",
    "https://twitter.com/intent/tweet",
    "https://www.facebook.com/sharer/sharer.php",
    "https://www.instagram.com/",
)
"""Where pages link to beside us."""
_PLACES = ("header", "nav", "bio", "related", "sidebar", "footer", "content", "comment")
_LISTS = {"nav", "related", "sidebar"}


class Press:
    """Renders pages; keeps each page's texts and finished HTML between captures."""

    def __init__(self, seed: int, web: Web) -> None:
        self.seed = seed
        self.web = web
        self._texts: dict[int, Texts] = {}
        self._done: dict[tuple[object, ...], bytes] = {}

    def html(self, page: Page, when: float) -> bytes:
        """The page's HTML at a time (days)."""
        alive = [link for link in page.links if link.alive(when)]
        shown = ((link.number, link.rels(when), link.anchor_at(when)) for link in alive)
        state = (page.number, page.robots_at(when), page.canonical_at(when), *shown)
        if state not in self._done:
            self._done[state] = self._render(page, alive, when).encode()
        return self._done[state]

    def _render(self, page: Page, alive: list[Link], when: float) -> str:
        slots: dict[str, list[str]] = {place: [] for place in _PLACES}
        for link in alive:
            slots[link.place].append(anchor(link, when))
        values = {
            place: items(links) if place in _LISTS else " ".join(links)
            for place, links in slots.items()
        }
        values |= _facts(page, when) | self._texts_of(page).around(slots)
        style = style_of(page.publisher.kind.theme)
        return style_of("head").substitute(values) + style.substitute(values) + "</body>\n</html>\n"

    def _texts_of(self, page: Page) -> Texts:
        if page.number not in self._texts:
            texts = Texts(chance(self.seed, "text", page.number), page)
            if page.publisher.farm:
                texts.elsewhere = self._siblings(page, chance(self.seed, "farm", page.number))
            self._texts[page.number] = texts
        return self._texts[page.number]

    def _siblings(self, page: Page, dice: Chance) -> list[str]:
        """Three other domains of a page's farm."""
        farm = [
            publisher.origin
            for publisher in self.web.publishers
            if publisher.farm == page.publisher.farm and publisher is not page.publisher
        ]
        return dice.some(farm, 3)


@cache
def style_of(name: str) -> Template:
    """A style's template; `$name` stands for what a page fills in."""
    path = files("backref.world") / "styles" / f"{name}.html"
    return Template(path.read_text(encoding="utf-8"))


class Texts:
    """What a page says beside its links; the same at every capture."""

    def __init__(self, dice: Chance, page: Page) -> None:
        self.paragraphs = [paragraph(dice) for _ in range(dice.randint(3, 6))]
        self.leads = [fill(text, dice) for text in dice.some(lines("leads"), 4)]
        self.comments = [
            (dice.choice(lines("people")), fill(dice.choice(lines("comments")), dice))
            for _ in range(dice.randint(1, 4))
        ]
        self.elsewhere = dice.some(FAMILIAR, 3)
        self.spot = dice.random()
        root = page.publisher.prefix
        self.menu = items(
            f'<a href="{root}/{name.lower() if name != "Home" else ""}">{name}</a>'
            for name in ("Home", "Articles", "About", "Archive")
        )

    def around(self, slots: dict[str, list[str]]) -> dict[str, str]:
        """All that a template may ask for that is text, with the links of `slots` in it."""
        first, second, third = self.elsewhere
        return {
            "menu": self.menu,
            "article": self._article(slots["content"]),
            "listed": items(slots["content"]),
            "comments": self._comments(slots["comment"]),
            "opening": self.paragraphs[0],
            "closing": self.paragraphs[1],
            "first": first,
            "second": second,
            "third": third,
        }

    def _article(self, links: list[str]) -> str:
        """The paragraphs, with a sentence around each link."""
        parts = list(self.paragraphs)
        for number, link in enumerate(links):
            lead = self.leads[number % len(self.leads)].format(link=link)
            parts[(int(self.spot * len(parts)) + number) % len(parts)] += " " + lead
        parts[0] += f' (<a href="{self.elsewhere[0]}" rel="noopener">background</a>)'
        return "\n".join(f"<p>{part}</p>" for part in parts)

    def _comments(self, links: list[str]) -> str:
        """What people said below, those who link to us among them."""
        said = [*self.comments, *(("guest", self.leads[0].format(link=link)) for link in links)]
        return "\n".join(
            f'<li class="comment"><cite>{escape(who)}</cite><p>{what}</p></li>'
            for who, what in said
        )


def items(parts: Iterable[str]) -> str:
    """List items."""
    return "".join(f"<li>{part}</li>" for part in parts)


def anchor(link: Link, when: float) -> str:
    """The `a` element."""
    rels = link.rels(when)
    rel = f' rel="{" ".join(rels)}"' if rels else ""
    blank = ' target="_blank"' if "noopener" in rels else ""
    text = escape(link.anchor_at(when))
    inner = f'<img src="/media/{link.number}.jpg" alt="{text}" width="320">' if link.image else text
    element = f'<a href="{escape(link.target)}"{rel}{blank}>{inner}</a>'
    return f'<div style="display:none">{element}</div>' if link.hidden else element


def _facts(page: Page, when: float) -> dict[str, str]:
    publisher, robots = page.publisher, page.robots_at(when)
    extra = f'<base href="{publisher.origin}">\n' if page.based else ""
    extra += f'<meta name="robots" content="{robots}">\n' if robots else ""
    if publisher.analytics:
        tag = f"https://www.googletagmanager.com/gtag/js?id={publisher.analytics}"
        extra += f'<script async src="{tag}"></script>\n'
    return {
        "language": publisher.language,
        "title": escape(page.title),
        "name": escape(publisher.name),
        "byline": escape(page.byline),
        "author": str(page.number % 24),
        "canonical": page.canonical_at(when),
        "sheet": f"{crc32(publisher.host.encode()):x}",
        "extra": extra,
    }
