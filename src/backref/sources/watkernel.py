"""Cut lists of links out of the JSON of WAT records, and count those that surely stay at home.

Conventions: `text` are the blocks of many records one after the other and at least 8 bytes more,
`words` the same bytes read 8 at a time from every place. A list of links is an array of objects
whose values are all texts:

  [{"path":"A@/href","url":"/x","text":"there","rel":"nofollow"},{"path":"IMG@/src","url":"y"}]

What is not exactly so, as an array with an object in an object, a name that stands twice, a half
of a surrogate pair, or JSON that is damaged, is left over: the caller decides what it is.
Whether what is not ASCII is UTF-8 is for the caller to see, too.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled

LEFT = -1
"""What stands in the place of an end where there is none."""
RECORD, ELEMENT, URL, REL, TEXT, ESCAPED = 0, 1, 2, 4, 6, 8
WIDTH = 9
"""What is found of a link: its record, its element, where its texts begin and end, and whether its
URL has escapes."""
SHORTEST_LINK = len(b'{"path":"A@/href","url":""}')
WORD_BYTES = 8
QUOTE, BACKSLASH, OPENING, CLOSING, BEGIN, END, COLON, COMMA = b'"\\[]{}:,'
SLASH, BLANK, U, ZERO, NINE, A, F = b"/ u09af"
ONES, HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
QUOTES, ESCAPES, BLANKS = (ONES * np.uint64(byte) for byte in b'"\\ ')
IS_BLANK = np.zeros(256, np.bool_)
IS_BLANK[list(b" \t\r\n")] = True
IS_ESCAPED = np.zeros(256, np.bool_)
IS_ESCAPED[list(b'"\\/bfnrt')] = True
GOING_ON, OTHER = 1, 2
ENDING = np.zeros(256, np.uint8)
ENDING[list(b"/?#")], ENDING[list(b": ")] = GOING_ON, OTHER
"""What ends the first segment of a reference: behind some of it the host is the same."""
ANCHOR, AREA = np.frombuffer(b"A@/href", np.uint8), np.frombuffer(b"AREA@/href", np.uint8)
PATH_NAME, URL_NAME, REL_NAME, TEXT_NAME = (
    np.uint64(int.from_bytes(name, "little")) for name in (b"path", b"url", b"rel", b"text")
)
BRUIJN = np.uint64(0x03F79D71B4CB0A89)
PLACE = np.zeros(64, np.int64)
PLACE[[(int(BRUIJN) << (8 * byte + 7) & (1 << 64) - 1) >> 58 for byte in range(8)]] = np.arange(8)
"""Which byte the only bit of a mark is of: the top bits of its product with a de Bruijn sequence
are the bit's own."""


@compiled
def _behind_blanks(text: np.ndarray, at: int) -> int:
    while IS_BLANK[text[at]]:
        at += 1
    return at


@compiled
def _is_pair(text: np.ndarray, at: int) -> bool:
    """Whether four hexadecimal digits are half of a surrogate pair, or no such digits."""
    value = 0
    for place in range(at, at + 4):
        byte = text[place] | 0x20 if text[place] > NINE else text[place]
        if ZERO <= byte <= NINE:
            value = value * 16 + (byte - ZERO)
        elif A <= byte <= F:
            value = value * 16 + (byte - A + 10)
        else:
            return True
    return 0xD800 <= value <= 0xDFFF


@compiled
def _marked(word: np.uint64) -> np.uint64:
    """The high bit of the first byte that is a quote, a backslash or a control character; none
    where there is none.

    A byte of `word ^ pattern` is 0 where it is the one looked for, and one that is smaller than a
    blank has a high bit once a blank is taken off. The tests may tell wrongly of bytes behind
    the first that they find, never of those before."""
    quotes, escapes = word ^ QUOTES, word ^ ESCAPES
    marks = (quotes - ONES) & ~quotes | (escapes - ONES) & ~escapes | (word - BLANKS) & ~word
    marks &= HIGH
    return marks & (~marks + np.uint64(1))


@compiled
def _string_end(text: np.ndarray, words: np.ndarray, at: int, stop: int) -> tuple[int, bool]:
    """The quote that ends the string whose first byte is at `at`, and whether it has escapes."""
    escaped = False
    while at < stop:
        mark = _marked(words[at])
        if not mark:
            at += WORD_BYTES
            continue
        at += PLACE[(mark * BRUIJN) >> np.uint64(58)]
        if at >= stop or text[at] < BLANK:
            return LEFT, escaped
        if text[at] == QUOTE:
            return at, escaped
        escaped = True
        if text[at + 1] == U:
            if at + 6 > stop or _is_pair(text, at + 2):
                return LEFT, escaped
            at += 6
        elif IS_ESCAPED[text[at + 1]]:
            at += 2
        else:
            return LEFT, escaped
    return LEFT, escaped


@compiled
def _is(text: np.ndarray, begin: int, end: int, name: np.ndarray) -> bool:
    if end - begin != len(name):
        return False
    place = 0
    while place < len(name) and text[begin + place] == name[place]:
        place += 1
    return place == len(name)


@compiled
def _field(words: np.ndarray, begin: int, end: int) -> int:
    """The column of what a name names, 0 for what says nothing."""
    if end - begin == 3:
        name = words[begin] & np.uint64(0xFFFFFF)
        return URL if name == URL_NAME else REL if name == REL_NAME else 0
    if end - begin == 4:
        name = words[begin] & np.uint64(0xFFFFFFFF)
        return ELEMENT if name == PATH_NAME else TEXT if name == TEXT_NAME else 0
    return 0


