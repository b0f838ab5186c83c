"""What a page's own rules say to search engines: `noindex` and `nofollow`.

Rules stand in meta elements named `robots` or `googlebot` and in `X-Robots-Tag` headers, of
which there may be several, some for one named robot. Rules for everybody and for Google's
robot count, the strictest wins, and `none` means both.
https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

AGENTS = frozenset(("robots", "googlebot"))
"""Names in meta elements and headers whose rules count."""
_WITH_VALUE = frozenset(
    ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview")
)


class Robots(NamedTuple):
    """Whether a page's links are all nofollow, and whether it stays out of indexes."""

    nofollow: bool
    noindex: bool


def robots(metas: Iterable[str], headers: Iterable[str]) -> Robots:
    """Judge the contents of meta elements and the values of X-Robots-Tag headers."""
    said = {rule for content in metas for rule in _rules(content)}
    for value in headers:
        said.update(_header_rules(value))
    none = "none" in said
    return Robots(none or "nofollow" in said, none or "noindex" in said)


def _rules(content: str) -> Iterator[str]:
    for part in content.lower().split(","):
        yield from part.split()


def _header_rules(value: str) -> Iterator[str]:
    """Rules of one header; `name:` before a rule says whose they are from there on."""
    ours = True
    for part in value.lower().split(","):
        name, colon, rest = part.partition(":")
        if colon and name.strip() not in _WITH_VALUE:
            ours = name.strip() in AGENTS
            part = rest  # noqa: PLW2901
        if ours:
            yield from part.split()
