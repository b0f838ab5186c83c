"""Pages that may carry a link, read from what a site tells of itself: robots.txt, sitemaps, feeds.

All of it is text of strangers: only so many bytes, entries and characters of each are read, and
nothing is expanded (https://www.sitemaps.org/protocol.html, RFC 4287, RSS 2.0).
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from backref import url as urls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ENTRIES = 20_000
_LONGEST = 2_048
_LONGEST_TAG = 2_000
_LONGEST_ENTRY = 20_000
_NAME_ENDS = b" \t\r\n/>"
_ENTRY = re.compile(rb"<(sitemap|url|item|entry)[ \t\r\n/>]")
_ADDRESS, _DATE = ("loc", "link"), ("lastmod", "pubDate", "published", "updated", "dc:date")
_HREF = re.compile(rb"\bhref[ \t]*=[ \t]*[\"']([^\"'<>]{1,2048})", re.IGNORECASE)
_SITEMAP_LINE = re.compile(rb"[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2048})", re.IGNORECASE)
_FEED = re.compile(rb"application/(?:rss|atom)\+xml", re.IGNORECASE)
_LINK = re.compile(rb"<link[ \t\r\n/>]", re.IGNORECASE)


class Entry(NamedTuple):
    """A page or a further sitemap that a list names, and when it says that it changed."""

    url: str
    at: datetime | None
    is_list: bool


def sitemaps(robots: bytes, base: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    lines = (_SITEMAP_LINE.match(line) for line in robots.splitlines())
    return _resolved(islice((line[1] for line in lines if line), MOST_ENTRIES), base)


def feeds(page: bytes, base: str) -> list[str]:
    """The feeds that a page names."""
    tags = (tag for tag, _ in _tags(page, _LINK) if _FEED.search(tag))
    named = (_HREF.search(tag) for tag in tags)
    return _resolved(islice((href[1] for href in named if href), MOST_ENTRIES), base)


def entries(text: bytes, base: str) -> Iterator[Entry]:
    """What a sitemap, a list of sitemaps or a feed lists, on the hosts of its own domain."""
    own = _domain(base)
    for kind, inner in islice(_inner(text), MOST_ENTRIES):
        found = _address(inner)
        named = _resolved([found], base) if found else []
        if named and _domain(named[0]) == own:
            said = _content(inner, _DATE)
            yield Entry(named[0], when(said[:60]) if said else None, kind == b"sitemap")


def _inner(text: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each entry's kind and what stands between its tags; one that is too long is left out. The
    end of each kind is sought once from wherever the last was found."""
    at, ends = 0, dict.fromkeys((b"sitemap", b"url", b"item", b"entry"), 0)
    while found := _ENTRY.search(text, at):
        kind, begin = found[1], found.end() - 1
        at = found.end()
        if ends[kind] < begin:
            end = text.find(b"</" + kind + b">", begin)
            ends[kind] = end if end >= 0 else len(text) + _LONGEST_ENTRY
        opened = text.find(b">", begin, begin + _LONGEST_TAG)
        if 0 <= opened < ends[kind] <= opened + _LONGEST_ENTRY and ends[kind] < len(text):
            yield kind, text[opened + 1 : ends[kind]]
            at = ends[kind]


def _tags(text: bytes, opening: re.Pattern[bytes]) -> Iterator[tuple[bytes, int]]:
    """The opening tags of a text and where each ends."""
    at = 0
    while found := opening.search(text, at):
        begin = found.end() - 1
        end = text.find(b">", begin, begin + _LONGEST_TAG)
        at = end if end >= 0 else begin + _LONGEST_TAG
        if end >= 0:
            yield text[begin:end], end


def _address(entry: bytes) -> bytes:
    """The URL of an entry: the content of its `loc` or `link`, or what a `link` refers to."""
    named = _content(entry, _ADDRESS)
    if named:
        return named
    hrefs = (_HREF.search(tag) for tag, _ in _tags(entry, _LINK))
    return next((href[1] for href in hrefs if href), b"")


def _content(entry: bytes, names: Iterable[str]) -> bytes:
    """What stands in the first element of such a name, without blanks and CDATA marks; at most
    2,048 bytes."""
    for name in names:
        at = entry.find(b"<" + name.encode())
        after = at + 1 + len(name)
        if at < 0 or entry[after : after + 1] not in {bytes((each,)) for each in _NAME_ENDS}:
            continue
        opened = entry.find(b">", after)
        if opened < 0 or entry[opened - 1 : opened] == b"/":
            continue
        inner = entry[opened + 1 :].lstrip().removeprefix(b"<![CDATA[").lstrip()
        if said := re.split(rb"[<\]]", inner[:_LONGEST], maxsplit=1)[0].strip():
            return said
    return b""


def when(said: bytes) -> datetime | None:
    """A date of a sitemap or feed; None for what is none."""
    text = said.decode("ascii", "replace").strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        try:
            at = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def nearest(found: Iterable[Entry], first_visit: datetime, most: int) -> list[str]:
    """The entries whose time is nearest to the first visit, each once; undated ones last."""
    times: dict[str, float] = {}
    for entry in found:
        away = abs((entry.at - first_visit).total_seconds()) if entry.at else float("inf")
        times[entry.url] = min(away, times.get(entry.url, away))
    return sorted(times, key=lambda url: (times[url], url))[:most]


def _resolved(named: Iterable[bytes], base: str) -> list[str]:
    found = []
    for each in named:
        parsed = urls.parse(html.unescape(each.decode("utf-8", "replace")), base)
        if parsed is not None and len(parsed.href) <= _LONGEST:
            found.append(parsed.href)
    return list(dict.fromkeys(found))


def _domain(text: str) -> str:
    parsed = urls.parse(text)
    return urls.registrable_domain(parsed.host) if parsed else ""