@compiled
def _element(text: np.ndarray, begin: int, end: int) -> int:
    """0 for what is no link, 1 and 2 for links of `a` and `area`."""
    if _is(text, begin, end, ANCHOR):
        return 1
    return 2 if _is(text, begin, end, AREA) else 0


@compiled
def _value_of(text: np.ndarray, at: int) -> int:
    """The quote that begins the value behind a name that ends at `at`."""
    at = _behind_blanks(text, at + 1)
    if text[at] != COLON:
        return LEFT
    at = _behind_blanks(text, at + 1)
    return at if text[at] == QUOTE else LEFT


@compiled
def _member(text: np.ndarray, words: np.ndarray, at: int, stop: int, link: np.ndarray) -> int:
    """Read the name and the text that begin at `at`; returns what is behind them."""
    if text[at] != QUOTE:
        return LEFT
    end, escaped = _string_end(text, words, at + 1, stop)
    begin = LEFT if end < 0 or escaped else _value_of(text, end)
    if begin < 0:
        return LEFT
    field = _field(words, at + 1, end)
    end, escaped = _string_end(text, words, begin + 1, stop)
    if end < 0 or (field and link[field] != LEFT):
        return LEFT
    if field == ELEMENT:
        if escaped:
            return LEFT
        link[ELEMENT] = _element(text, begin + 1, end)
    elif field:
        link[field], link[field + 1] = begin + 1, end
        if field == URL:
            link[ESCAPED] = escaped
    return _behind_blanks(text, end + 1)


@compiled
def _entry(text: np.ndarray, words: np.ndarray, at: int, stop: int, link: np.ndarray) -> int:
    """Read the object that begins at `at` into `link`; returns what is behind it."""
    link[ELEMENT:] = LEFT
    if text[at] != BEGIN:
        return LEFT
    at = _behind_blanks(text, at + 1)
    if text[at] == END:
        return at + 1
    while at < stop:
        at = _member(text, words, at, stop, link)
        if at < 0 or text[at] == END:
            return at + 1 if at >= 0 else LEFT
        if text[at] != COMMA:
            return LEFT
        at = _behind_blanks(text, at + 1)
    return LEFT


@compiled
def _stays(text: np.ndarray, begin: int, end: int) -> bool:
    """Whether a reference surely is on its base's own host: `destinations.RELATIVE`, said of text
    without control characters and backslashes."""
    if begin < end and text[begin] == SLASH:
        return bool(text[begin + 1] != SLASH)
    for place in range(begin, end):
        kind = ENDING[text[place]]
        if kind == GOING_ON:
            return True
        if kind == OTHER:
            return False
    return True


@compiled
def _list(
    text: np.ndarray,
    words: np.ndarray,
    at: int,
    stop: int,
    record: int,
    internal: bool,
    found: np.ndarray,
    count: int,
) -> tuple[int, int, int]:
    """Read the list that begins at `at`: what is behind it, how many links are found, and how many
    more surely stay at home, which are not told unless `internal`."""
    near = 0
    at = _behind_blanks(text, at)
    if text[at] != OPENING:
        return LEFT, count, near
    at = _behind_blanks(text, at + 1)
    if text[at] == CLOSING:
        return at + 1, count, near
    while at < stop:
        link = found[count]
        at = _entry(text, words, at, stop, link)
        if at < 0:
            return LEFT, count, near
        if link[ELEMENT] > 0 and link[URL] >= 0:
            if internal or link[ESCAPED] or not _stays(text, link[URL], link[URL + 1]):
                link[RECORD] = record
                count += 1
            else:
                near += 1
        at = _behind_blanks(text, at)
        if text[at] == CLOSING:
            return at + 1, count, near
        if text[at] != COMMA:
            return LEFT, count, near
        at = _behind_blanks(text, at + 1)
    return LEFT, count, near


@compiled
def lists(
    text: np.ndarray,
    words: np.ndarray,
    begins: np.ndarray,
    stops: np.ndarray,
    internal: bool,
    found: np.ndarray,
    near: np.ndarray,
) -> tuple[np.ndarray, int]:
    """Read the list that begins at each of `begins`, none where that is negative, within `stops`.

    Returns what is behind each list, `LEFT` where it is left over, and how many links were found;
    `found` has room for one more than there can be. Into `near` goes how many more of each list
    surely stay at home.
    """
    behind = np.full(len(begins), LEFT, np.int64)
    count = 0
    for record in range(len(begins)):
        if begins[record] < 0:
            continue
        end, so_far, stay = _list(
            text, words, begins[record], stops[record], record, internal, found, count
        )
        if 0 <= end <= stops[record]:
            behind[record], near[record], count = end, stay, so_far
    return behind, count


@compiled
def _begins_with(text: np.ndarray, begin: int, end: int, name: np.ndarray) -> bool:
    return end - begin >= len(name) and _is(text, begin, begin + len(name), name)


@compiled
def at_home(
    text: np.ndarray,
    found: np.ndarray,
    homes: np.ndarray,
    bounds: np.ndarray,
    longest: int,
) -> np.ndarray:
    """Which links begin with one of the two homes of their record, and are not too long; `bounds`
    (record, 3) say where in the bytes `homes` each begins, and where the second ends."""
    inside = np.zeros(len(found), np.bool_)
    for link in range(len(found)):
        begin, end = found[link, URL], found[link, URL + 1]
        one, other, last = bounds[found[link, RECORD]]
        if one < last and end - begin <= longest:
            inside[link] = _begins_with(text, begin, end, homes[one:other]) or _begins_with(
                text, begin, end, homes[other:last]
            )
    return inside
