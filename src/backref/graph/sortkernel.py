"""Sort edges as whole numbers, by counting digits.

Formula: an edge (v, w) is the key v * 2**bits + w, where 2**bits > every w, so that the order of
keys is the order of rows and of the neighbours within each. One pass by the highest digit cuts
the keys into pieces that fit a core's cache (MSD radix); passes by lower digits sort each piece
(LSD radix). Every pass is stable and linear, so that no order of input is a bad one.

Reference: Knuth, The Art of Computer Programming 3, 5.2.5.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.bits import signed

DIGIT = 11
"""Bits of a digit: 2**11 counters stay in a core's first cache."""
ONE, ZERO = np.uint64(1), np.uint64(0)


@compiled
def pack(sources: np.ndarray, targets: np.ndarray, bits: int, keys: np.ndarray) -> None:
    """Keys of edges, row first."""
    shift = np.uint64(bits)
    for edge in range(len(sources)):
        keys[edge] = np.uint64(sources[edge]) << shift | np.uint64(targets[edge])


@compiled
def pack_links(
    sources: np.ndarray, targets: np.ndarray, bits: int, nodes: int, keys: np.ndarray
) -> tuple[int, int, int]:
    """Keys of the edges between two different nodes below `nodes`; returns how many they are,
    how many edges lead from a node to itself, and how many name no node. Ids may be of any
    integer type; a negative one names no node."""
    shift = np.uint64(bits)
    kept = loops = strangers = 0
    for edge in range(len(sources)):
        source, target = sources[edge], targets[edge]
        if source < 0 or target < 0 or source >= nodes or target >= nodes:
            strangers += 1
        elif source == target:
            loops += 1
        else:
            keys[kept] = np.uint64(source) << shift | np.uint64(target)
            kept += 1
    return kept, loops, strangers


@compiled
def count_digits(keys: np.ndarray, shift: int, counts: np.ndarray) -> None:
    """Adds to `counts` how many keys have each value above the lowest `shift` bits."""
    by = np.uint64(shift)
    for key in keys:
        counts[key >> by] += 1


@compiled
def scatter(keys: np.ndarray, shift: int, places: np.ndarray, into: np.ndarray) -> None:
    """Moves each key to the next place of its digit; `places` move on with it."""
    by = np.uint64(shift)
    for key in keys:
        digit = key >> by
        into[places[digit]] = key
        places[digit] += 1


@compiled
def sort_piece(keys: np.ndarray, spare: np.ndarray, bits: int) -> None:
    """Sorts the keys in place by their lowest `bits` bits; `spare` is as long as they."""
    counts = np.zeros(1 << DIGIT, np.int64)
    passes = (bits + DIGIT - 1) // DIGIT
    width = (bits + passes - 1) // passes if passes else 0
    mask = (ONE << np.uint64(width)) - ONE
    for digit in range(passes):
        shift = np.uint64(digit * width)
        counts[:] = 0
        for key in keys:
            counts[(key >> shift) & mask] += 1
        place = 0
        for value in range(1 << width):
            count = counts[value]
            counts[value] = place
            place += count
        for key in keys:
            value = (key >> shift) & mask
            spare[counts[value]] = key
            counts[value] += 1
        keys, spare = spare, keys
    if passes % 2:
        spare[:] = keys


@compiled
def sort_pieces(
    keys: np.ndarray, spare: np.ndarray, bounds: np.ndarray, first: int, last: int, bits: int
) -> None:
    """Sorts the pieces `first` to `last` - 1 that `bounds` cuts out, each by its lowest bits."""
    for piece in range(first, last):
        begin, end = bounds[piece], bounds[piece + 1]
        if end - begin > 1:
            sort_piece(keys[begin:end], spare[begin:end], bits)


@compiled
def drop_repeats(keys: np.ndarray) -> int:
    """Moves the distinct keys of a sorted array to its front; returns how many they are."""
    if len(keys) == 0:
        return 0
    kept = 1
    for place in range(1, len(keys)):
        if keys[place] != keys[place - 1]:
            keys[kept] = keys[place]
            kept += 1
    return kept


@compiled
def cut_rows(keys: np.ndarray, bits: int, first: int, starts: np.ndarray, ids: np.ndarray) -> None:
    """The rows of sorted keys: row r of node `first` + r is `ids[starts[r]:starts[r + 1]]`."""
    shift = np.uint64(bits)
    mask = (ONE << shift) - ONE
    row = 0
    starts[0] = 0
    for place in range(len(keys)):
        key = keys[place]
        node = signed(key >> shift) - first
        while row < node:
            row += 1
            starts[row] = place
        ids[place] = np.uint32(key & mask)
    while row < len(starts) - 1:
        row += 1
        starts[row] = len(keys)


@compiled
def turn(
    starts: np.ndarray, ids: np.ndarray, first: int, bits: int, begin: int, end: int,
    keys: np.ndarray,
) -> None:  # fmt: skip
    """Keys of the edges of rows `begin` to `end` - 1 the other way round, neighbour first."""
    shift = np.uint64(bits)
    place = 0
    for row in range(begin, end):
        node = np.uint64(first + row)
        for at in range(starts[row], starts[row + 1]):
            keys[place] = np.uint64(ids[at]) << shift | node
            place += 1
