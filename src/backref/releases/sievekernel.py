"""Lines of a table of ranks picked out by the name that they hold, as bytes.

Formula: a line is kept when the 64-bit FNV-1a digest of its field number `column`, finished by the
mixing steps of splitmix64, stands in a hash table with linear probing, or when it is the first or
its number among all lines is a multiple of `every`.
http://www.isthe.com/chongo/tech/comp/fnv/, https://prng.di.unimi.it/splitmix64.c

Conventions: `text` holds whole lines, each with its end. The table has a power of two of places, 0
is a free one, at least half of them are. Digests are never 0. A line is odd, and passed over, where
it has another number of fields than `fields`. Stops when the text ends or `places` are full.

The residual: one in 10^19 / table's size lines is kept although nobody asked for it, which does no
harm: it is a true line. None is missed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_MIX, _MIX_AGAIN = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_TAB, _END = 9, 10


@compiled
def digest(text: NDArray[np.uint8], begin: int, end: int) -> np.uint64:
    """The digest of some bytes."""
    found = _BASIS
    for at in range(begin, end):
        found = (found ^ np.uint64(text[at])) * _PRIME
    found = (found ^ (found >> np.uint64(30))) * _MIX
    found = (found ^ (found >> np.uint64(27))) * _MIX_AGAIN
    found ^= found >> np.uint64(31)
    return found if found != np.uint64(0) else np.uint64(1)


@compiled
def filled(digests: NDArray[np.uint64], table: NDArray[np.uint64]) -> None:
    """Put digests into an empty table."""
    mask = np.uint64(table.size - 1)
    for each in digests:
        at = each & mask
        while table[at] != np.uint64(0) and table[at] != each:
            at = (at + np.uint64(1)) & mask
        table[at] = each


@compiled
def has(table: NDArray[np.uint64], each: np.uint64) -> bool:
    """Whether a digest is in a table."""
    mask = np.uint64(table.size - 1)
    at = each & mask
    while table[at] != np.uint64(0):
        if table[at] == each:
            return True
        at = (at + np.uint64(1)) & mask
    return False


@compiled
def sieved(
    text: NDArray[np.uint8],
    shape: NDArray[np.int64],
    table: NDArray[np.uint64],
    places: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> int:
    """Pick lines out. `shape` holds column, fields and every; `counts` the lines so far, of them
    the odd ones, and the place in the text. The begin and end of each kept line, without its line
    end, are put into `places`, whose used rows are returned."""
    column, fields, every = shape[0], shape[1], shape[2]
    lines, odd, begin = counts[0], counts[1], counts[2]
    kept = 0
    while begin < text.size and kept < places.shape[0]:
        at, field = begin, 0
        name_begin, name_end = begin, -1
        while at < text.size and text[at] != _END:
            if text[at] == _TAB:
                if field == column:
                    name_end = at
                field += 1
                if field == column:
                    name_begin = at + 1
            at += 1
        if field == column:
            name_end = at
        lines += 1
        if field != fields - 1:
            odd += 1
        elif lines == 1 or lines % every == 0 or has(table, digest(text, name_begin, name_end)):
            places[kept, 0], places[kept, 1] = begin, at
            kept += 1
        begin = at + 1
    counts[0], counts[1], counts[2] = lines, odd, begin
    return kept
