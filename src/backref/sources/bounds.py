"""Where a page must be cut so that parsing it takes bounded time and memory.

The parsing algorithm of the HTML standard is quadratic, and worse, on pages made to hurt: it
walks the open elements for each tag, opens formatting elements anew in each block, and compares
an attribute with all earlier ones of its tag. Browsers limit depth and formatting; Lexbor does
not. A page that goes beyond what any real page needs is cut where it does so.

The check is in two steps: a coarse one on the bytes, which nearly all pages pass, and for the
rest a walk from tag to tag.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Places = NDArray[np.intp]

MOST_DEPTH = 3_000
"""Elements open at once; real pages have below a hundred, mangled ones some hundreds."""
MOST_FORMATTING = 1_000
"""Formatting elements that wait to be opened anew."""
MOST_REOPENED = 300_000
"""Formatting elements that blocks open anew, in all."""
MOST_TAGS = 1_500_000
MOST_ATTRIBUTES = 3_000

_HARMLESS_TAGS = 4_000
"""So few tags cost a tenth of a second, however they stand."""
_HARMLESS_BYTES = 65_536
"""A tag of so many bytes cannot hurt, whatever its attributes."""
_HARMLESS_STRAYS = 500
_STRIDE = 16_384
_LONGEST_CHECKED = 1 << 18
_OPEN, _CLOSE, _END = b"</>"
_LETTER = np.array([byte & 31 if chr(byte).isalnum() else 0 for byte in range(256)], np.intp)
_TAG = re.compile(
    rb"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>\"']|\"[^\"]*(?:\"|\Z)|'[^']*(?:'|\Z))*+)>?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"[^\s=/\"'>]+(?:\s*=\s*(?:\"[^\"]*\"?|'[^']*'?|[^\s>]*))?")
_RAW = frozenset(b"script style textarea title xmp iframe noembed noframes".split())
_VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr keygen frame".split()
)
_OMISSIBLE = frozenset(
    b"html head body p li dt dd option optgroup tr td th thead tbody tfoot colgroup rt rp".split()
)
"""Elements that the next of their kind closes: unclosed ones do not lie within each other."""
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())
_SAME_FORMATTING = 3
"""Equal formatting elements that the standard opens anew (its Noah's Ark clause). Links are
formatting elements too; but each closes the one before."""


def bounded(page: bytes) -> bytes:
    """The page, or as much of its beginning as is safe to parse."""
    if _is_plain(page):
        return page
    return page[: _safe_length(page)]


def _is_plain(page: bytes) -> bool:
    """Whether the page has few tags, or closes most that it opens, and no giant among them."""
    if _has_giant(page):
        return False
    letters = np.frombuffer(page, np.uint8)
    tags = int(np.count_nonzero(letters == _OPEN))
    if tags > MOST_TAGS:
        return False
    if len(page) > _HARMLESS_BYTES:
        ends = int(np.count_nonzero(letters == _END))
        if ends > 2 * tags + MOST_ATTRIBUTES:
            return False
    return tags <= _HARMLESS_TAGS or _is_balanced(letters)


def _is_balanced(letters: Bytes) -> bool:
    """Whether start and end tags keep each other in balance, as far as counting tells."""
    opens = np.flatnonzero(letters[:-3] == _OPEN)
    closing = letters[opens + 1] == _CLOSE
    ends = int(np.count_nonzero(closing))
    if ends * 4 <= len(opens):
        return False
    # Void elements and omitted end tags make a page look deeper than it is.
    if len(opens) - ends > MOST_DEPTH and int((1 - 2 * closing).cumsum().max()) > MOST_DEPTH:
        return False
    return _strays(letters, opens[~closing], opens[closing] + 1) <= _HARMLESS_STRAYS


def _strays(letters: Bytes, opening: Places, closing: Places) -> int:
    """End tags that have no start tag, as far as the first two letters of names tell."""
    begun = np.bincount(_starts_of_names(letters, opening), minlength=1024)
    ended = np.bincount(_starts_of_names(letters, closing), minlength=1024)
    return int(np.maximum(ended - begun, 0).sum())


def _starts_of_names(letters: Bytes, before: Places) -> Places:
    first, second = _LETTER[letters[before + 1]], _LETTER[letters[before + 2]]
    return first * 32 + second


def _has_giant(page: bytes) -> bool:
    """Whether there is a tag that has more attributes than it may have."""
    for at in range(_STRIDE, len(page) - _STRIDE, _STRIDE):
        if page.find(b">", at, at + _STRIDE) >= 0:
            continue
        begin = page.rfind(b"<", 0, at)
        if not page[begin + 1 : begin + 2].isalpha() or page.find(b">", begin, at) >= 0:
            continue
        # Mostly a picture within the page: one attribute.
        tag = _TAG.match(page, begin, begin + _LONGEST_CHECKED)
        if tag and _attributes(tag[3]) > MOST_ATTRIBUTES:
            return True
    return False


def _safe_length(page: bytes) -> int:
    """Walk from tag to tag until a bound is passed."""
    burden = _Burden()
    at = tags = 0
    while found := _TAG.search(page, at):
        at = found.end()
        if found[2] is None:
            continue
        tags += 1
        name = found[2].lower()
        burden.add(name, found[3], closes=bool(found[1]))
        if tags > MOST_TAGS or burden.is_too_much or _attributes(found[3]) > MOST_ATTRIBUTES:
            return found.start()
        if not found[1] and name in _RAW:
            at = _raw_end(page, name, at)
    return len(page)


class _Burden:
    """What a parser has to carry along from tag to tag."""

    def __init__(self) -> None:
        self._depth = 0
        self._open: Counter[bytes] = Counter()
        self._waiting = 0
        self._reopened = 0
        self._formatting: dict[bytes, int] = {}

    @property
    def is_too_much(self) -> bool:
        """Whether a bound is passed."""
        return (
            self._depth > MOST_DEPTH
            or self._waiting > MOST_FORMATTING
            or self._reopened > MOST_REOPENED
        )

    def add(self, name: bytes, attributes: bytes, *, closes: bool) -> None:
        """Take in one tag."""
        if name in _FORMATTING:
            self._format(name, attributes, closes=closes)
        elif name not in _VOID:
            if not closes:
                self._reopened += self._waiting
            if name not in _OMISSIBLE:
                self._nest(name, closes=closes)

    def _nest(self, name: bytes, *, closes: bool) -> None:
        """An end tag without a start tag closes nothing."""
        if not closes:
            self._open[name] += 1
            self._depth += 1
        elif self._open[name]:
            self._open[name] -= 1
            self._depth -= 1

    def _format(self, name: bytes, attributes: bytes, *, closes: bool) -> None:
        known = self._formatting
        if not closes:
            key = name + b" " + attributes[:200].strip()
            known[key] = known.get(key, 0) + 1
            self._waiting += known[key] <= _SAME_FORMATTING
        elif key := next((key for key in reversed(known) if key.split(b" ", 1)[0] == name), b""):
            self._waiting -= known[key] <= _SAME_FORMATTING
            known[key] -= 1
            if not known[key]:
                del known[key]


def _raw_end(page: bytes, name: bytes, at: int) -> int:
    """Where the text of a script and its like ends: no tags are in it."""
    found = re.compile(rb"</" + name, re.IGNORECASE).search(page, at)
    return found.start() if found else len(page)


def _attributes(text: bytes) -> int:
    if len(text) <= MOST_ATTRIBUTES:
        return 0
    return sum(1 for _ in islice(_ATTRIBUTE.finditer(text), MOST_ATTRIBUTES + 1))
