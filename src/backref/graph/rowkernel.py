"""Rows of neighbours as bits.

Formula: a row of d labels a_1 < a_2 < ... of node v is the numbers d - 1, opening(a_1),
a_2 - a_1 - 1, a_3 - a_2 - 1, ...; a row without neighbours is no bits. Labels 0 to h - 1 are the
hubs of the direction, the nodes that most rows name, see hubkernel; h + w is any other node w. The
opening of a row is zigzag(a_1 - v) where there are no hubs; else 2 a_1 for a hub and
2 zigzag(a_1 - h - v) + 1 for another node. A number x
falls into the class L = floor(log2(x + 1)); written are a prefix code of L and the lowest L bits
of x + 1. The prefix code is Huffman's over the classes that the segment's own numbers have, no
code longer than `LONGEST` bits, and another one for each context: the degree, the first neighbour,
and every other by the class of the gap before it, because small gaps come in runs. A segment is a
range of nodes, 2**shift of them.

Conventions: bits fill each 64-bit word from its lowest; a segment begins with a word, and what is
left of its last word counts as the last row's. Two words of zeros follow the last segment, so that
a window of 64 bits may be read at every place.

References: Boldi and Vigna, The WebGraph framework I (2004), whose instantaneous codes of gaps
these codes stand in for; Turpin and Moffat, On the implementation of minimum redundancy prefix
codes (1997), for decoding by one look-up.

A row is refused, with no neighbour given, where its bits end early, a code was never made, or a
neighbour is no node: the bytes are not those that were written.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.bits import leading_zeros, signed
from backref.graph.hubkernel import merge_runs
from backref.graph.offsetkernel import read_offset

CLASSES, LONGEST = 34, 10
DEGREE, FIRST, GAP = 0, 1, 2
CONTEXTS = GAP + (CLASSES + 3) // 4
LOOKUP = 1 << LONGEST
WORD, PADDING = 64, 2
DAMAGED = -1
ONE = np.uint64(1)
U63 = np.uint64(63)
PEEK = np.uint64(LOOKUP - 1)


@compiled
def _class(number: int) -> int:
    return signed(U63 - leading_zeros(np.uint64(number + 1)))


@compiled
def _zigzag(number: int) -> int:
    return 2 * number if number >= 0 else -2 * number - 1


@compiled
def _opening(label: int, hubs: int, node: int) -> int:
    if hubs == 0:
        return _zigzag(label - node)
    return 2 * label if label < hubs else 2 * _zigzag(label - hubs - node) + 1


@compiled
def _opened(number: int, hubs: int, node: int) -> int:
    """The label that an opening stands for."""
    if hubs and number & 1 == 0:
        return number // 2
    if hubs:
        number //= 2
    return hubs + node + (-(number + 1) // 2 if number & 1 else number // 2)


@compiled
def survey(
    starts: np.ndarray, labels: np.ndarray, hubs: int, first: int, begin: int, end: int,
    counts: np.ndarray,
) -> None:  # fmt: skip
    """Adds to `counts` (context, class) the numbers of rows `begin` to `end` - 1; row r is that of
    node `first` + r."""
    for row in range(begin, end):
        at, stop = starts[row], starts[row + 1]
        if at == stop:
            continue
        counts[DEGREE, _class(stop - at - 1)] += 1
        before = signed(labels[at])
        kind = _class(_opening(before, hubs, first + row))
        counts[FIRST, kind] += 1
        for place in range(at + 1, stop):
            label = signed(labels[place])
            context = GAP + kind // 4
            kind = _class(label - before - 1)
            counts[context, kind] += 1
            before = label


@compiled
def _merge(weights: np.ndarray, parents: np.ndarray) -> None:
    """Huffman's tree over the weights' first half, by their parents; the root's is itself."""
    alive = np.zeros(2 * CLASSES - 1, np.bool_)
    alive[:CLASSES] = True
    for joined in range(CLASSES, 2 * CLASSES - 1):
        weight = 0
        for _ in range(2):
            least = -1
            for node in range(joined):
                if alive[node] and (least < 0 or weights[node] < weights[least]):
                    least = node
            alive[least] = False
            parents[least] = joined
            weight += weights[least]
        weights[joined] = weight
        alive[joined] = True


@compiled
def code_lengths(counts: np.ndarray, lengths: np.ndarray) -> None:
    """Writes into `lengths` (context, class) how many bits each class's code has. Every class has
    one, so that rows outside the survey can be written too. Counts that would make a code too
    long are halved until none is."""
    weights = np.empty(2 * CLASSES - 1, np.int64)
    parents = np.empty(2 * CLASSES - 1, np.int64)
    depths = np.empty(2 * CLASSES - 1, np.int64)
    root = 2 * CLASSES - 2
    for context in range(CONTEXTS):
        for kind in range(CLASSES):
            weights[kind] = counts[context, kind] + 1
        while True:
            flat = weights[:CLASSES].copy()
            _merge(weights, parents)
            depths[root] = 0
            for node in range(root - 1, -1, -1):
                depths[node] = depths[parents[node]] + 1
            if depths[:CLASSES].max() <= LONGEST:
                break
            weights[:CLASSES] = (flat + 1) // 2
        for kind in range(CLASSES):
            lengths[context, kind] = depths[kind]


