"""What a page declares of itself, in its head, its headers and its scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from backref import url as urls
from backref.sources import structured, tags
from backref.sources.robots_rules import robots
from backref.sources.surroundings import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from backref.sources.headers import Headers
    from backref.sources.robots_rules import Robots
    from backref.url import Url

MOST_TITLE_CHARACTERS = 300
MOST_VALUE_CHARACTERS = 2_000

_ROBOTS = frozenset(("robots", "googlebot"))
_AUTHORS = frozenset(
    ("author", "article:author", "byl", "byline", "dc.creator", "dcterms.creator",
     "parsely-author", "sailthru.author", "citation_author")
)  # fmt: skip
_NAMES = _ROBOTS | _AUTHORS | {"html@/lang"}
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(?:[-_][a-zA-Z0-9]{1,8}){0,4}\Z")
_REFRESH = re.compile(
    r"\s*(\d{0,9}(?:\.\d{0,9})?)\s*[;,\s]\s*(?:url\s*=\s*)?[\"']?([^\"']+)", re.IGNORECASE
)
_LINK_HEADER = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;<]+)*)")


class Declared(NamedTuple):
    """A page's word on itself. URLs are absolute; `base` is what links are resolved against,
    `declared_base` the base element's word, None without one."""

    base: Url
    declared_base: Url | None
    canonical: Url | None
    refresh: Url | None
    title: str
    language: str
    robots: Robots
    byline: str
    schema_types: str
    analytics_ids: str


class _Metas(NamedTuple):
    robots: list[str]
    authors: list[str]
    language: str
    refresh: str


def read(
    tree: LexborHTMLParser,
    telling: Iterable[tuple[LexborNode, int]],
    page_url: Url,
    headers: Headers,
) -> Declared:
    """Read the elements that tell of the page rather than lead away from it."""
    metas: list[dict[str, str | None]] = []
    links: list[dict[str, str | None]] = []
    scripts: list[LexborNode] = []
    types: list[str] = []
    base_href: str | None = None
    for node, kind in telling:
        if kind == tags.STYLE:
            continue
        if kind == tags.SCRIPT:
            scripts.append(node)
            continue
        attributes = node.attributes
        if kind == tags.META:
            metas.append(attributes)
        elif kind == tags.LINK:
            links.append(attributes)
        elif kind == tags.BASE and base_href is None:
            base_href = attributes.get("href")
        if itemtype := attributes.get("itemtype"):
            types.append(itemtype)
    declared_base = urls.parse(_value(base_href), page_url.href) if base_href else None
    base = declared_base or page_url
    said = _metas(metas)
    found = structured.read(scripts, types)
    return Declared(
        base,
        declared_base,
        _canonical(links, base) or _header_canonical(headers, page_url),
        _refreshed(said.refresh, base),
        title_of(tree),
        _language(tree, said.language, headers),
        robots(said.robots, headers.every("x-robots-tag")),
        _byline(found.author, said.authors),
        found.types,
        found.analytics,
    )


def from_headers(headers: Headers, page_url: Url) -> Declared:
    """What the headers alone declare, for a page that has no tree."""
    return Declared(
        page_url,
        None,
        _header_canonical(headers, page_url),
        None,
        "",
        _tag(headers.first("content-language")),
        robots((), headers.every("x-robots-tag")),
        "",
        "",
        "",
    )


def tells(meta: dict[str, Any]) -> bool:
    """Whether a meta element, or what somebody wrote in place of one, may tell of the page; all
    its values are texts then."""
    name = meta.get("name") or meta.get("property") or ""
    wanted = "http-equiv" in meta or (name.__class__ is str and name.strip().lower() in _NAMES)
    return wanted and all(value.__class__ is str for value in meta.values())


def from_metadata(
    metas: Sequence[dict[str, str | None]],
    links: Iterable[dict[str, str | None]],
    page_url: Url,
    headers: Headers,
    *,
    base_href: str,
    title: str,
) -> Declared:
    """What the attributes of meta and link elements declare, where somebody else read them; a
    link's `url` is its href, and a meta named `HTML@/lang` the root's language."""
    declared_base = urls.parse(_value(base_href), page_url.href) if base_href else None
    base = declared_base or page_url
    said = _metas(metas)
    root = next((meta.get("content") for meta in metas if meta.get("name") == "HTML@/lang"), "")
    hrefs = ({"rel": link.get("rel"), "href": link.get("url")} for link in links)
    return Declared(
        base,
        declared_base,
        _canonical(hrefs, base) or _header_canonical(headers, page_url),
        _refreshed(said.refresh, base),
        fold(title[: 8 * MOST_TITLE_CHARACTERS])[:MOST_TITLE_CHARACTERS],
        _tag(root) or _tag(said.language) or _tag(headers.first("content-language")),
        robots(said.robots, headers.every("x-robots-tag")),
        _byline("", said.authors),
        "",
        "",
    )


def title_of(tree: LexborHTMLParser) -> str:
    """The page's title; titles of drawings within the page are not it."""
    head = tree.head
    title = head.css_first("title") if head is not None else None
    if title is None:
        title = tree.css_first("body > title")
    return fold(title.text()[: 8 * MOST_TITLE_CHARACTERS])[:MOST_TITLE_CHARACTERS] if title else ""


def _metas(metas: Iterable[dict[str, str | None]]) -> _Metas:
    rules: list[str] = []
    authors: list[str] = []
    language = refresh = ""
    for attributes in metas:
        content = attributes.get("content")
        if not content:
            continue
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if name in _ROBOTS:
            rules.append(_value(content))
        elif name in _AUTHORS:
            authors.append(_value(content))
        equivalent = (attributes.get("http-equiv") or "").strip().lower()
        if equivalent == "content-language":
            language = language or _value(content)
        elif equivalent == "refresh":
            refresh = refresh or _value(content)
    return _Metas(rules, authors, language, refresh)


def _value(text: str | None) -> str:
    return (text or "")[:MOST_VALUE_CHARACTERS]


def _canonical(links: Iterable[dict[str, str | None]], base: Url) -> Url | None:
    for attributes in links:
        if "canonical" in (attributes.get("rel") or "").lower().split():
            return urls.parse(_value(attributes.get("href")), base.href)
    return None


def _header_canonical(headers: Headers, page_url: Url) -> Url | None:
    for value in headers.every("link"):
        for target, parameters in _LINK_HEADER.findall(_value(value)):
            if re.search(r"rel\s*=\s*\"?[^\";]*\bcanonical\b", parameters, re.IGNORECASE):
                return urls.parse(target, page_url.href)
    return None


def _refreshed(content: str, base: Url) -> Url | None:
    """Where a refresh without delay leads; one to the page itself is no redirect."""
    found = _REFRESH.match(content)
    if not found or found[1].strip("0.") or not found[1]:
        return None
    return urls.parse(found[2].strip(), base.href)


def _language(tree: LexborHTMLParser, meta: str, headers: Headers) -> str:
    root = tree.root
    attributes = root.attributes if root is not None else {}
    return (
        _tag(attributes.get("lang"))
        or _tag(attributes.get("xml:lang"))
        or _tag(meta)
        or _tag(headers.first("content-language"))
    )


def _tag(text: str | None) -> str:
    """A language tag, the first of a list; empty for anything else."""
    first = _value(text).partition(",")[0].strip()
    return first.replace("_", "-") if _LANGUAGE.match(first) else ""


def _byline(structured_author: str, metas: Iterable[str]) -> str:
    named = [text for text in metas if "://" not in text]
    return fold(structured_author or next(iter(named), ""))[:MOST_TITLE_CHARACTERS]
