"""The HTML of others' pages, in six styles of real sites, as it stood at a time."""

from __future__ import annotations

from functools import cached_property
from html import escape
from typing import TYPE_CHECKING
from zlib import crc32

from backref.world.chance import Chance, chance
from backref.world.words import fill, lines, paragraph

if TYPE_CHECKING:
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
        state = (page.number, *((link.number, link.rels(when)) for link in alive))
        if state not in self._done:
            self._done[state] = self._render(page, alive, when).encode()
        return self._done[state]

    def _render(self, page: Page, alive: list[Link], when: float) -> str:
        texts = self._texts.get(page.number)
        if texts is None:
            texts = self._texts[page.number] = Texts(chance(self.seed, "text", page.number), page)
            if page.publisher.farm:
                texts.elsewhere = self._siblings(page, chance(self.seed, "farm", page.number))
        slots: dict[str, list[str]] = {}
        for link in alive:
            slots.setdefault(link.place, []).append(anchor(link, when))
        body = _STYLES[page.publisher.kind.theme](page, texts, slots)
        return _head(page) + body + "\n</body>\n</html>\n"

    def _siblings(self, page: Page, dice: Chance) -> list[str]:
        farm = [
            publisher.origin
            for publisher in self.web.publishers
            if publisher.farm == page.publisher.farm and publisher is not page.publisher
        ]
        return dice.some(farm, 3)


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
        self.page = page

    @cached_property
    def menu(self) -> str:
        """Links to the publisher's own sections."""
        root = self.page.publisher.prefix
        names = ("Home", "Articles", "About", "Archive")
        return "".join(
            f'<li><a href="{root}/{name.lower() if name != "Home" else ""}">{name}</a></li>'
            for name in names
        )

    def article(self, links: list[str]) -> str:
        """The paragraphs, with a sentence around each link."""
        parts = list(self.paragraphs)
        for number, link in enumerate(links):
            lead = self.leads[number % len(self.leads)].format(link=link)
            parts[int(self.spot * len(parts) + number) % len(parts)] += " " + lead
        parts[0] += f' (<a href="{self.elsewhere[0]}" rel="noopener">background</a>)'
        return "\n".join(f"<p>{part}</p>" for part in parts)


def anchor(link: Link, when: float) -> str:
    """The `a` element."""
    rels = link.rels(when)
    rel = f' rel="{" ".join(rels)}"' if rels else ""
    blank = ' target="_blank"' if "noopener" in rels else ""
    text = escape(link.anchor)
    inner = f'<img src="/media/{link.number}.jpg" alt="{text}" width="320">' if link.image else text
    element = f'<a href="{escape(link.target)}"{rel}{blank}>{inner}</a>'
    return f'<div style="display:none">{element}</div>' if link.hidden else element


def _head(page: Page) -> str:
    publisher = page.publisher
    robots = f'<meta name="robots" content="{page.robots}">\n' if page.robots else ""
    base = f'<base href="{publisher.origin}">\n' if page.based else ""
    tag = publisher.analytics
    analytics = (
        f'<script async src="https://www.googletagmanager.com/gtag/js?id={tag}"></script>\n'
        if tag
        else ""
    )
    return f"""<!doctype html>
<html lang="{publisher.language}">
<head>
<meta charset="utf-8">
<title>{escape(page.title)} | {escape(publisher.name)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="author" content="{escape(page.byline)}">
<meta property="og:site_name" content="{escape(publisher.name)}">
{base}{robots}<link rel="canonical" href="{(page.copy_of or page).url}">
<link rel="stylesheet" href="/assets/{crc32(publisher.host.encode()):x}.css">
{analytics}<script type="application/ld+json">{{"@context":"https://schema.org","@type":"Article",\
"author":{{"@type":"Person","name":"{escape(page.byline)}"}}}}</script>
</head>
<body>
"""


def _items(links: list[str]) -> str:
    return "".join(f"<li>{link}</li>" for link in links)


def _said(texts: Texts, links: list[str]) -> list[tuple[str, str]]:
    """Comments, those with our links among them."""
    ours = [("guest", texts.leads[0].format(link=link)) for link in links]
    return [*texts.comments, *ours]


