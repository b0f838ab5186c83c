"""The links of many WAT pages at once: most are relative, and are told by their bytes alone.

What surely is on its base's own host is found by a few passes over the bytes of all references
together, with the same answer as `destinations.RELATIVE` gives for each. Of the others, one that
begins with the page's own scheme and host is internal; only what may lead elsewhere is parsed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backref import url as urls
from backref.sources.destinations import LONGEST_HREF, Destination, Known, Reference, resolved
from backref.sources.html import MOST_LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from backref.url import Url

Entry = dict[str, Any]

_SLASH = ord("/")
_END, _SPOILING, _STOPPING = 1, 2, 3
_KINDS = bytes(
    _END if byte == 0 else _SPOILING if byte in b"\t\r\n\\" else _STOPPING
    if byte <= 0x20 or byte in b":/?#" else 0
    for byte in range(256)
)  # fmt: skip
"""What ends a reference, what makes it mean something else to browsers, and what ends its first
segment, as the two before do."""


def _among(marked: bytes) -> NDArray[np.bool_]:
    return np.isin(np.arange(256), list(marked))


_LEADING = _among(b"\0?#")
_GOING_ON = _among(b"\0/?#")


class Link(NamedTuple):
    """One link that is kept: where it leads, whether that is another domain, and what its entry
    says: its path, and if there its rel and text."""

    destination: Destination
    leaves: bool
    path: str
    rel: object
    text: object


class Found(NamedTuple):
    """The links of one page: how many lead to http(s), how many of these to other domains, and
    those that are kept."""

    total: int
    external: int
    kept: list[Link]


_known = Known()


def read(pages: Sequence[tuple[list[Entry], Url, str]], *, internal: bool) -> list[Found]:
    """The links of each page, given as its entries, its base and its own registrable domain;
    `internal` keeps those within the domain too."""
    hrefs = [entry["url"] for entries, _, _ in pages for entry in entries]
    far = (~surely_relative(hrefs)).nonzero()[0]
    ends = np.cumsum([len(entries) for entries, _, _ in pages])
    shares = np.split(far, np.searchsorted(far, ends[:-1])) if pages else []
    found = []
    for (entries, base, own), end, share in zip(pages, ends.tolist(), shares, strict=True):
        looked, total = entries, len(entries)
        if urls.registrable_domain(base.host) == own and not internal:
            begin = end - total
            home = (f"https://{base.host}/", f"http://{base.host}/")
            looked = [
                entries[place - begin]
                for place in share.tolist()
                if not hrefs[place].startswith(home) or len(hrefs[place]) > LONGEST_HREF
            ]
        found.append(_read(looked, total, base, own, internal=internal))
    return found


def _read(looked: list[Entry], total: int, base: Url, own: str, *, internal: bool) -> Found:
    """Links of one page; of `total` those that are not `looked` at are internal."""
    external = 0
    kept: list[Link] = []
    for entry in looked:
        href = entry["url"]
        kind = _known[href]
        found = resolved(href, base) if isinstance(kind, Reference) else kind
        if found is None:
            total -= 1
            continue
        leaves = found.domain != own
        external += leaves
        if (leaves or internal) and len(kept) < MOST_LINKS:
            said = entry.get
            kept.append(Link(found, leaves, entry["path"], said("rel"), said("text")))
    return Found(total, external, kept)


def surely_relative(hrefs: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each reference matches `destinations.RELATIVE`; none do where one holds a NUL."""
    if not hrefs:
        return np.zeros(0, bool)
    raw = "\0".join([*hrefs, "", ""]).encode()
    text, kinds = np.frombuffer(raw, np.uint8), np.frombuffer(raw.translate(_KINDS), np.uint8)
    marks = np.flatnonzero(kinds != 0)
    kinds = kinds[marks]
    last = np.flatnonzero(kinds == _END)[:-1]
    if len(last) != len(hrefs):
        return np.zeros(len(hrefs), bool)
    # Behind an end begins the next reference, and behind the end's mark stands its first.
    begins = np.concatenate(([0], marks[last[:-1]] + 1))
    mark = marks[np.concatenate(([0], last[:-1] + 1))]
    first, second = text[begins], text[begins + 1]
    relative: NDArray[np.bool_] = _LEADING[first] | ((first == _SLASH) & (second != _SLASH))
    relative |= (mark > begins) & _GOING_ON[text[mark]]
    relative[np.searchsorted(last, np.flatnonzero(kinds == _SPOILING))] = False
    return relative
