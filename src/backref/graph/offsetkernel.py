"""Where each of many pieces of different length begins, in a few bits a piece.

Formula: Elias and Fano's code of a sequence that never falls, x_0 <= x_1 <= ... <= x_m: the lowest
l = floor(log2(x_m / m)) bits of each x_i as they are, and of the others, h_i = x_i >> l, a string
of bits with a one at h_i + i. That is at most 2 + log2(x_m / m) bits each. x_i is found by the
place of the i-th one; places of every `SAMPLED`-th are kept, and from there ones are counted.

References: Elias, Efficient storage and retrieval by content and address of static files (1974);
Vigna, Quasi-succinct indices (2013).
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.bits import ones, signed, trailing_zeros

SAMPLED = 256
ONE, U64 = np.uint64(1), np.uint64(64)
NOWHERE = -1


@compiled
def write_offsets(
    sizes: np.ndarray, width: int, low: np.ndarray, high: np.ndarray, samples: np.ndarray
) -> None:
    """Codes the sums 0, sizes[0], sizes[0] + sizes[1], ... into words of zeros."""
    offset = np.uint64(0)
    mask = (ONE << np.uint64(width)) - ONE
    for piece in range(len(sizes) + 1):
        place = signed(offset >> np.uint64(width)) + piece
        high[place >> 6] |= ONE << np.uint64(place & 63)
        if piece % SAMPLED == 0:
            samples[piece // SAMPLED] = place
        if width:
            at = piece * width
            within = np.uint64(at & 63)
            low[at >> 6] |= (offset & mask) << within
            if signed(within) + width > 64:
                low[(at >> 6) + 1] |= (offset & mask) >> (U64 - within)
        if piece < len(sizes):
            offset += np.uint64(sizes[piece])


@compiled
def _low(low: np.ndarray, width: int, piece: int) -> int:
    if width == 0:
        return 0
    at = piece * width
    word, within = at >> 6, np.uint64(at & 63)
    if word + 1 >= len(low):
        return NOWHERE
    value = low[word] >> within | (low[word + 1] << ONE) << (np.uint64(63) - within)
    return signed(value & ((ONE << np.uint64(width)) - ONE))


@compiled
def _place(high: np.ndarray, samples: np.ndarray, piece: int) -> int:
    """The place of the one of a piece."""
    start = signed(samples[piece // SAMPLED])
    left = piece % SAMPLED
    word = start >> 6
    if start < 0 or word >= len(high):
        return NOWHERE
    rest = high[word] >> np.uint64(start & 63) << np.uint64(start & 63)
    while True:
        count = signed(ones(rest))
        if left < count:
            break
        left -= count
        word += 1
        if word >= len(high):
            return NOWHERE
        rest = high[word]
    for _ in range(left):
        rest &= rest - ONE
    return word * 64 + signed(trailing_zeros(rest))


@compiled
def read_offset(
    low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int, piece: int
) -> tuple[int, int]:
    """Where a piece begins and ends; two times -1 where the words are not those written."""
    place = _place(high, samples, piece)
    if place < 0:
        return NOWHERE, NOWHERE
    word = (place + 1) >> 6
    if word >= len(high):
        return NOWHERE, NOWHERE
    rest = high[word] >> np.uint64((place + 1) & 63) << np.uint64((place + 1) & 63)
    while rest == 0:
        word += 1
        if word >= len(high):
            return NOWHERE, NOWHERE
        rest = high[word]
    behind = word * 64 + signed(trailing_zeros(rest))
    begin, end = _low(low, width, piece), _low(low, width, piece + 1)
    if begin < 0 or end < 0:
        return NOWHERE, NOWHERE
    return (place - piece) << width | begin, (behind - piece - 1) << width | end


@compiled
def read_offsets(
    low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int, first: int,
    offsets: np.ndarray,
) -> int:  # fmt: skip
    """Fills `offsets` with where pieces from `first` on begin; returns 0, or -1 where the words
    are not those written."""
    place = _place(high, samples, first)
    if place < 0:
        return NOWHERE
    word = place >> 6
    rest = high[word] >> np.uint64(place & 63) << np.uint64(place & 63)
    for at in range(len(offsets)):
        while rest == 0:
            word += 1
            if word >= len(high):
                return NOWHERE
            rest = high[word]
        place = word * 64 + signed(trailing_zeros(rest))
        rest &= rest - ONE
        piece = first + at
        value = _low(low, width, piece)
        if value < 0:
            return NOWHERE
        offsets[at] = (place - piece) << width | value
    return 0
