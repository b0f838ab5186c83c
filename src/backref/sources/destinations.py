"""Where links lead: hrefs resolved against a page's base, most of them without parsing.

Two links in three lead to the page's own host by a relative reference, and most of the others
repeat from page to page. A relative reference is told by its first characters and needs no
parsing to be counted as internal; an absolute one is parsed once and remembered.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from backref import url
from backref.url import Url  # noqa: TC001 a field's type

LONGEST_HREF = 8_192
"""A longer href is no link that anybody could follow."""
MOST_KNOWN = 32_768
_LONGEST_KNOWN = 512

RELATIVE = re.compile(r"(?:[#?]|/(?![/\\])|[^\x00-\x20:/\\?#]+(?:[/?#]|\Z))[^\t\r\n\\]*\Z|\Z")
"""What surely is on its base's own host."""
_ABSOLUTE = re.compile(r"[hH][tT][tT][pP][sS]?://")
_NEVER = re.compile(r"(?:javascript|mailto|tel|data|sms|whatsapp|about|blob):", re.IGNORECASE)
_EDGES = "".join(map(chr, range(33)))
"""What the URL standard takes off both ends."""


class Destination(NamedTuple):
    """An http(s) target and its registrable domain."""

    target: Url
    domain: str


class Reference(Enum):
    """An href that means something only together with a base."""

    RELATIVE = 1
    """Surely on the base's own host."""
    DEPENDENT = 2
    """Perhaps on another host, perhaps no http(s) link at all."""


Kind = Destination | Reference | None


class Known(dict[str, Kind]):
    """What an href is, whatever the page: a Destination, a Reference, or None for what is no
    http(s) link. Forgets everything when it has grown too large."""

    def __missing__(self, href: str) -> Kind:
        kind = _kind(href)
        if len(href) <= _LONGEST_KNOWN:
            if len(self) >= MOST_KNOWN:
                self.clear()
            self[href] = kind
        return kind


def _kind(href: str) -> Kind:
    is_short = len(href) <= LONGEST_HREF
    if is_short and _ABSOLUTE.match(href):
        return destination(url.parse(href))
    if RELATIVE.match(href):
        return Reference.RELATIVE
    if not is_short:
        return None
    text = href.strip(_EDGES)
    if _ABSOLUTE.match(text):
        return destination(url.parse(text))
    return None if _NEVER.match(text) else Reference.DEPENDENT


def destination(target: Url | None) -> Destination | None:
    """A URL with its registrable domain."""
    return Destination(target, url.registrable_domain(target.host)) if target else None


def resolved(href: str, base: Url) -> Destination | None:
    """The destination of any href on a page with this base."""
    if len(href) > LONGEST_HREF:
        return None
    return destination(url.parse(href, base.href))