@compiled
def _canonical(lengths: np.ndarray, codes: np.ndarray) -> None:
    """The codes of one context, in order of length and class, lowest bit first."""
    code = 0
    for length in range(1, LONGEST + 1):
        for kind in range(CLASSES):
            if lengths[kind] == length:
                turned = 0
                for bit in range(length):
                    turned |= (code >> bit & 1) << (length - 1 - bit)
                codes[kind] = turned
                code += 1
        code <<= 1


@compiled
def make_codes(lengths: np.ndarray, codes: np.ndarray) -> None:
    """Writes the codes (context, class) of these lengths."""
    for context in range(CONTEXTS):
        _canonical(lengths[context], codes[context])


@compiled
def make_lookup(lengths: np.ndarray, lookup: np.ndarray) -> None:
    """Writes into `lookup` what the next `LONGEST` bits say in each context: the class, times 16,
    plus the length of its code; 0 where they begin with no code."""
    codes = np.zeros(CLASSES, np.int64)
    lookup[:] = 0
    for context in range(CONTEXTS):
        _canonical(lengths[context], codes)
        for kind in range(CLASSES):
            length = signed(lengths[context, kind])
            if 0 < length <= LONGEST:
                for rest in range(1 << (LONGEST - length)):
                    place = context * LOOKUP + ((codes[kind] | rest << length) & (LOOKUP - 1))
                    lookup[place] = kind << 4 | length


@compiled
def _put(bits: np.ndarray, at: int, value: np.uint64, length: int) -> None:
    word, within = at >> 6, np.uint64(at & 63)
    bits[word] |= value << within
    if signed(within) + length > WORD:
        bits[word + 1] |= value >> (np.uint64(WORD) - within)


@compiled
def write_rows(
    starts: np.ndarray, labels: np.ndarray, hubs: int, first: int, begin: int, end: int,
    lengths: np.ndarray, codes: np.ndarray, bits: np.ndarray, at: int, sizes: np.ndarray,
) -> int:  # fmt: skip
    """Writes rows `begin` to `end` - 1 into `bits`, which are zeros there, from bit `at` on, and
    each row's bits into `sizes`. Returns the bit behind the last row."""
    for row in range(begin, end):
        place, stop = starts[row], starts[row + 1]
        sizes[row] = 0
        if place == stop:
            continue
        before_row = at
        context = DEGREE
        number = stop - place - 1
        before = 0
        while True:
            kind = _class(number)
            length = signed(lengths[context, kind])
            rest = np.uint64(number + 1) ^ (ONE << np.uint64(kind))
            value = np.uint64(codes[context, kind]) | rest << np.uint64(length)
            _put(bits, at, value, length + kind)
            at += length + kind
            if place == stop:
                break
            label = signed(labels[place])
            if context == DEGREE:
                context, number = FIRST, _opening(label, hubs, first + row)
            else:
                context, number = GAP + kind // 4, label - before - 1
            before = label
            place += 1
        sizes[row] = at - before_row
    return at


@compiled
def _window(bits: np.ndarray, at: int) -> np.uint64:
    """The 64 bits from bit `at` on."""
    word, within = at >> 6, np.uint64(at & 63)
    return np.uint64(bits[word] >> within | (bits[word + 1] << ONE) << (U63 - within))


@compiled
def read_degree(bits: np.ndarray, begin: int, end: int, lookup: np.ndarray) -> int:
    """How many neighbours the row between two bits holds; `DAMAGED` where it cannot be one."""
    if begin == end:
        return 0
    if not 0 <= begin < end <= (len(bits) - PADDING) * WORD:
        return DAMAGED
    window = _window(bits, begin)
    entry = signed(lookup[DEGREE * LOOKUP + signed(window & PEEK)])
    length, kind = entry & 15, np.uint64(entry >> 4)
    rest = (window >> np.uint64(length)) & ((ONE << kind) - ONE)
    degree = signed(rest | ONE << kind)
    return degree if length and degree < end - begin else DAMAGED


