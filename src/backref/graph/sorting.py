"""Edges in order, on all cores."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.sortkernel import count_digits, drop_repeats, scatter, sort_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

PIECE = 1 << 16
"""Keys of a piece that sorts within a core's second cache."""
MOST_PIECES = 1 << 11
ALONE = 1 << 14
"""Below so many keys a second thread costs more than it brings."""


def threads() -> int:
    """Threads that kernels over ranges use: one a core that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def bits_of(nodes: int) -> int:
    """Bits that hold every id below `nodes`."""
    return max(1, (nodes - 1).bit_length())


def in_parts(work: Callable[[int, int], object], bounds: list[int]) -> list[object]:
    """The answers of `work(begin, end)` for each two neighbouring bounds, made side by side."""
    parts = list(pairwise(bounds))
    if len(parts) < 2:
        return [work(*part) for part in parts]
    with ThreadPoolExecutor(len(parts)) as pool:
        return list(pool.map(lambda part: work(*part), parts))


def even(total: int, parts: int) -> list[int]:
    """Bounds that cut 0..total into parts of about one size."""
    return [total * part // parts for part in range(parts + 1)]


def sort_distinct(keys: Keys, spare: Keys, bits: int, workers: int | None = None) -> Keys:
    """The distinct keys in order. All are below 2**bits; both arrays, which are of one length,
    are written over, and the answer lies in one of them."""
    if len(keys) < 2:
        return keys
    workers = (workers or threads()) if len(keys) >= ALONE else 1
    wanted = min(MOST_PIECES, max(1, len(keys) // PIECE))
    shift = max(0, bits - max(1, (wanted - 1).bit_length()))
    bounds = _spread(keys, spare, shift, even(len(keys), workers), 1 << (bits - shift))
    shares = np.searchsorted(bounds, even(len(keys), workers), side="left")
    shares[0], shares[-1] = 0, len(bounds) - 1
    in_parts(
        lambda first, last: sort_pieces(spare, keys, bounds, first, last, shift), shares.tolist()
    )
    return spare[: drop_repeats(spare)]


def _spread(keys: Keys, into: Keys, shift: int, parts: list[int], digits: int) -> NDArray[np.int64]:
    """Cuts the keys by their highest digit; returns where each digit's piece begins."""
    counts = np.zeros((len(parts) - 1, digits), np.int64)
    numbered = {begin: part for part, begin in reversed(list(enumerate(parts[:-1])))}
    in_parts(lambda a, b: count_digits(keys[a:b], shift, counts[numbered[a]]), parts)
    bounds = np.zeros(digits + 1, np.int64)
    np.cumsum(counts.sum(axis=0), out=bounds[1:])
    places = bounds[:-1] + np.cumsum(counts, axis=0) - counts
    in_parts(lambda a, b: scatter(keys[a:b], shift, places[numbered[a]], into), parts)
    return bounds
