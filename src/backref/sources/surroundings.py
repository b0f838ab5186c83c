"""The words of a link and the words around it, read from the tree in document order.

Text is folded: runs of white space become one blank, and a block's border is white space. Each
walk is bounded in the nodes it may pass and the characters it may take, so that a page of a
hundred thousand links costs a hundred thousand small walks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.sources.tags import AREA, TEXT, numbers

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

ANCHOR_CHARACTERS = 300
CONTEXT_CHARACTERS = 300
MOST_STEPS = 40
"""Nodes that a walk to one side of a link, or within it, may pass."""
MOST_IMAGES = 8
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


def anchor_of(link: LexborNode) -> tuple[str, str]:
    """What a link says, at most `ANCHOR_CHARACTERS`, and its kind: its `text`, else the
    alternative text of an `image`, else it is `empty`."""
    if link.tag_id == AREA:
        return fold(link.attributes.get("alt") or "")[:ANCHOR_CHARACTERS], "image"
    if text := _said(link)[:ANCHOR_CHARACTERS]:
        return text, "text"
    images = link.css("img")[:MOST_IMAGES]
    if not images:
        return "", "empty"
    alternative = " ".join(image.attributes.get("alt") or "" for image in images)
    return fold(alternative)[:ANCHOR_CHARACTERS], "image"


def _said(link: LexborNode) -> str:
    first = link.first_child
    if first is None:
        return ""
    if first.next is None and first.tag_id == TEXT:
        return fold(first.text_content or "")
    return fold(_inside(link, first)) or fold(link.text())


def _inside(link: LexborNode, first: LexborNode) -> str:
    """The first text within a link, with a blank where a block begins or ends."""
    parts: list[str] = []
    at: LexborNode | None = first
    link_id = link.mem_id
    for _ in range(MOST_STEPS):
        if at is None or at.mem_id == link_id:
            break
        kind = at.tag_id
        if kind == TEXT:
            parts.append((at.text_content or "")[:_RAW_CHARACTERS])
        elif kind in _BLOCKS:
            parts.append(" ")
        at = at.first_child or _after(at, link_id, parts)
    return "".join(parts)


def _after(at: LexborNode, link_id: int, parts: list[str]) -> LexborNode | None:
    """The node that follows a childless one, upwards as far as the link."""
    found: LexborNode | None = at
    for _ in range(MOST_STEPS):
        if found is None or found.mem_id == link_id:
            return None
        if found.next is not None:
            return found.next
        found = found.parent
        if found is not None and found.tag_id in _BLOCKS:
            parts.append(" ")
    return None


def context_of(link: LexborNode, anchor: str) -> str:
    """The anchor with the text on both sides of it, `CONTEXT_CHARACTERS` in all at most."""
    room = CONTEXT_CHARACTERS - len(anchor)
    before, after = _before_link(link, room), _after_link(link, room)
    spare = max(0, room // 2 - len(after))
    before = before[max(0, len(before) - room // 2 - spare) :]
    after = after[: room - len(before)]
    return fold(before + anchor + after)


def _after_link(link: LexborNode, room: int) -> str:
    parts: list[str] = []
    length = 0
    at = link
    for _ in range(MOST_STEPS):
        following = at.next
        if following is None:
            parent = at.parent
            if parent is None or (kind := parent.tag_id) in _EDGES:
                break
            if kind in _BLOCKS:
                parts.append(" ")
            at = parent
            continue
        while (kind := following.tag_id) != TEXT:
            if kind in _BLOCKS:
                parts.append(" ")
            child = following.first_child
            if child is None:
                break
            following = child
        at = following
        if kind == TEXT:
            text = _left(following.text_content or "")
            parts.append(text)
            length += len(text)
            if length >= room:
                break
    return "".join(parts)


def _before_link(link: LexborNode, room: int) -> str:
    parts: list[str] = []
    length = 0
    at = link
    for _ in range(MOST_STEPS):
        preceding = at.prev
        if preceding is None:
            parent = at.parent
            if parent is None or (kind := parent.tag_id) in _EDGES:
                break
            if kind in _BLOCKS:
                parts.append(" ")
            at = parent
            continue
        while (kind := preceding.tag_id) != TEXT:
            if kind in _BLOCKS:
                parts.append(" ")
            child = preceding.last_child
            if child is None:
                break
            preceding = child
        at = preceding
        if kind == TEXT:
            text = _right(preceding.text_content or "")
            parts.append(text)
            length += len(text)
            if length >= room:
                break
    parts.reverse()
    return "".join(parts)


def _left(text: str) -> str:
    """The beginning of a text node, folded, a blank kept where it began or ended with one."""
    return _folded_within(text[:_RAW_CHARACTERS])


def _right(text: str) -> str:
    return _folded_within(text[-_RAW_CHARACTERS:])


def _folded_within(text: str) -> str:
    folded = " ".join(text.split())
    if not folded:
        return " " if text else ""
    before = " " if text[0].isspace() else ""
    return before + folded + (" " if text[-1].isspace() else "")
