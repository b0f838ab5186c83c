"""One WAT record: what its JSON tells of a response, and of the page in it.

WAT is what Common Crawl makes of its WARC files: a record's headers, a page's head, and its links
by element and attribute, URLs as written. Links are what they are in a WARC: `A@/href` and
`AREA@/href` that lead to http(s). Where a link stands, what is around it, whether it holds an
image, and what the page's text is, nobody can know from it; nor that a link is missing, for
makers cut what is long without saying so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from backref import url as urls
from backref.sources import declared
from backref.sources.headers import Headers
from backref.sources.moment import interval
from backref.sources.observations import LONGEST_URL

if TYPE_CHECKING:
    from backref.sources.declared import Declared
    from backref.url import Url

Json = dict[str, Any]

CAPTURES = frozenset(("response", "resource"))
ELEMENTS = {"A@/href": "a", "AREA@/href": "area"}
"""Which entries are links, and of what element."""
SAID = ("path", "url", "rel", "text")
"""What is read of a link's entry."""
_TELLING = frozenset(("content-type", "content-language", "location", "link", "x-robots-tag"))
REL_TOLD_SINCE = datetime(2017, 8, 16, tzinfo=UTC)
"""Common Crawl's records tell a link's rel from its crawl of August 2017 on."""


class Page(NamedTuple):
    """What is told of a page. `rels_told` says that a link without rel has none."""

    declared: Declared
    rels_told: bool


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


def kind_of(told: Json) -> str:
    """The type of the record that is told of, lower-case; empty when there is none."""
    about = _object(_object(told, "Envelope"), "WARC-Header-Metadata")
    return _text(about, "WARC-Type").lower()


def read_capture(told: Json) -> Capture | str | None:
    """A response; why it cannot be stored; or None for what is told of something else than a
    response that somebody fetched by http.

    Never raises for what the JSON holds.
    """
    envelope = _object(told, "Envelope")
    about = _object(envelope, "WARC-Header-Metadata")
    if _text(about, "WARC-Type").lower() not in CAPTURES:
        return None
    target = _text(about, "WARC-Target-URI").strip().removeprefix("<").removesuffix(">").strip()
    if target and not target[:8].lower().startswith(("http://", "https://")):
        return None
    message = _object(_object(envelope, "Payload-Metadata"), "HTTP-Response-Metadata")
    url = urls.parse(target) if target else None
    if url is None or len(target) > LONGEST_URL:
        return f"no usable target URI ({target!r:.100})"
    headers = _headers(_object(message, "Headers"))
    status = _status(_text(_object(message, "Response-Message"), "Status"))
    date = _text(about, "WARC-Date")
    lo, hi = interval(date)
    page = None
    if "HTML-Metadata" in message:
        said = _declared(_object(_object(message, "HTML-Metadata"), "Head"), url, headers)
        page = Page(said, lo is None or lo > REL_TOLD_SINCE)
    return Capture(
        target,
        url,
        urls.registrable_domain(url.host),
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


def links(told: Json) -> list[Json]:
    """The entries of links that can be followed, by what they are: each has a path and a URL."""
    message = _object(
        _object(_object(told, "Envelope"), "Payload-Metadata"), "HTTP-Response-Metadata"
    )
    html = _object(message, "HTML-Metadata")
    listed = html.get("Links")
    if listed.__class__ is not list:
        return []
    try:
        return [
            each for each in listed if each["path"] in ELEMENTS and each["url"].__class__ is str
        ]
    except (KeyError, TypeError):
        return [each for each in _entries(html, "Links") if _is_link(each)]


def _status(text: str) -> int | None:
    return int(text) if len(text) == 3 and text.isascii() and text.isdigit() else None


def _redirect(headers: Headers, status: int | None, url: Url) -> Url | None:
    location = headers.first("location")
    if not location or status is None or not 300 <= status < 400:
        return None
    return urls.parse(location[:LONGEST_URL], url.href)


def _declared(head: Json, url: Url, headers: Headers) -> Declared:
    return declared.from_metadata(
        [meta for meta in _entries(head, "Metas") if declared.tells(meta)],
        [link for link in _entries(head, "Link") if _may_be_canonical(link)],
        url,
        headers,
        base_href=_text(head, "Base"),
        title=_text(head, "Title"),
    )


def _may_be_canonical(link: Json) -> bool:
    rel = link.get("rel")
    return bool(
        rel.__class__ is str and "canonical" in rel.lower() and link.get("url").__class__ is str
    )


def _is_link(entry: Json) -> bool:
    return _text(entry, "path") in ELEMENTS and isinstance(entry.get("url"), str)


def _headers(told: Json) -> Headers:
    """The HTTP headers that tell of a page; a value may be a list of values."""
    found = Headers()
    for name, value in told.items():
        if (known := name.lower()) in _TELLING:
            values = value if isinstance(value, list) else [value]
            found.setdefault(known, []).extend(v for v in values if isinstance(v, str))
    return found


def _object(told: Json, name: str) -> Json:
    """An object within an object; an empty one in place of anything else."""
    value = told.get(name)
    return value if value.__class__ is dict else {}


def _entries(told: Json, name: str) -> list[Json]:
    """The objects of a list; an object alone is a list of one."""
    value = told.get(name)
    if isinstance(value, dict):
        return [value]
    return [each for each in value if each.__class__ is dict] if isinstance(value, list) else []


def _text(told: Json, name: str) -> str:
    value = told.get(name)
    return value if value.__class__ is str else ""
