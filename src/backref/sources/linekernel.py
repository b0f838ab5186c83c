"""Cut lines into fields, and number the distinct values of each field.

Conventions: `text` are the bytes of whole lines, `words` the same bytes read 8 at a time from
every place; no line that is cut ends within the last 8 bytes. A line is a sequence of parts with
one blank between two of them:

  WORD    one or more bytes of the classes that the part allows
  CODE    three digits
  QUOTED  bytes in quotes; a backslash takes the next byte with it
  TIME    `[23/Nov/2026:10:05:03 +0100]`, written like one and not looked up in the calendar
  SIZE    up to 18 digits, or a dash
  REST    whatever else there may be, the blank before it too

A line that is not exactly so is left over: the caller decides what it is.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled

WORD, CODE, QUOTED, TIME, SIZE, REST = range(6)
MOST_DIGITS = 18
NEWLINE, BLANK, TAB, RETURN, QUOTE, BACKSLASH, OPENING, CLOSING, DASH, ZERO = b'\n \t\r"\\[]-0'
DIGIT, UPPER, LOWER, SIGN, SLASH, COLON, SPACE = (1 << bit for bit in range(8, 15))
"""Classes of bytes beside the eight that the caller may give."""
WRITTEN = {"0": DIGIT, "A": UPPER, "a": LOWER, "+": SIGN, "/": SLASH, ":": COLON, " ": SPACE}
TIME_CLASSES = np.array([WRITTEN[each] for each in "00/Aaa/0000:00:00:00 +0000"], np.uint16)
TIME_BYTES, CODE_BYTES, WORD_BYTES = 26, 3, 8
MOST_PROBES = 64
BLOCK_BYTES = 64
"""Hardly any line is shorter."""
NOWHERE = -1
"""What stands in place of a part's end when the line does not go on with it."""
ONES, HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
QUOTES, ESCAPES = ONES * np.uint64(QUOTE), ONES * np.uint64(BACKSLASH)


def classes(*given: bytes) -> np.ndarray:
    """The classes of each byte: bit n for those in `given[n]`, and those that times need."""
    table = np.zeros(256, np.uint16)
    own = {
        DIGIT: b"0123456789",
        UPPER: bytes(range(ord("A"), ord("Z") + 1)),
        LOWER: bytes(range(ord("a"), ord("z") + 1)),
        SIGN: b"+-",
        SLASH: b"/",
        COLON: b":",
        SPACE: b" ",
    }
    for bit, members in [*((1 << n, members) for n, members in enumerate(given)), *own.items()]:
        table[list(members)] |= bit
    return table


@compiled
def _stops(text: np.ndarray, found: np.ndarray) -> int:
    """Writes the places of newlines into `found` as long as there is room; returns how many."""
    count = 0
    for begin in range(0, len(text), BLOCK_BYTES):
        block = text[begin : begin + BLOCK_BYTES]
        # Without a way out of it, this loop looks at many bytes at a time.
        there = np.uint8(0)
        for byte in block:
            there |= np.uint8(byte == NEWLINE)
        if there:
            for place in range(len(block)):
                if block[place] == NEWLINE:
                    if count < len(found):
                        found[count] = begin + place
                    count += 1
    return count


