"""BLAKE2b of many messages (RFC 7693): the identities of log records, and of further rows.

A log record's message is a prefix, a mark and a stretch of the text. Digests have 16 bytes. The
key fills the first block, so the state behind it is the same for all messages. Words are
little-endian.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled

BLOCK = 128
DIGEST = 16
ROUNDS = 12
START = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    np.uint64,
)
ORDER = np.array(
    [
        [int(word, 16) for word in row]
        for row in (
            "0123456789abcdef",
            "ea489fd61c02b753",
            "b8c052fdae367194",
            "7931dcbe265a40f8",
            "905724afe1bc683d",
            "2c6a0b834d75fe19",
            "c51fed4a0763928b",
            "db7ec13950f4862a",
            "6fe9b308c2d714a5",
            "a2847615fb9e3cd0",
            "0123456789abcdef",
            "ea489fd61c02b753",
        )
    ],
    np.uint8,
)
"""Which words of a block each round mixes in: RFC 7693, 2.7; the first two rows return."""
NOBODY = np.zeros(2, np.uint64)
CHILD = np.frombuffer(b"child".ljust(16, b"\0"), np.uint64)
"""What digests are for, as two words: the personalization of RFC 7693."""


@compiled
def _turned(word: np.uint64, bits: int) -> np.uint64:
    return (word >> np.uint64(bits)) | (word << np.uint64(64 - bits))


@compiled
def _mixed(
    a: np.uint64, b: np.uint64, c: np.uint64, d: np.uint64, x: np.uint64, y: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    a = a + b + x
    d = _turned(d ^ a, 32)
    c = c + d
    b = _turned(b ^ c, 24)
    a = a + b + y
    d = _turned(d ^ a, 16)
    c = c + d
    b = _turned(b ^ c, 63)
    return a, b, c, d


@compiled
def _compress(
    state: np.ndarray, block: np.ndarray, count: int, last: bool, order: np.ndarray
) -> None:
    """Work a block of 16 words into the state; `count` bytes are hashed with them."""
    v0, v1, v2, v3 = state[0], state[1], state[2], state[3]
    v4, v5, v6, v7 = state[4], state[5], state[6], state[7]
    v8, v9, v10, v11 = START[0], START[1], START[2], START[3]
    v12, v13, v14, v15 = START[4] ^ np.uint64(count), START[5], START[6], START[7]
    if last:
        v14 = ~v14
    for turn in range(ROUNDS):
        s = order[turn]
        v0, v4, v8, v12 = _mixed(v0, v4, v8, v12, block[s[0]], block[s[1]])
        v1, v5, v9, v13 = _mixed(v1, v5, v9, v13, block[s[2]], block[s[3]])
        v2, v6, v10, v14 = _mixed(v2, v6, v10, v14, block[s[4]], block[s[5]])
        v3, v7, v11, v15 = _mixed(v3, v7, v11, v15, block[s[6]], block[s[7]])
        v0, v5, v10, v15 = _mixed(v0, v5, v10, v15, block[s[8]], block[s[9]])
        v1, v6, v11, v12 = _mixed(v1, v6, v11, v12, block[s[10]], block[s[11]])
        v2, v7, v8, v13 = _mixed(v2, v7, v8, v13, block[s[12]], block[s[13]])
        v3, v4, v9, v14 = _mixed(v3, v4, v9, v14, block[s[14]], block[s[15]])
    state[0] ^= v0 ^ v8
    state[1] ^= v1 ^ v9
    state[2] ^= v2 ^ v10
    state[3] ^= v3 ^ v11
    state[4] ^= v4 ^ v12
    state[5] ^= v5 ^ v13
    state[6] ^= v6 ^ v14
    state[7] ^= v7 ^ v15


@compiled
def _keyed(key: np.ndarray, person: np.ndarray) -> np.ndarray:
    """The state behind a key, which is shorter than a block and not empty, for a purpose."""
    block = np.zeros(BLOCK, np.uint8)
    block[: len(key)] = key
    state = START.copy()
    state[0] ^= np.uint64(0x01010000 ^ (len(key) << 8) ^ DIGEST)
    state[6] ^= person[0]
    state[7] ^= person[1]
    _compress(state, block.view(np.uint64), BLOCK, False, ORDER)
    return state


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
    `marks` have a row each. The key is shorter than a block and not empty.
    """
    most = 0
    for line in range(len(starts)):
        most = max(most, ends[line] - starts[line])
    room = most + marks.shape[1] + len(prefixes) + BLOCK
    message = np.zeros((room // BLOCK + 1) * BLOCK, np.uint8)
    words = message.view(np.uint64)
    keyed = _keyed(key, NOBODY)
    state = np.empty(8, np.uint64)
    found = np.empty((len(starts), DIGEST // 8), np.uint64)
    held, used = -1, 0
    for line in range(len(starts)):
        prefix = prefix_of[line]
        size = bounds[prefix + 1] - bounds[prefix]
        if prefix != held:
            message[:size] = prefixes[bounds[prefix] : bounds[prefix + 1]]
            held = prefix
        start, begin, behind = starts[line], places[line, 0], places[line, 1]
        for at in range(start, begin):
            message[size] = text[at]
            size += 1
        for mark in marks[mark_of[line]]:
            message[size] = mark
            size += 1
        length = ends[line] - behind
        message[size : size + length] = text[behind : behind + length]
        size += length
        if size < used:
            message[size:used] = 0
        used = size
        state[:] = keyed
        blocks = max(1, (size + BLOCK - 1) // BLOCK)
        for block in range(blocks):
            last = block == blocks - 1
            count = BLOCK + (size if last else (block + 1) * BLOCK)
            _compress(state, words[16 * block : 16 * block + 16], count, last, ORDER)
        found[line, 0], found[line, 1] = state[0], state[1]
    return found.view(np.uint8)


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
    keyed = _keyed(key, CHILD)
    message = np.zeros(BLOCK, np.uint8)
    words = message.view(np.uint64)
    size = DIGEST + 8 + len(table)
    message[DIGEST + 8 : size] = table
    state = np.empty(8, np.uint64)
    found = np.empty((len(units), DIGEST // 8), np.uint64)
    for row in range(len(units)):
        begin = units[row] * DIGEST
        message[:DIGEST] = owners[begin : begin + DIGEST]
        for place in range(8):
            message[DIGEST + 7 - place] = (ordinals[row] >> (8 * place)) & 0xFF
        state[:] = keyed
        _compress(state, words, BLOCK + size, True, ORDER)
        found[row, 0], found[row, 1] = state[0], state[1]
    return found.view(np.uint8)
