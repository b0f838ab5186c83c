"""The Referer header: which host sent the visitor, and the page where the header names it.

Browsers send the origin alone by default, so most referrers prove only a host. Redirectors
(shims) and applications stand in front of the real sender; they collapse to its network.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from backref import data, url
from backref.remembered import remembered

if TYPE_CHECKING:
    from backref.url import Url

APP = "android-app://"
MAX_CHARS = 4_096
MAX_HOST_CHARS = 253
_PORT = re.compile(r":\d*\Z")
MEMORY = 16_384
"""Referrers whose meaning is remembered from one chunk to the next."""
_AUTHORITY_END = re.compile(r"[/?#\\\s]")
_PACKAGE = re.compile(r"[\w.]{1,253}", re.ASCII)


class Referrer(NamedTuple):
    """`host` sent the visitor; `page` is the fold key of the page when more than a host is
    known; `via` is the shim or application package that stood between."""

    host: str | None
    page: str | None = None
    via: str | None = None


class Shim(NamedTuple):
    """A redirector: the parameter that holds its target, and the host of its network, empty
    when that is the redirector's own."""

    parameter: str
    network: str


NOBODY = Referrer(None)


@remembered(MEMORY)
def read(text: str) -> Referrer:
    """What a Referer header tells; nothing at all for one that is no URL of a host."""
    text = text.strip()[:MAX_CHARS]
    if text[: len(APP)].lower() == APP:
        return _of_app(text[len(APP) :])
    if not text.lower().startswith(("http://", "https://")) and "." not in text.partition("/")[0]:
        return NOBODY
    found = url.parse(text)
    return _of_url(found) if found else Referrer(_spelled_host(text))


def sent_host(text: str) -> str | None:
    """The host as the header spells it, before shims and applications collapse: lower-case,
    without port."""
    host = _spelled_host(text.strip()[:MAX_CHARS])
    return _PORT.sub("", host) if host else None


def _of_app(rest: str) -> Referrer:
    package = _AUTHORITY_END.split(rest, maxsplit=1)[0].lower()
    if not _PACKAGE.fullmatch(package):
        return NOBODY
    return Referrer(_apps().get(package, package), via=package)


def _of_url(found: Url) -> Referrer:
    host = url.bare_host(found.host)
    if not host:
        return NOBODY
    if passed := shim(found):
        return Referrer(passed.network or host, via=host)
    page = url.fold_key(found)
    return Referrer(host, page if page != host else None)


def _spelled_host(text: str) -> str | None:
    """The host of a URL that breaks the standard, as spelled: spam is evidence too."""
    authority = _AUTHORITY_END.split(text.partition("://")[2], maxsplit=1)[0]
    return authority.rpartition("@")[2].lower()[:MAX_HOST_CHARS] or None


def shim(found: Url) -> Shim | None:
    """The shim that a URL belongs to, if any."""
    host = url.bare_host(found.host)
    for place in _places(host):
        for prefix, known in _shims().get(place, ()):
            if found.path.startswith(prefix):
                return known
    return None


def shim_paths(host: str) -> tuple[str, ...]:
    """How the paths of a host begin that belong to shims; an empty text is all of them."""
    places = _places(url.bare_host(host))
    return tuple(prefix for place in places for prefix, _ in _shims().get(place, ()))


def target(found: Url) -> str | None:
    """Where a shim's URL leads, as written in its parameter; None when it is opaque or no shim."""
    known = shim(found)
    if not known or not known.parameter:
        return None
    return dict(parse_qsl(found.query)).get(known.parameter)


@lru_cache(maxsize=16_384)
def _places(host: str) -> tuple[str, ...]:
    """The spellings under which a host may be listed: itself, any country's, below another."""
    labels = host.split(".")
    below = tuple("." + ".".join(labels[cut:]) for cut in range(1, len(labels) - 1))
    brand = url.registrable_domain(host).partition(".")[0]
    before = host[: -len(url.registrable_domain(host))]
    return (host, f"{before}{brand}.*", *below)


@cache
def _shims() -> dict[str, list[tuple[str, Shim]]]:
    found: dict[str, list[tuple[str, Shim]]] = {}
    for row in data.table("shims.csv"):
        place, slash, prefix = row["place"].partition("/")
        shim_of = Shim(row["parameter"], row["network"])
        found.setdefault(place, []).append((slash + prefix, shim_of))
    return found


@cache
def _apps() -> dict[str, str]:
    return {row["package"]: row["host"] for row in data.table("apps.csv")}
