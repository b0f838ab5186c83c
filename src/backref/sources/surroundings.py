"""The words of a link and the words around it, read from the tree in document order.

Text is folded: runs of white space become one blank, and a block's border is white space. Each
walk is bounded in the nodes it may pass and the characters it may take, so that a page of a
hundred thousand links costs a hundred thousand small walks.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from backref.sources.tags import AREA, TEXT, numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from selectolax.lexbor import LexborNode

    _Step = Callable[[LexborNode], LexborNode | None]

_NEXT, _FIRST_CHILD = attrgetter("next"), attrgetter("first_child")
_PREVIOUS, _LAST_CHILD = attrgetter("prev"), attrgetter("last_child")

ANCHOR_CHARACTERS = 300
CONTEXT_CHARACTERS = 300
MOST_STEPS = 40
"""Nodes that a walk to one side of a link, or within it, may pass."""
MOST_IMAGES = 8
MOST_CLIMB = 3
"""Blocks that hold nothing but the link and are looked beyond."""
MOST_INLINE = 64
"""Elements within one block that may stand around a link; mangled pages nest thousands."""
_RAW_CHARACTERS = 4 * CONTEXT_CHARACTERS
"""Characters that one text node may give before folding; indented sources are mostly blanks."""

_BLOCKS = numbers(
    """address article aside blockquote body br button caption center dd details div dl dt
    fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html iframe legend li
    main nav ol option p pre section select summary table tbody td tfoot th thead tr ul"""
)
_EDGES = numbers("article aside body footer form header html main nav section table ul ol dl")
"""Beyond the border of one of these, text is no longer about the link."""


def fold(text: str) -> str:
    """The text with every run of white space made one blank, and none at its ends."""
    return " ".join(text.split())


def anchor_of(link: LexborNode, said: str) -> tuple[str, str]:
    """What a link says, at most `ANCHOR_CHARACTERS`, and its kind: its `text`, else the
    alternative text of an `image`, else it is `empty`. `said` is all text within the link."""
    first = link.first_child
    if first is None:
        if link.tag_id == AREA:
            return fold(link.attributes.get("alt") or "")[:ANCHOR_CHARACTERS], "image"
        return "", "empty"
    if first.tag_id == TEXT and first.next is None:
        text = fold(said)
    else:
        whole = _whole(link)
        text = fold(said if whole is None else whole)
    if text:
        return text[:ANCHOR_CHARACTERS], "text"
    images = link.css("img")[:MOST_IMAGES]
    alternative = " ".join(image.attributes.get("alt") or "" for image in images)
    return fold(alternative)[:ANCHOR_CHARACTERS], "image" if images else "empty"


class Contexts:
    """The text around one page's links. Most stand in a short paragraph or item, which is read
    once and is the context of all links in it; around others a window is read."""

    def __init__(self) -> None:
        self._known: dict[int, str | None] = {}

    def of(self, link: LexborNode, anchor: str) -> str:
        """The text around a link with the anchor in it, `CONTEXT_CHARACTERS` at most."""
        around = link.parent
        for climbed in range(MOST_CLIMB):
            around = _nearest_block(around)
            if around is None or around.tag_id in _EDGES:
                return anchor if climbed else _window(link, anchor)
            text = self._text(around)
            if text is None:
                return _window(link, anchor)
            if text != anchor:
                return text
            around = around.parent
        return anchor

    def _text(self, block: LexborNode) -> str | None:
        """All text of a block; None when there is more than fits."""
        key = block.mem_id
        if key in self._known:
            return self._known[key]
        whole = _whole(block)
        text = None if whole is None else fold(whole)
        if text is not None and len(text) > CONTEXT_CHARACTERS:
            text = None
        self._known[key] = text
        return text


def _nearest_block(node: LexborNode | None) -> LexborNode | None:
    """The node if it is a block, else the first block around it that is not far out."""
    for _ in range(MOST_INLINE):
        if node is None or node.tag_id in _BLOCKS:
            return node
        node = node.parent
    return None


def _whole(element: LexborNode) -> str | None:
    """All text within an element, blanks at blocks' borders; None beyond `MOST_STEPS` nodes."""
    parts: list[str] = []
    at = element.first_child
    depth = 0
    for _ in range(MOST_STEPS):
        if at is None:
            break
        kind = at.tag_id
        if kind == TEXT:
            parts.append(at.text_content or "")
        else:
            if kind in _BLOCKS:
                parts.append(" ")
            if (child := at.first_child) is not None:
                at = child
                depth += 1
                continue
        following = at.next
        while following is None and depth and (above := at.parent) is not None:
            depth -= 1
            if above.tag_id in _BLOCKS:
                parts.append(" ")
            at = above
            following = at.next
        at = following
    return None if at is not None else "".join(parts)


def _window(link: LexborNode, anchor: str) -> str:
    """The anchor with text on both sides. Up to half of the room is for what stands before;
    what that leaves is for what follows."""
    room = CONTEXT_CHARACTERS - len(anchor)
    before = _before(link, room // 2)
    return fold(f"{before}{anchor}{_after(link, room - len(before))}")


def _after(link: LexborNode, room: int) -> str:
    start = slice(_RAW_CHARACTERS)
    return _folded("".join(_texts(link, room, _NEXT, _FIRST_CHILD, start)))[:room]


def _before(link: LexborNode, room: int) -> str:
    end = slice(-_RAW_CHARACTERS, None)
    backwards = _texts(link, room, _PREVIOUS, _LAST_CHILD, end)
    return _folded("".join(reversed(backwards)))[-room:] if room else ""


def _texts(link: LexborNode, room: int, beside: _Step, within: _Step, cut: slice) -> list[str]:
    """Texts on one side of the link, the nearest first, until they fill the room. `beside` and
    `within` step to the next node of that side and into it; `cut` bounds what a node gives."""
    parts: list[str] = []
    left = room
    at = link
    for _ in range(MOST_STEPS):
        neighbour = beside(at)
        if neighbour is None:
            parent = at.parent
            if parent is None or (kind := parent.tag_id) in _EDGES:
                break
            if kind in _BLOCKS:
                parts.append(" ")
            at = parent
            continue
        while (kind := neighbour.tag_id) != TEXT:
            if kind in _BLOCKS:
                parts.append(" ")
            child = within(neighbour)
            if child is None:
                break
            neighbour = child
        at = neighbour
        if kind == TEXT:
            text = (neighbour.text_content or "")[cut]
            parts.append(text)
            left -= len(text.strip())
            if left <= 0:
                break
    return parts


def _folded(text: str) -> str:
    """Folded, with a blank kept where the text began or ended with one."""
    if not text:
        return ""
    folded = fold(text)
    before = " " if text[0].isspace() else ""
    return before + folded + (" " if folded and text[-1].isspace() else "")
