"""Sorted names, each written as what it does not share with the one before it.

Formula: names come in blocks of `BLOCK`. A name is a byte of two nibbles, how many first bytes it
shares with the name before it and how many bytes follow, then these bytes; a nibble of 15 means
that a byte with the rest of the number follows. The first name of a block shares nothing. No name
has more than `MOST` bytes, none is empty, and each is greater than the one before it.

A name is found by halving the blocks, then by reading one block.

Reference: Witten, Moffat and Bell, Managing Gigabytes (1999), 4.1, front coding.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.bits import signed
from backref.graph.offsetkernel import read_offset

BLOCK = 16
MOST = 255
NIBBLE = 15
DAMAGED = -2
ABSENT = -1
WORST = MOST + 3
"""Bytes that a name takes at most."""


@compiled
def write_names(
    text: np.ndarray, spans: np.ndarray, count: int, last: np.ndarray, into: np.ndarray,
    sizes: np.ndarray,
) -> tuple[int, int]:  # fmt: skip
    """Writes names, which are text[spans[i, 0]:spans[i, 1]], into `into`, and the bytes of each
    block that ends among them into `sizes`.

    `count` names went before; `last` (MOST + 1 bytes, then 4 of the bytes of the block that is not
    full) says the last of them, and is written anew: its length comes first. Returns how many bytes
    were written, and which name is empty, too long or not greater than the one before it, or -1.
    """
    at = 0
    open_bytes = signed(last[MOST + 1]) | signed(last[MOST + 2]) << 8
    block = 0
    for name in range(len(spans)):
        begin, length = spans[name, 0], spans[name, 1] - spans[name, 0]
        before = signed(last[0])
        if length == 0 or length > MOST:
            return at, name
        shared = 0
        while shared < min(before, length) and last[1 + shared] == text[begin + shared]:
            shared += 1
        if count + name and (
            shared == length or (shared < before and last[1 + shared] > text[begin + shared])
        ):
            return at, name
        if (count + name) % BLOCK == 0:
            shared = 0
            if count + name:
                sizes[block] = open_bytes
                block += 1
            open_bytes = 0
        written = at
        rest = length - shared
        into[at] = min(shared, NIBBLE) | min(rest, NIBBLE) << 4
        at += 1
        if shared >= NIBBLE:
            into[at] = shared - NIBBLE
            at += 1
        if rest >= NIBBLE:
            into[at] = rest - NIBBLE
            at += 1
        for byte in range(shared, length):
            into[at] = text[begin + byte]
            last[1 + byte] = text[begin + byte]
            at += 1
        last[0] = length
        open_bytes += at - written
    last[MOST + 1], last[MOST + 2] = open_bytes & 255, open_bytes >> 8
    return at, -1


@compiled
def _next(coded: np.ndarray, at: int, end: int, name: np.ndarray, length: int) -> tuple[int, int]:
    """Reads one name over the one before it; returns where the next begins and its length, or
    `DAMAGED` twice."""
    if at >= end:
        return DAMAGED, DAMAGED
    shared, rest = signed(coded[at] & NIBBLE), signed(coded[at] >> 4)
    at += 1
    if shared == NIBBLE and at < end:
        shared += coded[at]
        at += 1
    if rest == NIBBLE and at < end:
        rest += coded[at]
        at += 1
    if shared > length or shared + rest > MOST or at + rest > end:
        return DAMAGED, DAMAGED
    for byte in range(rest):
        name[shared + byte] = coded[at + byte]
    return at + rest, shared + rest


@compiled
def read_name(coded: np.ndarray, begin: int, end: int, place: int, name: np.ndarray) -> int:
    """Writes the name at a place of the block between two bytes; returns its length or
    `DAMAGED`."""
    at, length = begin, 0
    if not 0 <= begin <= end <= len(coded):
        return DAMAGED
    for _ in range(place + 1):
        at, length = _next(coded, at, end, name, length)
        if length < 0:
            return DAMAGED
    return length


@compiled
def _order(name: np.ndarray, length: int, wanted: np.ndarray) -> int:
    """Below 0, 0 or above 0 as the name comes before, is, or comes behind what is wanted."""
    for byte in range(min(length, len(wanted))):
        if name[byte] != wanted[byte]:
            return signed(name[byte]) - signed(wanted[byte])
    return length - len(wanted)


@compiled
def find_name(
    coded: np.ndarray, low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int,
    count: int, wanted: np.ndarray,
) -> tuple[int, int]:  # fmt: skip
    """How many names come before the wanted one, and 1 if the next is it, else 0; `DAMAGED`
    twice where the bytes are not those written."""
    name = np.zeros(MOST, np.uint8)
    under, above = 0, (count + BLOCK - 1) // BLOCK
    while above - under > 1:
        middle = (under + above) // 2
        begin, end = read_offset(low, high, samples, width, middle)
        length = read_name(coded, begin, end, 0, name)
        if length < 0:
            return DAMAGED, DAMAGED
        if _order(name, length, wanted) <= 0:
            under = middle
        else:
            above = middle
    if count == 0:
        return 0, 0
    at, end = read_offset(low, high, samples, width, under)
    if not 0 <= at <= end <= len(coded):
        return DAMAGED, DAMAGED
    length = 0
    for place in range(under * BLOCK, min(count, under * BLOCK + BLOCK)):
        at, length = _next(coded, at, end, name, length)
        if length < 0:
            return DAMAGED, DAMAGED
        order = _order(name, length, wanted)
        if order >= 0:
            return place, 1 if order == 0 else 0
    return min(count, under * BLOCK + BLOCK), 0


@compiled
def read_names(
    coded: np.ndarray, low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int,
    ids: np.ndarray, into: np.ndarray, ends: np.ndarray,
) -> int:  # fmt: skip
    """Writes as many of the named names as there is room for, one behind the other, and where
    each ends; returns how many, or `DAMAGED`."""
    name = np.zeros(MOST, np.uint8)
    at = 0
    for place in range(len(ids)):
        wanted = signed(ids[place])
        begin, end = read_offset(low, high, samples, width, wanted // BLOCK)
        length = read_name(coded, begin, end, wanted % BLOCK, name)
        if length < 0:
            return DAMAGED
        if at + length > len(into):
            return place
        for byte in range(length):
            into[at + byte] = name[byte]
        at += length
        ends[place] = at
    return len(ids)
