"""One WAT record: what its JSON tells of a response, and of the page in it.

WAT is what Common Crawl makes of its WARC files: a record's headers, a page's head, and its links
by element and attribute, URLs as written. Links are what they are in a WARC: `A@/href` and
`AREA@/href` that lead to http(s). Where a link stands, what is around it, whether it holds an
image, and what the page's text is, nobody can know from it; nor that a link is missing, for
makers cut what is long without saying so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from backref import url as urls
from backref.sources import declared
from backref.sources.destinations import LONGEST_HREF, RELATIVE, Destination, Known, resolved
from backref.sources.headers import Headers
from backref.sources.html import MOST_LINKS, rel_tokens
from backref.sources.moment import interval
from backref.sources.observations import LONGEST_URL
from backref.sources.surroundings import ANCHOR_CHARACTERS, fold

if TYPE_CHECKING:
    from backref.sources.declared import Declared
    from backref.url import Url

Json = dict[str, Any]

CAPTURES = frozenset(("response", "resource"))
REL_TOLD_SINCE = datetime(2017, 8, 16, tzinfo=UTC)
"""Common Crawl's records tell a link's rel from its crawl of August 2017 on."""
_ELEMENTS = {"A@/href": "a", "AREA@/href": "area"}
_PLAIN = re.compile(r"https?://((?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*)(?:[/?#]|\Z)")
"""An absolute URL that surely can be parsed, with a host that is surely its host."""
_MOST_HOSTS = 65_536
_known = Known()


class Link(NamedTuple):
    """One link as told. `anchor` and `rel` are None when nobody can know them; of an image link
    WAT tells no text."""

    destination: Destination
    element: str
    anchor: str | None
    rel: str | None


@dataclass(slots=True, frozen=True)
class Page:
    """What is told of a page. Counts of rels are None where rels are not told."""

    declared: Declared
    count: int
    external: int
    nofollow: int | None
    ugc: int | None
    sponsored: int | None
    links: list[Link]


class Capture(NamedTuple):
    """What is told of one response; `page` is None when it held no HTML."""

    url_text: str
    url: Url
    domain: str
    date: str
    observed_lo: datetime | None
    observed_hi: datetime | None
    status: int | None
    mime: str
    language: str
    redirect: Url | None
    ip: str
    digest: str
    page: Page | None


class _Domains(dict[str, str]):
    """The registrable domain of a plain host; nothing for one that has to be decoded first."""

    def __missing__(self, host: str) -> str:
        if len(self) >= _MOST_HOSTS:
            self.clear()
        domain = "" if "xn--" in host else urls.registrable_domain(host)
        self[host] = domain
        return domain


_domains = _Domains()


def kind_of(told: Json) -> str:
    """The type of the record that is told of, lower-case; empty when there is none."""
    return _text(_about(told), "WARC-Type").lower()


def is_capture(told: Json) -> bool:
    """Whether the record that is told of is one that somebody fetched by http."""
    if kind_of(told) not in CAPTURES:
        return False
    target = _target(told)
    return not target or target[:8].lower().startswith(("http://", "https://"))


def read_capture(told: Json, *, internal: bool = False) -> Capture | str:
    """A response, or why it cannot be stored; `internal` keeps links within the domain too.

    Never raises for what the JSON holds.
    """
    about = _about(told)
    payload = _object(_object(told, "Envelope"), "Payload-Metadata")
    message = _object(payload, "HTTP-Response-Metadata")
    target = _target(told)
    url = urls.parse(target) if target else None
    if url is None or len(target) > LONGEST_URL:
        return f"no usable target URI ({target!r:.100})"
    headers = _headers(_object(message, "Headers"))
    status = _status(_text(_object(message, "Response-Message"), "Status"))
    date = _text(about, "WARC-Date")
    lo, hi = interval(date)
    domain = urls.registrable_domain(url.host)
    page = None
    if "HTML-Metadata" in message:
        reader = _Reader(
            url, domain, internal=internal, rels_told=lo is None or lo > REL_TOLD_SINCE
        )
        page = reader.read(_object(message, "HTML-Metadata"), headers)
    return Capture(
        target,
        url,
        domain,
        date,
        lo,
        hi,
        status,
        headers.first("content-type").partition(";")[0].strip().lower()[:200],
        headers.first("content-language"),
        _redirect(headers, status, url) or (page.declared.refresh if page else None),
        _text(about, "WARC-IP-Address")[:100],
        (_text(about, "WARC-Payload-Digest") or _text(message, "Entity-Digest"))[:200],
        page,
    )


def _about(told: Json) -> Json:
    return _object(_object(told, "Envelope"), "WARC-Header-Metadata")


def _target(told: Json) -> str:
    text = _text(_about(told), "WARC-Target-URI")
    return text.strip().removeprefix("<").removesuffix(">").strip()


def _status(text: str) -> int | None:
    return int(text) if len(text) == 3 and text.isascii() and text.isdigit() else None


def _redirect(headers: Headers, status: int | None, url: Url) -> Url | None:
    location = headers.first("location")
    if not location or status is None or not 300 <= status < 400:
        return None
    return urls.parse(location[:LONGEST_URL], url.href)


class _Reader:
    """Reads one page of `url`; `rels_told` says that a link without rel has none."""

    def __init__(self, url: Url, domain: str, *, internal: bool, rels_told: bool) -> None:
        self._url = url
        self._own = domain
        self._internal = internal
        self._rel = "" if rels_told else None
        self._count = self._external = 0
        self._flags = {"nofollow": 0, "ugc": 0, "sponsored": 0}
        self._links: list[Link] = []

    def read(self, html: Json, headers: Headers) -> Page:
        """Everything that is told of the page."""
        head = _object(html, "Head")
        said = declared.from_metadata(
            _entries(head, "Metas"),
            _entries(head, "Link"),
            self._url,
            headers,
            base_href=_text(head, "Base"),
            title=_text(head, "Title"),
        )
        self._read_links(_links(html), said.base)
        rels = self._flags if self._rel is not None else dict.fromkeys(self._flags)
        return Page(said, self._count, self._external, **rels, links=self._links)

    def _read_links(self, entries: list[Json], base: Url) -> None:
        """Count every http(s) link, and read those that are wanted in full."""
        own_base = urls.registrable_domain(base.host) == self._own and not self._internal
        is_relative, plain = RELATIVE.match, _PLAIN.match
        count, own = len(entries), self._own
        for entry in entries:
            href = entry["url"]
            if own_base and is_relative(href):
                continue
            host = plain(href)
            if host and _domains[host[1]] == own and not self._internal:
                count -= len(href) > LONGEST_HREF
                continue
            kind = _known[href]
            found = kind if kind is None or isinstance(kind, Destination) else resolved(href, base)
            if found is None:
                count -= 1
            else:
                self._take(entry, found)
        self._count = count

    def _take(self, entry: Json, found: Destination) -> None:
        external = found.domain != self._own
        self._external += external
        if not external and not self._internal:
            return
        rel = self._rel
        if told := _text(entry, "rel"):
            rel = rel_tokens(told)
            for token in self._flags.keys() & rel.split() if external else ():
                self._flags[token] += 1
        if len(self._links) < MOST_LINKS:
            anchor = fold(_text(entry, "text"))[:ANCHOR_CHARACTERS] or None
            self._links.append(Link(found, _ELEMENTS[entry["path"]], anchor, rel))


def _links(html: Json) -> list[Json]:
    """The entries of links that can be followed."""
    listed = html.get("Links")
    if listed.__class__ is not list:
        return []
    try:
        found = [each for each in listed if each["path"] in _ELEMENTS]
        if all(each["url"].__class__ is str for each in found):
            return found
    except (KeyError, TypeError):
        pass
    return [each for each in _entries(html, "Links") if _is_link(each)]


def _is_link(entry: Json) -> bool:
    return _text(entry, "path") in _ELEMENTS and isinstance(entry.get("url"), str)


def _headers(told: Json) -> Headers:
    """HTTP headers by lower-case name; a value may be a list of values."""
    found = Headers()
    for name, value in told.items():
        values = value if isinstance(value, list) else [value]
        found.setdefault(name.lower(), []).extend(v for v in values if isinstance(v, str))
    return found


def _object(told: Json, name: str) -> Json:
    """An object within an object; an empty one in place of anything else."""
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def _entries(told: Json, name: str) -> list[Json]:
    """The objects of a list; an object alone is a list of one."""
    value = told.get(name)
    if isinstance(value, dict):
        return [value]
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""
