"""Keyed BLAKE2b digests (RFC 7693) of many messages: the identities of log records and of further
rows, and hashes of values.

The key fills the first block, so the state behind it is the same for all messages. Words are
little-endian. Messages are hashed four at a time, those with equally many blocks together.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.sources.idlanes import COUNTS, LANES, LASTS, START, STATES, compress

BLOCK = 128
WORDS = BLOCK // 8
DIGEST = 16
CHILD = np.frombuffer(b"child".ljust(16, b"\0"), np.uint64)
"""What digests are for, as two words: the personalization of RFC 7693."""
BEGINNING = np.array(START, np.uint64)
ALL_BITS = np.uint64(2**64 - 1)


@compiled
def _room(most: int) -> int:
    """Bytes of a lane for messages of at most so many bytes: whole blocks."""
    return (most // BLOCK + 1) * BLOCK


@compiled
def _blocks(size: int) -> int:
    return max(1, (size + BLOCK - 1) // BLOCK)


@compiled
def _in_order(sizes: np.ndarray) -> np.ndarray:
    """The messages' numbers, those with fewer blocks first."""
    begins = np.zeros(_blocks(sizes.max()) + 2 if len(sizes) else 2, np.int64)
    for size in sizes:
        begins[_blocks(size) + 1] += 1
    begins = np.cumsum(begins)
    order = np.empty(len(sizes), np.int64)
    for number in range(len(sizes)):
        blocks = _blocks(sizes[number])
        order[begins[blocks]] = number
        begins[blocks] += 1
    return order


@compiled
def _hash(
    messages: np.ndarray,
    sizes: np.ndarray,
    rows: np.ndarray,
    keyed: np.ndarray,
    state: np.ndarray,
    found: np.ndarray,
) -> None:
    """Write the digests of the first lanes' messages into these rows; the last of them has the
    most blocks.

    `messages` (lane, word) have nothing but zeros behind their `sizes`; `state` is room for one.
    """
    for word in range(8):
        for lane in range(LANES):
            state[word, lane] = keyed[word, lane]
    for number in range(_blocks(sizes[len(rows) - 1])):
        for lane in range(LANES):
            is_last = number + 1 == _blocks(sizes[lane])
            state[COUNTS, lane] = BLOCK + min(sizes[lane], (number + 1) * BLOCK)
            state[LASTS, lane] = ALL_BITS if is_last else np.uint64(0)
        compress(state, messages, number * WORDS)
        for lane in range(len(rows)):
            if state[LASTS, lane]:
                found[rows[lane], 0] = state[0, lane]
                found[rows[lane], 1] = state[1, lane]


@compiled
def _keyed(key: np.ndarray, person: np.ndarray, size: int, is_all: bool) -> np.ndarray:
    """The state behind a key, which is not longer than 64 bytes and not empty, for digests of so
    many bytes and for a purpose. `is_all`: no byte follows the key."""
    messages = np.zeros((LANES, BLOCK), np.uint8)
    state = np.zeros((STATES, LANES), np.uint64)
    for lane in range(LANES):
        messages[lane, : len(key)] = key
        state[:8, lane] = BEGINNING
        state[0, lane] ^= np.uint64(0x01010000 ^ (len(key) << 8) ^ size)
        state[6, lane] ^= person[0]
        state[7, lane] ^= person[1]
        state[COUNTS, lane] = BLOCK
        state[LASTS, lane] = ALL_BITS if is_all else np.uint64(0)
    compress(state, messages.view(np.uint64), 0)
    return state


@compiled
def _copied(message: np.ndarray, at: int, text: np.ndarray, begin: int, end: int) -> int:
    """Copies text[begin:end] to its place in a message; returns where it ends there."""
    given, taken = text[begin:end], message[at : at + end - begin]
    # Places that count up to a length are known to be in reach, and copied many at a time.
    for place in range(len(given)):
        taken[place] = given[place]
    return at + end - begin


@compiled
def _ended(message: np.ndarray, at: int, end: int, held: int) -> int:
    """Clears what an earlier message left in the lane that begins at `at`; returns the new one's
    size."""
    for place in range(end, at + held):
        message[place] = 0
    return end - at


