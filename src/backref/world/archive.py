"""Crawls of the web: which pages each fetched, when, and what it got."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from backref.world import site, warc, wat
from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.world.links import Page, Web
    from backref.world.pages import Press

GONE = b"<!doctype html><html><head><title>Not found</title></head><body>Gone.</body></html>"
_OPEN = (0.04, 0.215, 0.39, 0.565, 0.74, 0.915)
_OPEN_FILES = ("open-archive-early", "open-archive-late")
_WATCH = (26, 12, 3.9, 2.2, 0.6)
_OWN_PAGE = """<!doctype html>
<html lang="en"><head><title>{title}</title><link rel="canonical" href="{url}"></head>
<body><nav><ul>{menu}</ul></nav><main><h1>{title}</h1></main></body></html>
"""


@dataclass(frozen=True)
class Crawl:
    """One crawl, kept in `file` with others. An open one takes all kinds of pages by their
    publishers' luck, the team's own nearly all pages that it watches. Times are days."""

    file: str
    name: str
    start: float
    hours: float
    own: bool

    def takes(self, page: Page) -> float:
        """The chance that it fetches a page."""
        return 0.93 * page.watched if self.own else page.publisher.kind.archived


@dataclass(frozen=True)
class Capture:
    """What a crawl got for one address; `page` is None for the site's own."""

    url: str
    when: float
    status: int
    body: bytes
    ip: str
    location: str = ""
    robots: str = ""
    page: Page | None = None


def crawls(days: int) -> list[Crawl]:
    """An open archive's crawls about once a month, and the team's own, closer to the end."""
    found = [
        Crawl(_OPEN_FILES[number > 3], f"open-crawl-{number:02d}", days * part, 60, own=False)
        for number, part in enumerate(_OPEN, 1)
    ]
    found += [
        Crawl("link-watch", f"link-watch-{number:02d}", days - back, 3, own=True)
        for number, back in enumerate(_WATCH, 1)
    ]
    return sorted(found, key=lambda crawl: crawl.start)


def captures(seed: int, web: Web, crawl: Crawl, press: Press) -> list[Capture]:
    """What the crawl saw, in the order of time."""
    dice = chance(seed, "crawl", crawl.name)
    found: list[Capture] = []
    for page in web.pages:
        lucky = dice.happens(crawl.takes(page))
        when = crawl.start + dice.random() * crawl.hours / 24
        if lucky and page.born <= when < web.days and (page.links or not crawl.own):
            found.append(_fetch(page, when, press))
    if not crawl.own:
        found += _own(web, crawl.start + crawl.hours / 24, dice)
    return sorted(found, key=lambda capture: (capture.when, capture.url))


def _fetch(page: Page, when: float, press: Press) -> Capture:
    ip = page.publisher.ip
    if when >= page.moved and page.moved_to is not None:
        return Capture(page.url, when, 301, b"", ip, page.moved_to.url, page=page)
    if when >= page.gone:
        return Capture(page.url, when, 404, GONE, ip, page=page)
    header = "noindex" if page.robots.startswith("noindex") and page.number % 2 else ""
    return Capture(page.url, when, 200, press.html(page, when), ip, "", header, page)


def _own(web: Web, when: float, dice: Chance) -> Iterator[Capture]:
    """The site itself, its old paths and its former domain."""
    home, former, ip = f"https://{site.NAME}", f"https://{site.WAS[0]}", site.ADDRESS
    for path in (*web.site.pages, *site.NEVER_WERE):
        answer = web.site.answer(path, when)
        if answer.page is not None:
            yield Capture(home + path, when, 200, _own_page(web, answer.page.title, path), ip)
        elif dice.happens(0.8):
            body, location = (b"", home + answer.location) if answer.location else (GONE, "")
            yield Capture(home + path, when, answer.status, body, ip, location)
    for old, new in web.site.former.items():
        yield Capture(former + old, when, 301, b"", ip, home + new)


def _own_page(web: Web, title: str, path: str) -> bytes:
    menu = "".join(f'<li><a href="{to}">{to}</a></li>' for to in list(web.site.pages)[:12])
    url = f"https://{site.NAME}{path}"
    return _OWN_PAGE.format(title=escape(title), url=url, menu=menu).encode()


def write(path: Path, web: Web, kept: list[tuple[Crawl, list[Capture]]]) -> None:
    """Crawls one after the other in one WARC file."""
    with path.open("wb") as stream:
        for crawl, found in kept:
            responses = (_response(web, capture) for capture in found)
            warc.write(stream, crawl.name, web.stamp(crawl.start), responses)


def write_wat(path: Path, web: Web, kept: list[tuple[Crawl, list[Capture]]]) -> None:
    """The same crawls as a WAT file tells them."""
    with path.open("wb") as stream:
        for crawl, found in kept:
            responses = (_response(web, capture) for capture in found)
            wat.write(stream, crawl.name, web.stamp(crawl.start), responses)


def _response(web: Web, capture: Capture) -> warc.Response:
    headers = [f"Location: {capture.location}"] if capture.location else []
    headers += [f"X-Robots-Tag: {capture.robots}"] if capture.robots else []
    at = web.stamp(capture.when)
    return warc.Response(capture.url, at, capture.ip, capture.status, tuple(headers), capture.body)
