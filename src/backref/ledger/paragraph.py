"""What changed in the text around a link, word by word."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Change = Literal["same", "gone", "new"]
MOST_WORDS = 400
"""Of a longer text the rest is not compared."""


class Piece(NamedTuple):
    """Words that stayed the same, are gone or are new."""

    change: Change
    words: str


def difference(before: str | None, after: str | None) -> tuple[Piece, ...]:
    """The two texts as pieces in reading order, what is gone before what came in its place.

    >>> [*difference("our old sale", "our sale")]
    [Piece(change='same', words='our'), Piece(change='gone', words='old'), \
Piece(change='same', words='sale')]
    """
    old, new = ((text or "").split()[:MOST_WORDS] for text in (before, after))
    pieces: list[Piece] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for change, start, end, first, last in matcher.get_opcodes():
        if change == "equal":
            pieces.append(Piece("same", " ".join(old[start:end])))
            continue
        if end > start:
            pieces.append(Piece("gone", " ".join(old[start:end])))
        if last > first:
            pieces.append(Piece("new", " ".join(new[first:last])))
    return tuple(pieces)


def written(pieces: tuple[Piece, ...]) -> str:
    """The pieces in one line, as word diffs are written: `our [-old-] {+new+} sale`."""
    marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
    return " ".join(marks[piece.change].format(piece.words) for piece in pieces)