@compiled
def stops(text: np.ndarray) -> np.ndarray:
    """The places of all newlines."""
    found = np.empty(len(text) // BLOCK_BYTES + 1, np.int64)
    count = _stops(text, found)
    if count > len(found):
        found = np.empty(count, np.int64)
        _stops(text, found)
    return found[:count]


@compiled
def _word(text: np.ndarray, at: int, end: int, table: np.ndarray, allowed: int) -> int:
    begin = at
    while at < end and table[text[at]] & allowed:
        at += 1
    return at if at > begin else NOWHERE


@compiled
def _code(text: np.ndarray, at: int, end: int, table: np.ndarray) -> int:
    for place in range(at, min(at + CODE_BYTES, end)):
        if not table[text[place]] & DIGIT:
            return NOWHERE
    return at + CODE_BYTES


@compiled
def _time(text: np.ndarray, at: int, end: int, table: np.ndarray) -> int:
    behind = at + TIME_BYTES + 2
    if behind > end or text[at] != OPENING or text[behind - 1] != CLOSING:
        return NOWHERE
    for place in range(TIME_BYTES):
        if not table[text[at + 1 + place]] & TIME_CLASSES[place]:
            return NOWHERE
    return behind


@compiled
def _quoted(text: np.ndarray, words: np.ndarray, at: int, end: int) -> int:
    """8 bytes a step: a byte of `word ^ pattern` is 0 where it is the one looked for, and the
    classic test for a zero byte tells the lowest one rightly."""
    if at >= end or text[at] != QUOTE:
        return NOWHERE
    at += 1
    while at < end:
        word = words[at]
        quotes, escapes = word ^ QUOTES, word ^ ESCAPES
        if not ((quotes - ONES) & ~quotes | (escapes - ONES) & ~escapes) & HIGH:
            at += WORD_BYTES
            continue
        while text[at] != QUOTE and text[at] != BACKSLASH:
            at += 1
        if text[at] == QUOTE:
            return at + 1
        at += 2
    return NOWHERE


@compiled
def _size(
    text: np.ndarray, at: int, end: int, table: np.ndarray, sizes: np.ndarray, line: int
) -> int:
    """Writes the size itself into `sizes`, -1 for a dash."""
    if at < end and text[at] == DASH:
        sizes[line] = -1
        return at + 1
    begin, size = at, 0
    while at < end and table[text[at]] & DIGIT and at - begin < MOST_DIGITS:
        size = size * 10 + (text[at] - ZERO)
        at += 1
    sizes[line] = size
    return at if at > begin else NOWHERE


@compiled
def _end(text: np.ndarray, start: int, stop: int) -> int:
    """The end of a line without trailing blanks."""
    while stop > start and (
        text[stop - 1] == BLANK or text[stop - 1] == TAB or text[stop - 1] == RETURN
    ):
        stop -= 1
    return stop


@compiled
def spans(
    text: np.ndarray,
    words: np.ndarray,
    newlines: np.ndarray,
    parts: np.ndarray,
    table: np.ndarray,
    found: np.ndarray,
    ends: np.ndarray,
    sizes: np.ndarray,
) -> np.ndarray:
    """Where each part of each line begins and ends, with quotes and brackets, into `found` (part,
    line, 2).

    `newlines` are their places; `parts` (part, 2) says of each its kind and the classes
    it allows. Into `ends` go the lines' ends without trailing blanks, into `sizes` what the part
    SIZE says. Returns which lines fit.
    """
    fits = np.zeros(len(newlines), np.bool_)
    start = 0
    for line in range(len(newlines)):
        at, end = start, _end(text, start, newlines[line])
        for part in range(len(parts)):
            kind = parts[part, 0]
            if part and kind != REST:
                at = at + 1 if at < end and text[at] == BLANK else NOWHERE
            if at < 0:
                break
            found[part, line, 0] = at
            if kind == WORD:
                at = _word(text, at, end, table, parts[part, 1])
            elif kind == CODE:
                at = _code(text, at, end, table)
            elif kind == QUOTED:
                at = _quoted(text, words, at, end)
            elif kind == TIME:
                at = _time(text, at, end, table)
            elif kind == REST:
                at = end if at == end or (at < end and text[at] == BLANK) else NOWHERE
            else:
                at = _size(text, at, end, table, sizes, line)
            found[part, line, 1] = at
        ends[line] = end
        fits[line] = at == end
        start = newlines[line] + 1
    return fits


@compiled
def _tail(words: np.ndarray, at: int, size: int) -> np.uint64:
    """The last `size` bytes of a value, fewer than 8, as a number."""
    if size == 0:
        return np.uint64(0)
    return np.uint64(words[at] & ((np.uint64(1) << np.uint64(8 * size)) - np.uint64(1)))


@compiled
def _hash(words: np.ndarray, begin: int, size: int, secret: np.uint64) -> np.uint64:
    key = np.uint64(size) * secret
    whole = begin + (size & ~7)
    for at in range(begin, whole, WORD_BYTES):
        key = (key ^ words[at]) * secret
        key ^= key >> np.uint64(31)
    key = (key ^ _tail(words, whole, size & 7)) * secret
    return key ^ (key >> np.uint64(31))


@compiled
def _equal(words: np.ndarray, one: int, other: int, size: int) -> bool:
    whole = size & ~7
    for step in range(0, whole, WORD_BYTES):
        if words[one + step] != words[other + step]:
            return False
    return bool(_tail(words, one + whole, size & 7) == _tail(words, other + whole, size & 7))


@compiled
def numbered(
    words: np.ndarray, begins: np.ndarray, ends: np.ndarray, secret: np.uint64
) -> tuple[np.ndarray, np.ndarray]:
    """The number of each value among the distinct ones, in order of first appearance, and at
    which place each distinct one appears first.

    A value is often that of the line before. Of the others, open addressing with linear probing
    finds them; the hash goes by `secret`, an odd number. Values can be chosen so that they meet
    all the same: one that is not found within `MOST_PROBES` steps gets a number of its own, so a
    value may stand twice among the distinct ones.
    """
    slots = 16
    while slots < 2 * len(begins):
        slots *= 2
    number_in = np.full(slots, -1, np.int32)
    hashes = np.empty(len(begins), np.uint64)
    first = np.empty(len(begins), np.int32)
    numbers = np.empty(len(begins), np.int32)
    count = 0
    for place in range(len(begins)):
        begin, size = begins[place], ends[place] - begins[place]
        if place and ends[place - 1] - begins[place - 1] == size:
            if _equal(words, begins[place - 1], begin, size):
                numbers[place] = numbers[place - 1]
                continue
        key = _hash(words, begin, size, secret)
        slot = np.int64(key & np.uint64(slots - 1))
        found = -1
        for _ in range(MOST_PROBES):
            number = number_in[slot]
            if number < 0:
                number_in[slot] = count
                break
            other = first[number]
            if hashes[number] == key and ends[other] - begins[other] == size:
                if _equal(words, begins[other], begin, size):
                    found = number
                    break
            slot = (slot + 1) & (slots - 1)
        if found < 0:
            found = count
            hashes[count], first[count] = key, place
            count += 1
        numbers[place] = found
    return numbers, first[:count].copy()
