"""Read lines of two numbers, and lines of a number and a name.

Conventions: a line ends with a newline, a return before it is no part of it; fields are apart by
tabs or blanks. Numbers have at most `MOST_DIGITS` digits, so that none is beyond 63 bits. Lines
that hold nothing are passed over. The text holds whole lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.compiled import compiled

if TYPE_CHECKING:
    import numpy as np

NEWLINE, RETURN, TAB, BLANK, ZERO, DOT, LETTER = 10, 13, 9, 32, 48, 46, 119
MOST_DIGITS = 18
WWW = 4


@compiled
def _number(text: np.ndarray, at: int, end: int) -> tuple[int, int]:
    """A number and where it ends; -1 where there is none."""
    begin, number = at, 0
    while at < end and text[at] - ZERO <= 9 and text[at] >= ZERO:
        number = number * 10 + (text[at] - ZERO)
        at += 1
        if at - begin > MOST_DIGITS:
            return -1, at
    return (number if at > begin else -1), at


@compiled
def _gap(text: np.ndarray, at: int, end: int) -> int:
    while at < end and (text[at] == TAB or text[at] == BLANK):
        at += 1
    return at


@compiled
def read_pairs(
    text: np.ndarray, end: int, sources: np.ndarray, targets: np.ndarray
) -> tuple[int, int, int, int]:
    """Reads lines of two numbers, as many as there is room for; returns how many pairs there are,
    how many lines are no pair, the number of the first of these, or -1, and that of lines."""
    at = pairs = wrong = lines = 0
    first = -1
    while at < end and pairs < len(sources):
        lines += 1
        source, behind = _number(text, at, end)
        middle = _gap(text, behind, end)
        target, behind = _number(text, middle, end) if source >= 0 < middle else (-1, middle)
        fits = source >= 0 and target >= 0
        at = _gap(text, behind, end)
        if at < end and text[at] == RETURN:
            at += 1
        fits = fits and (at >= end or text[at] == NEWLINE)
        empty = not fits and source < 0 and behind == middle and at < end and text[at] == NEWLINE
        while at < end and text[at] != NEWLINE:
            at += 1
            empty = False
        at += 1
        if fits:
            sources[pairs] = source
            targets[pairs] = target
            pairs += 1
        elif not empty:
            wrong += 1
            if first < 0:
                first = lines - 1
    return pairs, wrong, first, lines


@compiled
def read_names(
    text: np.ndarray, end: int, due: int, spans: np.ndarray
) -> tuple[int, int, int, int]:
    """Reads lines of a number and a name, the numbers being `due` and those that follow it, and
    passes over what fields come behind. Writes where each name begins and ends into `spans`.

    Returns how many names there are, how many of them end with `.www`, and for the line that is
    not so its place in the text and the number it has, or -1 twice.
    """
    at = names = www = 0
    while at < end:
        start = at
        number, behind = _number(text, at, end)
        begin = _gap(text, behind, end)
        fits = number == due + names and begin > behind
        at = begin
        # Where fields are apart by tabs a name may hold blanks.
        until = TAB if begin > behind and text[behind] == TAB else BLANK
        while at < end and text[at] != until and text[at] != NEWLINE and text[at] != RETURN:
            at += 1
        stop = at
        while at < end and text[at] != NEWLINE:
            at += 1
        at += 1
        if number < 0 and stop == start and (at >= end or at - start <= 2):
            continue
        if not fits or stop == begin:
            return names, www, start, number
        spans[names, 0], spans[names, 1] = begin, stop
        names += 1
        if stop - begin > WWW and text[stop - WWW] == DOT:
            if text[stop - 3] == LETTER and text[stop - 2] == LETTER and text[stop - 1] == LETTER:
                www += 1
    return names, www, -1, -1
