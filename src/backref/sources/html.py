"""A page's links and what the page says of itself: pure, from bytes to a `Page`.

The tree is Lexbor's (the WHATWG parsing algorithm without scripting). Links are `a` and `area`
elements with an href that resolves to http(s); what stands in comments, templates and scripts
is no element and no link. Every http(s) link is counted; those to another registrable domain
(all, if asked) are read in full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from backref import url as urls
from backref.sources import bounds, charset, declared, tags
from backref.sources.destinations import (
    DEPENDENT,
    RELATIVE,
    Destination,
    Known,
    destination,
    resolved,
)
from backref.sources.features import words_of
from backref.sources.placement import Places
from backref.sources.surroundings import anchor_of, context_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from selectolax.lexbor import LexborNode

    from backref.sources.declared import Declared
    from backref.sources.headers import Headers
    from backref.url import Url

EXTRACTOR = "1"
"""Changes whenever the same page would be read differently."""
MOST_LINKS = 200_000
"""Further links of one page are counted and not read."""
_NODES = "[href],[itemtype],meta,script,style"
_LINKING = frozenset((tags.A, tags.AREA))
_ELEMENTS = {tags.A: "a", tags.AREA: "area"}
_known = Known()


class Link(NamedTuple):
    """One link as it stands on its page. `rel` holds all tokens, lower-case, distinct, sorted."""

    target: Url
    domain: str
    element: str
    anchor: str
    anchor_kind: str
    rel: str
    placement: str
    context: str


@dataclass(slots=True)
class Page:
    """What one page holds. `external` counts http(s) links to another registrable domain;
    `links` are those that were read in full. `complete` is false when the page was cut."""

    charset: str
    declared: Declared
    complete: bool = True
    count: int = 0
    external: int = 0
    nofollow: int = 0
    ugc: int = 0
    sponsored: int = 0
    anchor_words: int = 0
    text: str = ""
    links: list[Link] = field(default_factory=list)


def read_page(body: bytes, page_url: Url, headers: Headers, *, internal: bool = False) -> Page:
    """Read a page of `page_url`; `internal` reads links within its domain in full too.

    Never raises for what the bytes hold.
    """
    text, codec = charset.to_utf8(body, headers.first("content-type"))
    bounded = bounds.bounded(text)
    try:
        tree = LexborHTMLParser(bounded)
    except SelectolaxError:
        return Page(codec, declared.from_headers(headers, page_url), complete=False)
    page = _read(tree, codec, page_url, headers, internal=internal)
    page.complete = len(bounded) == len(text)
    return page


def _read(
    tree: LexborHTMLParser, codec: str, page_url: Url, headers: Headers, *, internal: bool
) -> Page:
    nodes = tree.css(_NODES)
    linking: list[tuple[LexborNode, int]] = []
    telling: list[tuple[LexborNode, int]] = []
    for node in nodes:
        kind = node.tag_id
        (linking if kind in _LINKING else telling).append((node, kind))
    said = declared.read(tree, telling, page_url, headers)
    # Scripts and styles are read; gone, they are in nobody's anchor, context or text.
    for node, kind in telling:
        if kind in (tags.SCRIPT, tags.STYLE):
            node.decompose()
    page = Page(codec, said)
    _Reader(page, page_url, said.base, internal=internal).read(linking)
    body = tree.body
    page.text = body.text(separator=" ", skip_empty=True) if body is not None else ""
    return page


class _Reader:
    """Reads the links of one page into it."""

    def __init__(self, page: Page, page_url: Url, base: Url, *, internal: bool) -> None:
        self._page = page
        self._base = base
        self._own_domain = urls.registrable_domain(page_url.host)
        self._base_domain = urls.registrable_domain(base.host)
        self._internal = internal
        self._places = Places()

    def read(self, linking: Iterable[tuple[LexborNode, int]]) -> None:
        """Count every http(s) link, and read those that are wanted in full."""
        own, base_is_own = self._own_domain, self._base_domain == self._own_domain
        skip_relative = base_is_own and not self._internal
        count = internal = 0
        said: list[str] = []
        for node, kind in linking:
            href = node.attrs.get("href")
            if href is None:
                if "href" not in node.attributes:
                    continue
                href = ""
            found = _known[href]
            if found is None:
                continue
            if not (skip_relative and found is RELATIVE):
                if found is RELATIVE or found is DEPENDENT:
                    found = resolved(href, self._base)
                    if found is None:
                        continue
                is_own = found.domain == own
                if not is_own or self._internal:
                    self._take(node, kind, found, external=not is_own)
                internal += is_own
            else:
                internal += 1
            count += 1
            said.append(node.text())
        self._page.count = count
        self._page.external = count - internal
        self._page.anchor_words = words_of(" ".join(said))

    def _take(self, node: LexborNode, kind: int, found: Destination, *, external: bool) -> None:
        page = self._page
        rel = rel_tokens(node.attributes.get("rel") or "")
        if external:
            tokens = rel.split()
            page.nofollow += "nofollow" in tokens
            page.ugc += "ugc" in tokens
            page.sponsored += "sponsored" in tokens
        if len(page.links) >= MOST_LINKS:
            return
        anchor, anchor_kind = anchor_of(node)
        page.links.append(
            Link(
                found.target,
                found.domain,
                _ELEMENTS[kind],
                anchor,
                anchor_kind,
                rel,
                "comment" if "ugc" in rel.split() else self._places.of(node),
                context_of(node, anchor),
            )
        )


def rel_tokens(rel: str) -> str:
    """The tokens of a rel attribute: lower-case, distinct, sorted, at most 300 characters."""
    return " ".join(sorted(set(rel[:1000].lower().split())))[:300]
