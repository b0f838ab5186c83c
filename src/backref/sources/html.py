"""A page's links and what the page says of itself: pure, from bytes to a `Page`.

The tree is Lexbor's (the WHATWG parsing algorithm without scripting). Links are `a` and `area`
elements with an href that resolves to http(s); what stands in comments, templates and scripts
is no element and no link. Every http(s) link is counted; those to another registrable domain
(all, if asked) are read in full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, SelectolaxError

from backref import url as urls
from backref.remembered import remembered
from backref.sources import bounds, charset, declared, tags
from backref.sources.destinations import (
    Destination,
    Known,
    Reference,
    resolved,
)
from backref.sources.placement import Places
from backref.sources.surroundings import Contexts, anchor_of

if TYPE_CHECKING:
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
_UNSEEN = frozenset((tags.SCRIPT, tags.STYLE))
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
    `links` are those that were read in full. `complete` is false when the page was cut. `text` is
    the visible text and `anchors` that of all http(s) links, for counting."""

    charset: str
    declared: Declared
    complete: bool = True
    count: int = 0
    external: int = 0
    nofollow: int = 0
    ugc: int = 0
    sponsored: int = 0
    text: str = ""
    anchors: str = ""
    links: list[Link] = field(default_factory=list)


def read_page(body: bytes, page_url: Url, headers: Headers, *, internal: bool = False) -> Page:
    """Read a page of `page_url`; `internal` reads links within its domain in full too.

    Never raises for what the bytes hold.
    """
    text, codec = charset.to_utf8(body, headers.first("content-type"))
    bounded = bounds.bounded(text)
    try:
        tree = LexborHTMLParser(bounded, options=LexborDocumentOptions.WO_EVENTS)
    except SelectolaxError:
        return Page(codec, declared.from_headers(headers, page_url), complete=False)
    page = _read(tree, codec, page_url, headers, internal=internal, most_said=len(bounded))
    page.complete = len(bounded) == len(text)
    return page


def _read(
    tree: LexborHTMLParser,
    codec: str,
    page_url: Url,
    headers: Headers,
    *,
    internal: bool,
    most_said: int,
) -> Page:
    nodes = tree.css(_NODES)
    kinds = [node.tag_id for node in nodes]
    telling = [
        (node, kind) for node, kind in zip(nodes, kinds, strict=True) if kind not in _LINKING
    ]
    page = Page(codec, declared.read(tree, telling, page_url, headers))
    # Scripts and styles are read; gone, they are in nobody's anchor, context or text.
    for node, kind in telling:
        if kind in _UNSEEN:
            node.decompose()
    linking = [node for node, kind in zip(nodes, kinds, strict=True) if kind in _LINKING]
    _Reader(page, page_url, internal=internal).read(linking, most_said)
    body = tree.body
    page.text = body.text(separator=" ", skip_empty=True) if body is not None else ""
    return page


class _Reader:
    """Reads the links of one page into it."""

    def __init__(self, page: Page, page_url: Url, *, internal: bool) -> None:
        self._page = page
        self._base = page.declared.base
        self._own = urls.registrable_domain(page_url.host)
        self._internal = internal
        self._places = Places()
        self._contexts = Contexts()

    def read(self, linking: list[LexborNode], most_said: int) -> None:
        """Count every http(s) link, and read those that are wanted in full. `most_said` is how
        many characters the page has.

        What every link costs is done for all of them at once: most are relative, and counted.
        """
        hrefs = [node.attrs.sget("href") for node in linking]
        if "" in hrefs:
            linking = [node for node in linking if "href" in node.attributes]
            hrefs = [node.attrs.sget("href") for node in linking]
        said = _said(linking, most_said)
        base_is_own = urls.registrable_domain(self._base.host) == self._own
        settled = Reference.RELATIVE if base_is_own and not self._internal else ()
        count, external = len(linking), 0
        for place, kind in enumerate(map(_known.__getitem__, hrefs)):
            if kind is settled:
                continue
            found = resolved(hrefs[place], self._base) if isinstance(kind, Reference) else kind
            if found is None:
                count -= 1
                said[place] = ""
                continue
            is_external = found.domain != self._own
            external += is_external
            if is_external or self._internal:
                self._take(linking[place], found, said[place], external=is_external)
        self._page.count = count
        self._page.external = external
        self._page.anchors = " ".join(said)

    def _take(self, node: LexborNode, found: Destination, said: str, *, external: bool) -> None:
        page = self._page
        rel = rel_tokens(node.attrs.sget("rel"))
        tokens = rel.split()
        if external and tokens:
            page.nofollow += "nofollow" in tokens
            page.ugc += "ugc" in tokens
            page.sponsored += "sponsored" in tokens
        if len(page.links) >= MOST_LINKS:
            return
        anchor, anchor_kind = anchor_of(node, said)
        page.links.append(
            Link(
                found.target,
                found.domain,
                _ELEMENTS[node.tag_id],
                anchor,
                anchor_kind,
                rel,
                "comment" if "ugc" in tokens else self._places.of(node),
                self._contexts.of(node, anchor),
            )
        )


def _said(linking: list[LexborNode], most: int) -> list[str]:
    """All text within each link. Only links within links can say more than the page holds: what
    is said from there on is not read, for it could be the same a thousand times over."""
    said: list[str] = []
    for node in linking:
        text = node.text()
        said.append(text)
        most -= len(text)
        if most < 0:
            said += [""] * (len(linking) - len(said))
            break
    return said


@remembered(4_096)
def rel_tokens(rel: str) -> str:
    """The tokens of a rel attribute: lower-case, distinct, sorted, at most 300 characters."""
    return " ".join(sorted(set(rel[:1000].lower().split())))[:300]
