"""DEFLATE (RFC 1951) decoded by a kernel that can stop after any symbol, be written down, and go on
in another process: the decoder of the standard library keeps its state to itself.

Formula: a block is three bits of head and either bytes as they are, or symbols of two prefix
codes, the fixed ones or such as the block spells out; a symbol below 256 is a byte, 256 ends the
block, and those above copy 3 to 258 bytes from up to 32,768 bytes before. Codes are canonical: of
equal lengths in the order of their symbols (section 3.2.2). Both are looked up by their next 15
bits at once.

Conventions: `data` is compressed input of which the kernel takes whole symbols only; symbols are
taken while 64 bits of input are left, which in gzip the 8 bytes behind the last block assure.
`out` holds 32 KiB of what was decoded last, then what is new. Bits are counted from the least of
each byte. Stops when input or room ends, or the last block does. Returns how it ended.

There is no approximation and so no residual: who reads gzip checks length and CRC-32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

WINDOW = 1 << 15
MORE, FULL, DONE, BAD = 0, 1, 2, 3
"""How a call ends: input is wanted, or room, or nothing more; or the data are damaged."""
BIT, AT, FINAL, KIND, LEFT = 0, 1, 2, 3, 4
"""Registers: the next bit of the input, the next place in `out`, whether this is the last block,
its kind (-1 between blocks, 0 stored, else coded), and how many stored bytes are left of it."""
REGISTERS = 5
LITERALS, DISTANCES = 288, 32
_HEAD_BITS = 17
_LONGEST = 15
_FASTEST = 1 << _LONGEST

_ORDER = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], np.int64)
_LENGTH = np.array(
    [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
     163, 195, 227, 258], np.int64,
)  # fmt: skip
_LENGTH_BITS = np.array(
    [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
    np.int64,
)
_DISTANCE = np.array(
    [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537,
     2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577], np.int64,
)  # fmt: skip
_DISTANCE_BITS = np.array(
    [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13,
     13], np.int64,
)  # fmt: skip


@compiled
def bits_at(data: NDArray[np.uint8], bit: int, count: int) -> int:
    """So many bits, at most 32, from a place on; what lies behind the data counts as zeros."""
    found = 0
    for step in range(count):
        at = (bit + step) >> 3
        if at < data.size:
            found |= ((data[at] >> ((bit + step) & 7)) & 1) << step
    return found


@compiled
def tabled(lengths: NDArray[np.uint8], table: NDArray[np.int32]) -> bool:
    """Fill a table of the next 15 bits with `symbol << 4 | length`, 0 where no code fits. False
    where the lengths are of no prefix code; one with room left may have a single code alone."""
    counts = np.zeros(_LONGEST + 1, np.int64)
    for length in lengths:
        counts[length] += 1
    counts[0] = 0
    room = 1
    first = np.zeros(_LONGEST + 2, np.int64)
    for length in range(1, _LONGEST + 1):
        room = (room << 1) - counts[length]
        if room < 0:
            return False
        first[length + 1] = (first[length] + counts[length]) << 1
    if room > 0 and counts.sum() > 1:
        return False
    table[:] = 0
    for symbol in range(lengths.size):
        length = lengths[symbol]
        if length:
            code, turned = first[length], 0
            first[length] += 1
            for _ in range(length):
                turned = (turned << 1) | (code & 1)
                code >>= 1
            for at in range(turned, _FASTEST, 1 << length):
                table[at] = (symbol << 4) | length
    return True


@compiled
def spelled(  # noqa: PLR0911, PLR0912 - a kernel is one piece
    data: NDArray[np.uint8],
    bit: int,
    literals: NDArray[np.uint8],
    distances: NDArray[np.uint8],
    table: NDArray[np.int32],
) -> int:
    """Read the code lengths that a block spells out (section 3.2.7). Returns the first bit behind
    them, -1 where input ends before, -2 where they are damaged."""
    end = data.size * 8
    if bit + 14 > end:
        return -1
    many, few = bits_at(data, bit, 5) + 257, bits_at(data, bit + 5, 5) + 1
    coded = bits_at(data, bit + 10, 4) + 4
    bit += 14
    if bit + 3 * coded > end:
        return -1
    inner = np.zeros(19, np.uint8)
    for at in range(coded):
        inner[_ORDER[at]] = bits_at(data, bit + 3 * at, 3)
    bit += 3 * coded
    if many > 286 or few > 30 or not tabled(inner, table):
        return -2
    lengths = np.zeros(320, np.uint8)
    at = 0
    while at < many + few:
        entry = table[bits_at(data, bit, _LONGEST)]
        symbol, taken = entry >> 4, entry & 15
        if bit + taken + 7 > end:
            return -1
        if taken == 0:
            return -2
        bit += taken
        if symbol < 16:
            lengths[at] = symbol
            at += 1
            continue
        value = np.uint8(0)
        if symbol == 16:
            if at == 0:
                return -2
            value, times = lengths[at - 1], 3 + bits_at(data, bit, 2)
            bit += 2
        elif symbol == 17:
            times = 3 + bits_at(data, bit, 3)
            bit += 3
        else:
            times = 11 + bits_at(data, bit, 7)
            bit += 7
        if at + times > many + few:
            return -2
        lengths[at : at + times] = value
        at += times
    literals[:] = 0
    distances[:] = 0
    literals[:many] = lengths[:many]
    distances[:few] = lengths[many : many + few]
    return bit if literals[256] else -2


@compiled
def begun(  # noqa: PLR0911
    data: NDArray[np.uint8],
    registers: NDArray[np.int64],
    literals: NDArray[np.uint8],
    distances: NDArray[np.uint8],
    tables: NDArray[np.int32],
) -> int:
    """Read the head of the next block. MORE where input ends before; then nothing is changed."""
    bit = registers[BIT]
    if bit + 3 > data.size * 8:
        return MORE
    final, kind = bits_at(data, bit, 1), bits_at(data, bit + 1, 2)
    bit += 3
    if kind == 3:
        return BAD
    if kind == 0:
        bit = (bit + 7) & ~7
        if bit + 32 > data.size * 8:
            return MORE
        length = bits_at(data, bit, 16)
        if length != bits_at(data, bit + 16, 16) ^ 0xFFFF:
            return BAD
        registers[LEFT] = length
        bit += 32
    elif kind == 1:
        literals[:144], literals[144:256] = 8, 9
        literals[256:280], literals[280:] = 7, 8
        distances[:] = 5
    else:
        bit = spelled(data, bit, literals, distances, tables[0])
        if bit < 0:
            return MORE if bit == -1 else BAD
    if kind and not prepared(literals, distances, tables):
        return BAD
    registers[BIT], registers[FINAL], registers[KIND] = bit, final, kind
    return DONE


@compiled
def prepared(
    literals: NDArray[np.uint8], distances: NDArray[np.uint8], tables: NDArray[np.int32]
) -> bool:
    """Fill both tables from the code lengths; whether they are of codes."""
    return tabled(literals, tables[0]) and tabled(distances, tables[1])


@compiled
def stored(data: NDArray[np.uint8], out: NDArray[np.uint8], registers: NDArray[np.int64]) -> int:
    """Copy bytes of a stored block."""
    begin = registers[BIT] >> 3
    count = min(registers[LEFT], data.size - begin, out.size - registers[AT])
    at = registers[AT]
    out[at : at + count] = data[begin : begin + count]
    registers[BIT] += 8 * count
    registers[AT] += count
    registers[LEFT] -= count
    if registers[LEFT] == 0:
        registers[KIND] = -1
        return DONE
    return FULL if registers[AT] == out.size else MORE


@compiled
def coded(  # noqa: PLR0912, PLR0915 - the loop that takes all the time
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
    registers: NDArray[np.int64],
    tables: NDArray[np.int32],
) -> int:
    """Decode symbols of a block while 64 bits of input and room for the longest copy are left."""
    byte, held = np.uint64(registers[BIT] >> 3), np.uint64(registers[BIT] & 7)
    at, room = registers[AT], out.size - 258
    last = np.uint64(max(data.size - 8, 0))
    ended = MORE
    while byte <= last and data.size >= 8:
        if at > room:
            ended = FULL
            break
        word = np.uint64(0)
        for step in range(8):
            word |= np.uint64(data[byte + np.uint64(step)]) << np.uint64(8 * step)
        word >>= held
        used = np.uint64(0)
        entry = tables[0, word & np.uint64(0x7FFF)]
        taken = np.uint64(entry & 15)
        symbol = entry >> 4
        if taken == 0:
            return BAD
        word >>= taken
        used += taken
        if symbol < 256:
            out[at] = symbol
            at += 1
            # A second byte costs no further load: 57 bits are there, and codes have 15 at most.
            entry = tables[0, word & np.uint64(0x7FFF)]
            symbol = entry >> 4
            taken = np.uint64(entry & 15)
            if symbol < 256 and taken != 0 and at <= room:
                out[at] = symbol
                at += 1
                used += taken
        elif symbol == 256:
            registers[KIND] = -1
            ended = DONE
        else:
            if symbol > 285:
                return BAD
            extra = np.uint64(_LENGTH_BITS[symbol - 257])
            length = _LENGTH[symbol - 257] + np.int64(
                word & ((np.uint64(1) << extra) - np.uint64(1))
            )
            word >>= extra
            used += extra
            entry = tables[1, word & np.uint64(0x7FFF)]
            taken = np.uint64(entry & 15)
            symbol = entry >> 4
            if taken == 0 or symbol > 29:
                return BAD
            word >>= taken
            extra_d = np.uint64(_DISTANCE_BITS[symbol])
            distance = _DISTANCE[symbol] + np.int64(
                word & ((np.uint64(1) << extra_d) - np.uint64(1))
            )
            used += taken + extra_d
            if distance > at:
                return BAD
            for step in range(at, at + length):
                out[step] = out[step - distance]
            at += length
        held += used
        byte += held >> np.uint64(3)
        held &= np.uint64(7)
        if ended == DONE:
            break
    registers[BIT] = np.int64(byte) * 8 + np.int64(held)
    registers[AT] = at
    return ended


@compiled
def inflated(  # noqa: PLR0917
    data: NDArray[np.uint8],
    out: NDArray[np.uint8],
    registers: NDArray[np.int64],
    literals: NDArray[np.uint8],
    distances: NDArray[np.uint8],
    tables: NDArray[np.int32],
) -> int:
    """Decode as far as input and room go. `out` begins with the window; a copy from before the
    first byte of a stream gives what stands there, which a checksum tells."""
    while True:
        if registers[KIND] < 0:
            if registers[FINAL]:
                return DONE
            ended = begun(data, registers, literals, distances, tables)
        elif registers[KIND] == 0:
            ended = stored(data, out, registers)
        else:
            ended = coded(data, out, registers, tables)
        if ended != DONE:
            return ended
