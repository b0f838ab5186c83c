"""Short names for the nodes that most rows name.

Formula: of the h most named nodes, h - 1 having b bits, the 2**(b - 3 k) most named are a tier for
every k, but for those of a smaller tier. Labels number the tiers from the smallest on, each in the
order of its nodes; a node w in no tier has the label h + w. A row sorted by labels names the few
most named nodes by small gaps, which neighbours in the order of names, far apart from one another,
do not have: what a gap costs falls with how many rows name the node, and not with its place. Read
back, the tiers of a row are runs that each rise; merging them restores the order of nodes.

Where n nodes are named by m edges, a row of d neighbours that were drawn by their fame costs about
log2(m / (d f)) + 1.4 bits for one that f rows name, against log2(n / d) + 1.4 for plain gaps.

References: Elias, Universal codeword sets (1975), for codes in which a smaller number is shorter;
Knuth, The Art of Computer Programming 3, 5.2.4, for natural merging.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.bits import leading_zeros, signed

TIER = 3
"""Every tier but the last is 2**3 times the one before it."""
MOST_TIERS = 12


@compiled
def count_named(keys: np.ndarray, bits: int, counts: np.ndarray) -> None:
    """Adds to `counts` how many keys name each node as the neighbour."""
    mask = (np.uint64(1) << np.uint64(bits)) - np.uint64(1)
    for key in keys:
        counts[key & mask] += 1


@compiled
def _width(label: int) -> int:
    return 64 - signed(leading_zeros(np.uint64(label)))


@compiled
def label_rows(
    starts: np.ndarray, ids: np.ndarray, label_of: np.ndarray, hubs: int, labels: np.ndarray
) -> None:
    """Writes the labels of each row, which is in order of nodes, in order of labels. `label_of`
    holds the labels of hubs, and of no other node one below `hubs`."""
    places = np.zeros(MOST_TIERS + 1, np.int64)
    longest = 0
    for row in range(len(starts) - 1):
        longest = max(longest, starts[row + 1] - starts[row])
    found = np.empty(longest, np.int64)
    widest = _width(hubs - 1)
    for row in range(len(starts) - 1):
        begin, end = starts[row], starts[row + 1]
        if begin == end:
            continue
        places[:] = 0
        for at in range(begin, end):
            label = signed(label_of[ids[at]])
            found[at - begin] = label if label < hubs else hubs + signed(ids[at])
            places[1 + (widest - _width(label)) // TIER if label < hubs else 0] += 1
        place = begin
        for tier in range(MOST_TIERS, -1, -1):
            count = places[tier]
            places[tier] = place
            place += count
        for at in range(end - begin):
            label = found[at]
            tier = 1 + (widest - _width(label)) // TIER if label < hubs else 0
            labels[places[tier]] = label
            places[tier] += 1


@compiled
def _merge(given: np.ndarray, begin: int, middle: int, end: int, into: np.ndarray) -> None:
    left, right = begin, middle
    for place in range(begin, end):
        if right >= end or (left < middle and given[left] <= given[right]):
            into[place] = given[left]
            left += 1
        else:
            into[place] = given[right]
            right += 1


@compiled
def _rise(given: np.ndarray, at: int) -> int:
    """Where a run ends that begins at a place."""
    at += 1
    while at < len(given) and given[at] >= given[at - 1]:
        at += 1
    return min(at, len(given))


@compiled
def merge_runs(row: np.ndarray, spare: np.ndarray) -> None:
    """Sorts a row of a few runs that rise; `spare` is as long."""
    given, into, swapped = row, spare, False
    while _rise(given, 0) < len(row):
        at = 0
        while at < len(row):
            middle = _rise(given, at)
            end = _rise(given, middle) if middle < len(row) else middle
            _merge(given, at, middle, end, into)
            at = end
        given, into, swapped = into, given, not swapped
    if swapped:
        row[:] = given