@compiled
def digests(
    text: np.ndarray,
    starts: np.ndarray,
    places: np.ndarray,
    ends: np.ndarray,
    prefixes: np.ndarray,
    bounds: np.ndarray,
    prefix_of: np.ndarray,
    marks: np.ndarray,
    mark_of: np.ndarray,
    key: np.ndarray,
) -> np.ndarray:
    """The keyed digests, a row of 16 bytes each, of a prefix and text[start:end] with the mark in
    its place (line, 2).

    `bounds` say where in the bytes `prefixes` each prefix begins, and where the last one ends;
    `marks` have a row each. The key is not longer than 64 bytes and not empty.
    """
    sizes = np.empty(len(starts), np.int64)
    for line in range(len(starts)):
        prefix = prefix_of[line]
        kept = ends[line] - starts[line] - (places[line, 1] - places[line, 0])
        sizes[line] = bounds[prefix + 1] - bounds[prefix] + marks.shape[1] + kept
    order = _in_order(sizes)
    room = _room(sizes.max() if len(sizes) else 0)
    messages, held = np.zeros(LANES * room, np.uint8), np.zeros(LANES, np.int64)
    words = messages.view(np.uint64).reshape(LANES, room // 8)
    keyed = _keyed(key, np.zeros(2, np.uint64), DIGEST, False)
    state, found = np.empty_like(keyed), np.empty((len(starts), 2), np.uint64)
    for first in range(0, len(order), LANES):
        rows = order[first : first + LANES]
        for lane in range(len(rows)):
            line, at = rows[lane], lane * room
            prefix = prefix_of[line]
            at = _copied(messages, at, prefixes, bounds[prefix], bounds[prefix + 1])
            at = _copied(messages, at, text, starts[line], places[line, 0])
            for byte in range(marks.shape[1]):
                messages[at + byte] = marks[mark_of[line], byte]
            at = _copied(messages, at + marks.shape[1], text, places[line, 1], ends[line])
            held[lane] = _ended(messages, lane * room, at, held[lane])
        _hash(words, held, rows, keyed, state, found)
    return found.view(np.uint8)


@compiled
def of_values(
    text: np.ndarray, bounds: np.ndarray, key: np.ndarray, person: np.ndarray, size: int
) -> np.ndarray:
    """The keyed digests of values that stand one after the other in `text`, two words each, of
    which the first `size` bytes count. `bounds` say where each begins, and where the last one
    ends; `person` is the purpose as two words."""
    sizes = np.diff(bounds)
    order = _in_order(sizes)
    room = _room(sizes.max() if len(sizes) else 0)
    messages, held = np.zeros(LANES * room, np.uint8), np.zeros(LANES, np.int64)
    words = messages.view(np.uint64).reshape(LANES, room // 8)
    keyed, empty = _keyed(key, person, size, False), _keyed(key, person, size, True)
    state, found = np.empty_like(keyed), np.empty((len(order), 2), np.uint64)
    for first in range(0, len(order), LANES):
        rows = order[first : first + LANES]
        for lane in range(len(rows)):
            row = rows[lane]
            at = _copied(messages, lane * room, text, bounds[row], bounds[row + 1])
            held[lane] = _ended(messages, lane * room, at, held[lane])
        _hash(words, held, rows, keyed, state, found)
    for row in np.flatnonzero(sizes == 0):
        found[row] = empty[:2, 0]
    return found


@compiled
def children(
    owners: np.ndarray,
    units: np.ndarray,
    ordinals: np.ndarray,
    table: np.ndarray,
    key: np.ndarray,
) -> np.ndarray:
    """The keyed digests, a row of 16 bytes each, of an owner's identity, a number of 8 bytes and a
    table's name of at most 100 bytes, as `identity.child_id` makes them."""
    size = DIGEST + 8 + len(table)
    messages = np.zeros(LANES * BLOCK, np.uint8)
    words, sizes = messages.view(np.uint64).reshape(LANES, WORDS), np.full(LANES, size)
    keyed = _keyed(key, CHILD, DIGEST, False)
    state, found = np.empty_like(keyed), np.empty((len(units), 2), np.uint64)
    for lane in range(LANES):
        _copied(messages, lane * BLOCK + DIGEST + 8, table, 0, len(table))
    for first in range(0, len(units), LANES):
        rows = np.arange(first, min(first + LANES, len(units)))
        for lane in range(len(rows)):
            row, at = rows[lane], lane * BLOCK
            _copied(messages, at, owners, units[row] * DIGEST, (units[row] + 1) * DIGEST)
            for place in range(8):
                messages[at + DIGEST + 7 - place] = (ordinals[row] >> (8 * place)) & 0xFF
        _hash(words, sizes, rows, keyed, state, found)
    return found.view(np.uint8)
