"""Pages that may carry a link, read from what a site tells of itself: robots.txt, sitemaps, feeds.

All of it is text of strangers: only so many bytes, entries and characters of each are read, and
nothing is expanded (https://www.sitemaps.org/protocol.html, RFC 4287, RSS 2.0).
"""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, NamedTuple

from backref import url as urls

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_ENTRIES = 20_000
_LONGEST = 2_048
_ENTRY = re.compile(rb"<(sitemap|url|item|entry)\b[^>]{0,2000}>(.{0,20000}?)</\1>", re.DOTALL)
_LOC = re.compile(
    rb"<(?:loc|link)\b[^>]{0,500}>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2048})", re.DOTALL
)
_HREF = re.compile(rb"<link\b[^>]{0,500}?href\s*=\s*[\"']([^\"'<>]{1,2048})", re.DOTALL)
_WHEN = re.compile(
    rb"<(?:lastmod|pubDate|published|updated|dc:date)\b[^>]{0,200}>\s*([^<]{4,60})", re.DOTALL
)
_SITEMAP_LINE = re.compile(rb"^\s*sitemap\s*:\s*(\S{1,2048})", re.IGNORECASE | re.MULTILINE)
_FEED = re.compile(
    rb"<link\b(?=[^>]{0,500}application/(?:rss|atom)\+xml)[^>]{0,500}?href\s*=\s*[\"']([^\"'<>]{1,2048})",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """A page or a further sitemap that a list names, and when it says that it changed."""

    url: str
    at: datetime | None
    is_list: bool


def sitemaps(robots: bytes, base: str) -> list[str]:
    """The sitemaps that a robots.txt names."""
    return _resolved(_SITEMAP_LINE.findall(robots), base)


def feeds(page: bytes, base: str) -> list[str]:
    """The feeds that a page names."""
    return _resolved(_FEED.findall(page), base)


def entries(text: bytes, base: str) -> Iterator[Entry]:
    """What a sitemap, a list of sitemaps or a feed lists, on the hosts of its own domain."""
    own = _domain(base)
    for number, (kind, inner) in enumerate(_ENTRY.findall(text)):
        if number >= MOST_ENTRIES:
            return
        found = _LOC.search(inner) or _HREF.search(inner)
        named = _resolved([found[1]], base) if found else []
        if named and _domain(named[0]) == own:
            said = _WHEN.search(inner)
            yield Entry(named[0], when(said[1]) if said else None, kind == b"sitemap")


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
