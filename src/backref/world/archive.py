"""Crawls of the web, written as WARC files: one gzip member a record."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from html import escape
from typing import TYPE_CHECKING
from uuid import UUID

from backref.world import site
from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.world.links import Page, Web
    from backref.world.pages import Press

NOT_FOUND = b"<!doctype html><html><head><title>Not found</title></head><body>Gone.</body></html>"


@dataclass(frozen=True)
class Crawl:
    """One crawl. `whole` crawls take all kinds of pages by their publishers' luck, the others
    only pages that once linked to us; `reach` scales how many; times are days."""

    name: str
    start: float
    hours: float
    whole: bool
    reach: float


@dataclass(frozen=True)
class Capture:
    """What a crawl got for one address."""

    url: str
    when: float
    status: int
    body: bytes = b""
    location: str = ""
    ip: str = ""
    page: Page | None = None
    robots: str = ""


def crawls(days: int) -> list[Crawl]:
    """An open archive's monthly crawls, and the team's own, closer towards the end."""
    open_archive = [Crawl(f"open-crawl-{n + 1:02d}", days * (0.04 + 0.175 * n), 60, True, 1.0)
                    for n in range(6)]  # fmt: skip
    own = [Crawl(f"link-watch-{n + 1:02d}", days - back, 3, False, 0.75)
           for n, back in enumerate((40, 26, 12, 5.5, 3.9, 2.2, 0.6)) if back < days * 0.4]  # fmt: skip
    return sorted([*open_archive, *own], key=lambda crawl: crawl.start)


def captures(seed: int, web: Web, crawl: Crawl, press: Press) -> list[Capture]:
    """What the crawl saw, in the order of time."""
    dice = chance(seed, "crawl", crawl.name)
    found: list[Capture] = []
    for page in web.pages:
        reach = page.publisher.kind.archived * crawl.reach
        when = crawl.start + dice.random() * crawl.hours / 24
        if dice.happens(reach) and page.born <= when < web.days and (crawl.whole or page.links):
            found += _visit(page, when, press)
    if crawl.whole:
        found += _own(web, crawl.start + crawl.hours / 24, dice)
    return sorted(found, key=lambda capture: (capture.when, capture.url))


def _visit(page: Page, when: float, press: Press) -> Iterator[Capture]:
    ip = page.publisher.ip
    if when >= page.moved and page.moved_to is not None:
        yield Capture(page.url, when, 301, location=page.moved_to.url, ip=ip, page=page)
    elif when >= page.gone:
        yield Capture(page.url, when, 404, NOT_FOUND, ip=ip, page=page)
    else:
        header = "noindex" if page.robots.startswith("noindex") and page.number % 2 else ""
        yield Capture(page.url, when, 200, press.html(page, when), "", ip, page, header)


def _own(web: Web, when: float, dice: Chance) -> Iterator[Capture]:
    """The site itself, its old paths and its former domain."""
    if when >= web.days:
        return
    paths = [*web.site.pages, *site.NEVER_WERE]
    for number, path in enumerate(paths):
        at = when + number * 3e-5
        url = f"https://{site.NAME}{path}"
        answer = web.site.answer(path, at)
        if answer.page is not None:
            menu = "".join(f'<li><a href="{to}">{to}</a></li>' for to in list(web.site.pages)[:12])
            body = (f"<!doctype html><html lang='en'><head><title>{escape(answer.page.title)}</title>"
                    f'<link rel="canonical" href="{url}"></head><body><nav><ul>{menu}</ul></nav>'
                    f"<main><h1>{escape(answer.page.title)}</h1></main></body></html>")  # fmt: skip
            yield Capture(url, at, 200, body.encode(), ip=site.ADDRESS)
        elif dice.happens(0.8):
            where = f"https://{site.NAME}{answer.location}" if answer.location else ""
            yield Capture(url, at, answer.status, NOT_FOUND, where, site.ADDRESS)
    for old, new in web.site.former.items():
        yield Capture(f"https://{site.WAS[0]}{old}", when, 301, b"",
                      f"https://{site.NAME}{new}", site.ADDRESS)  # fmt: skip


def write(path: Path, web: Web, crawl: Crawl, found: list[Capture]) -> None:
    """The crawl as a WARC file."""
    dice = Chance(f"{crawl.name}/{len(found)}")
    with path.open("wb") as stream:
        about = (
            f"software: simulated-web\r\nformat: WARC File Format 1.1\r\nisPartOf: {crawl.name}\r\n"
        )
        stream.write(_record(dice, "warcinfo", path.name, _instant(web, crawl.start),
                             "application/warc-fields", about.encode()))  # fmt: skip
        for capture in found:
            stream.write(_record(dice, "response", capture.url, _instant(web, capture.when),
                                 "application/http;msgtype=response", _http(capture), capture))  # fmt: skip


def _instant(web: Web, when: float) -> str:
    start = datetime(web.first.year, web.first.month, web.first.day, tzinfo=UTC)
    return f"{start + timedelta(seconds=int(when * 86_400)):%Y-%m-%dT%H:%M:%SZ}"


def _http(capture: Capture) -> bytes:
    reason = {200: "OK", 301: "Moved Permanently", 404: "Not Found"}[capture.status]
    location = f"Location: {capture.location}\r\n" if capture.location else ""
    robots = f"X-Robots-Tag: {capture.robots}\r\n" if capture.robots else ""
    head = (f"HTTP/1.1 {capture.status} {reason}\r\nServer: nginx\r\n"
            f"Content-Type: text/html; charset=utf-8\r\n{location}{robots}"
            f"Content-Length: {len(capture.body)}\r\n\r\n")  # fmt: skip
    return head.encode() + capture.body


def _record(
    dice: Chance, kind: str, subject: str, instant: str, mime: str, block: bytes,
    capture: Capture | None = None,
) -> bytes:  # fmt: skip
    about = f"WARC-Filename: {subject}\r\n"
    if capture is not None:
        digest = base64.b32encode(sha1(capture.body, usedforsecurity=False).digest()).decode()
        about = (f"WARC-Target-URI: {subject}\r\nWARC-IP-Address: {capture.ip}\r\n"
                 f"WARC-Payload-Digest: sha1:{digest}\r\n")  # fmt: skip
    head = (f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{UUID(int=dice.getrandbits(128))}>\r\n"
            f"WARC-Date: {instant}\r\n{about}Content-Type: {mime}\r\n"
            f"Content-Length: {len(block)}\r\n\r\n")  # fmt: skip
    return gzip.compress(head.encode() + block + b"\r\n\r\n", compresslevel=4, mtime=0)