@compiled
def read_row(
    bits: np.ndarray, begin: int, end: int, lookup: np.ndarray, hubs: np.ndarray, node: int,
    nodes: int, row: np.ndarray, spare: np.ndarray,
) -> int:  # fmt: skip
    """Fills `row`, which is as long as `read_degree` says, with its neighbours, `spare` being no
    shorter; returns 0, or `DAMAGED`."""
    if len(row) == 0:
        return 0
    entry = signed(lookup[DEGREE * LOOKUP + signed(_window(bits, begin) & PEEK)])
    at = begin + (entry & 15) + (entry >> 4)
    table = FIRST * LOOKUP
    label = 0
    for place in range(len(row)):
        if at >= end:
            return DAMAGED
        window = _window(bits, at)
        entry = signed(lookup[table + signed(window & PEEK)])
        length, kind = entry & 15, entry >> 4
        if length == 0:
            return DAMAGED
        rest = (window >> np.uint64(length)) & ((ONE << np.uint64(kind)) - ONE)
        number = signed(rest | ONE << np.uint64(kind)) - 1
        at += length + kind
        label = label + number + 1 if place else _opened(number, len(hubs), node)
        neighbour = signed(hubs[label]) if 0 <= label < len(hubs) else label - len(hubs)
        if neighbour < 0 or neighbour >= nodes:
            return DAMAGED
        row[place] = neighbour
        table = (GAP + kind // 4) * LOOKUP
    if len(hubs):
        merge_runs(row, spare[: len(row)])
    return 0 if at <= end else DAMAGED


@compiled
def read_degrees(
    bits: np.ndarray, offsets: np.ndarray, first: int, shift: int, lookups: np.ndarray,
    begin: int, end: int, degrees: np.ndarray,
) -> int:  # fmt: skip
    """Writes the degrees of rows `begin` to `end` - 1, which lie between `offsets`; row r is that
    of node `first` + r. Returns the node whose row is damaged, or -1."""
    for row in range(begin, end):
        lookup = lookups[(first + row) >> shift]
        degree = read_degree(bits, offsets[row], offsets[row + 1], lookup)
        if degree < 0:
            return first + row
        degrees[row] = degree
    return -1


@compiled
def longest(starts: np.ndarray) -> int:
    """The neighbours of the longest of some rows."""
    most = 0
    for row in range(len(starts) - 1):
        most = max(most, starts[row + 1] - starts[row])
    return most


@compiled
def read_rows(
    bits: np.ndarray, offsets: np.ndarray, first: int, shift: int, lookups: np.ndarray,
    hubs: np.ndarray, nodes: int, begin: int, end: int, starts: np.ndarray, ids: np.ndarray,
) -> int:  # fmt: skip
    """Writes rows `begin` to `end` - 1, whose places `starts` tells, into `ids`. Returns the node
    whose row is damaged, or -1."""
    spare = np.empty(longest(starts[begin : end + 1]) if len(hubs) else 0, np.uint32)
    for row in range(begin, end):
        node = first + row
        into = ids[starts[row] : starts[row + 1]]
        lookup = lookups[node >> shift]
        stop = offsets[row + 1]
        if read_row(bits, offsets[row], stop, lookup, hubs, node, nodes, into, spare) < 0:
            return node
    return -1


@compiled
def one_row(
    bits: np.ndarray, low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int,
    lookup: np.ndarray, hubs: np.ndarray, node: int, nodes: int,
) -> tuple[bool, np.ndarray]:  # fmt: skip
    """Whether a node's row can be read, and the row."""
    begin, end = read_offset(low, high, samples, width, node)
    degree = read_degree(bits, begin, end, lookup)
    row = np.empty(max(0, degree), np.uint32)
    spare = np.empty(len(row) if len(hubs) else 0, np.uint32)
    read = 0 if degree <= 0 else read_row(bits, begin, end, lookup, hubs, node, nodes, row, spare)
    fits = degree >= 0 and read == 0
    return fits, row


@compiled
def some_degrees(
    bits: np.ndarray, low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int,
    shift: int, lookups: np.ndarray, wanted: np.ndarray, degrees: np.ndarray,
) -> int:  # fmt: skip
    """Writes the degrees of the wanted nodes. Returns the node whose row is damaged, or -1."""
    for place in range(len(wanted)):
        node = signed(wanted[place])
        begin, end = read_offset(low, high, samples, width, node)
        degree = read_degree(bits, begin, end, lookups[node >> shift])
        if degree < 0:
            return node
        degrees[place] = degree
    return -1


@compiled
def some_rows(
    bits: np.ndarray, low: np.ndarray, high: np.ndarray, samples: np.ndarray, width: int,
    shift: int, lookups: np.ndarray, hubs: np.ndarray, nodes: int, wanted: np.ndarray,
    starts: np.ndarray, ids: np.ndarray,
) -> int:  # fmt: skip
    """Writes the rows of the wanted nodes, whose places `starts` tells, into `ids`. Returns the
    node whose row is damaged, or -1."""
    spare = np.empty(longest(starts) if len(hubs) else 0, np.uint32)
    for place in range(len(wanted)):
        node = signed(wanted[place])
        begin, end = read_offset(low, high, samples, width, node)
        into = ids[starts[place] : starts[place + 1]]
        lookup = lookups[node >> shift]
        if read_row(bits, begin, end, lookup, hubs, node, nodes, into, spare) < 0:
            return node
    return -1