def _journal(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    return f"""<header><a href="/">{escape(page.publisher.name)}</a> {" ".join(slots.get("header", []))}</header>
<nav><ul>{texts.menu}{_items(slots.get("nav", []))}</ul></nav>
<main><article><h1>{escape(page.title)}</h1>
<p class="byline">By <a rel="author" href="/authors/{page.number % 24}">{escape(page.byline)}</a></p>
{texts.article(slots.get("content", []))}
</article>
<section class="author-bio"><p>{escape(page.byline)} writes about plants. {" ".join(slots.get("bio", []))}</p></section>
<section class="related"><h2>Read next</h2><ul><li><a href="/archive">More stories</a></li>{_items(slots.get("related", []))}</ul></section>
</main>
<aside><h2>Elsewhere</h2><ul><li><a href="{texts.elsewhere[1]}">A friend</a></li>{_items(slots.get("sidebar", []))}</ul></aside>
<footer><p>&copy; {escape(page.publisher.name)} <a href="/imprint">Imprint</a> {" ".join(slots.get("footer", []))}</p></footer>"""


def _press(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    comments = "".join(
        f'<li class="comment"><cite>{escape(who)}</cite><p>{what}</p></li>'
        for who, what in _said(texts, slots.get("comment", []))
    )
    return f"""<div id="page" class="site"><header id="masthead" class="site-header">
<p class="site-title"><a href="/" rel="home">{escape(page.publisher.name)}</a></p>{" ".join(slots.get("header", []))}
<nav class="main-navigation"><ul class="menu">{texts.menu}{_items(slots.get("nav", []))}</ul></nav></header>
<div id="content" class="site-content"><main id="main"><article class="post type-post">
<h1 class="entry-title">{escape(page.title)}</h1>
<div class="entry-content">
{texts.article(slots.get("content", []))}
</div>
<div class="author-bio"><p>About {escape(page.byline)}. {" ".join(slots.get("bio", []))}</p></div>
</article>
<div class="related-posts"><ul><li><a href="/archive/">Older posts</a></li>{_items(slots.get("related", []))}</ul></div>
<div id="comments" class="comments-area"><ol class="comment-list">{comments}</ol></div>
</main>
<aside id="secondary" class="widget-area"><section class="widget widget_links"><h2>Blogroll</h2><ul>\
<li><a href="{texts.elsewhere[1]}">A friend</a></li>{_items(slots.get("sidebar", []))}</ul></section></aside></div>
<footer id="colophon" class="site-footer"><p>Proudly growing. <a href="{texts.elsewhere[2]}">Share</a> {" ".join(slots.get("footer", []))}</p></footer></div>"""


def _forum(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    replies = "\n".join(
        f'<div class="comment reply" id="r{number}"><span class="author">{escape(who)}</span>'
        f'<div class="text">{what}</div></div>'
        for number, (who, what) in enumerate(_said(texts, slots.get("comment", [])))
    )
    return f"""<div class="top"><nav><ul>{texts.menu}</ul></nav></div>
<main id="thread"><h1>{escape(page.title)}</h1>
<div class="first-post">
{texts.article(slots.get("content", []))}
</div>
<div id="comments">
{replies}
</div></main>
<footer>Board rules apply. <a href="{texts.elsewhere[1]}">Share</a></footer>"""


def _classic(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    listed = _items(slots.get("content", []))
    return f"""<div id="head"><h2>{escape(page.publisher.name)}</h2></div>
<div id="nav" role="navigation"><ul>{texts.menu}{_items(slots.get("nav", []))}</ul></div>
<div id="main" role="main"><h1>{escape(page.title)}</h1>
<p>{texts.paragraphs[0]}</p>
<ul><li><a href="{texts.elsewhere[0]}">An overview</a></li>{listed}<li><a href="{texts.elsewhere[1]}">More</a></li></ul>
<p>{texts.paragraphs[1]}</p></div>
<div id="sidebar"><ul>{_items(slots.get("sidebar", []))}</ul></div>
<div id="footer" role="contentinfo"><p>Kept by {escape(page.byline)}. {" ".join(slots.get("footer", []))}</p></div>"""


def _wiki(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    notes = "".join(
        f'<li id="note-{number}"><span class="reference-text">{link}. Retrieved 2026.</span></li>'
        for number, link in enumerate(slots.get("content", []))
    )
    return f"""<div id="banner"><nav role="navigation"><ul>{texts.menu}</ul></nav></div>
<main id="bodyContent"><h1>{escape(page.title)}</h1>
{texts.article([])}
<h2>References</h2><ol class="references">{notes}</ol></main>
<footer id="foot" role="contentinfo">Text is free to share.</footer>"""


def _farm(page: Page, texts: Texts, slots: dict[str, list[str]]) -> str:
    ours = " | ".join(slots.get("content", []))
    return f"""<div class="wrap"><main><h1>{escape(page.title)}</h1>
<p>{texts.paragraphs[0]}</p><p>{ours}</p><p>{texts.paragraphs[1]}</p></main>
<div class="links">{" ".join(f'<a href="{url}">partner</a>' for url in texts.elsewhere)}</div></div>"""


_STYLES = {
    "journal": _journal,
    "press": _press,
    "forum": _forum,
    "classic": _classic,
    "wiki": _wiki,
    "farm": _farm,
}
