"""Edges on disk, in a file for each segment of nodes, until each file can be sorted in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.rows import Rows
from backref.graph.sorting import sort_distinct
from backref.graph.sortkernel import count_digits, scatter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

SPLIT = 6
"""Bits of a key by which a file that does not fit memory is cut."""
STRETCH = 1 << 13
SORTED_AT_ONCE = 28
"""Bytes of memory that an edge takes while its bucket is sorted and encoded."""


@dataclass(frozen=True)
class Buckets:
    """Keys of edges, row << `bits` | neighbour, in one file for each 2**`shift` rows."""

    folder: Path
    stem: str
    nodes: int
    bits: int
    shift: int

    @property
    def count(self) -> int:
        """How many buckets there are."""
        return (self.nodes + (1 << self.shift) - 1) >> self.shift

    def path(self, bucket: int) -> Path:
        """The file of a bucket, which is not there while no edge is in it."""
        return self.folder / f"{self.stem}.{bucket:05}"

    def spread(self, keys: Keys) -> tuple[Keys, NDArray[np.int64]]:
        """The keys in order of their buckets, and where each bucket's begin."""
        counts = np.zeros(self.count, np.int64)
        count_digits(keys, self.bits + self.shift, counts)
        bounds = np.concatenate(([0], np.cumsum(counts)))
        into = np.empty_like(keys)
        scatter(keys, self.bits + self.shift, bounds[:-1].copy(), into)
        return into, bounds

    def add(self, keys: Keys, bounds: NDArray[np.int64]) -> None:
        """Appends keys that were spread."""
        for bucket in np.flatnonzero(np.diff(bounds)).tolist():
            with self.path(bucket).open("ab") as file:
                file.write(keys[bounds[bucket] : bounds[bucket + 1]].data)

    def edges(self, bucket: int) -> int:
        """How many keys a bucket holds, the repeated ones too."""
        path = self.path(bucket)
        return path.stat().st_size // 8 if path.exists() else 0

    def sample(self, share: int) -> Iterator[Keys]:
        """One in `share` of the keys, in stretches."""
        for bucket in range(self.count):
            length = self.edges(bucket)
            if length:
                keys = np.memmap(self.path(bucket), np.uint64, mode="r")
                for at in range(0, length, STRETCH * share):
                    yield keys[at : at + STRETCH].view(np.ndarray)

    def rows(self, bucket: int, budget_bytes: int) -> Rows:
        """The rows of a bucket, sorted and without repeats; a bucket beyond the budget is first
        cut on disk."""
        first = bucket << self.shift
        nodes = min(self.nodes - first, 1 << self.shift)
        if self.edges(bucket) * SORTED_AT_ONCE <= budget_bytes:
            return self._rows(_sorted(self.path(bucket), self.bits + self.shift), first, nodes)
        ids, counts = [], np.zeros(nodes + 1, np.int64)
        limit = budget_bytes // SORTED_AT_ONCE
        for keys in _cut(self.path(bucket), self.bits + self.shift, limit):
            part = self._rows(keys, first, nodes)
            counts[1:] += np.diff(part.starts)
            ids.append(part.ids)
        return Rows(np.cumsum(counts), np.concatenate(ids))

    def _rows(self, keys: Keys, first: int, nodes: int) -> Rows:
        return Rows.of_sorted(keys, self.bits, first, nodes)


def _sorted(path: Path, bits: int) -> Keys:
    """The distinct keys of a file in order. All agree above their lowest `bits` bits."""
    if not path.exists():
        return np.empty(0, np.uint64)
    keys = np.fromfile(path, np.uint64)
    if not len(keys):
        return keys
    above = keys[0] >> np.uint64(bits) << np.uint64(bits)
    keys -= above
    ordered = sort_distinct(keys, np.empty_like(keys), bits, workers=1)
    ordered += above
    return ordered


def _cut(path: Path, bits: int, limit: int) -> Iterator[Keys]:
    """The distinct keys of a file in order, at most `limit` of them at a time, or all equal."""
    length = path.stat().st_size // 8
    if length <= limit:
        yield _sorted(path, bits)
    elif bits == 0:
        yield np.fromfile(path, np.uint64, 1)
    else:
        by = max(0, bits - SPLIT)
        pieces = [path.with_name(f"{path.name}-{digit:02}.new") for digit in range(1 << SPLIT)]
        for at in range(0, length, max(1, limit // 3)):
            keys = np.fromfile(path, np.uint64, min(length - at, max(1, limit // 3)), offset=at * 8)
            digits = (keys >> np.uint64(by)) & np.uint64((1 << SPLIT) - 1)
            for digit in np.unique(digits).tolist():
                with pieces[digit].open("ab") as file:
                    file.write(keys[digits == digit].data)
        for piece in filter(type(path).exists, pieces):
            yield from _cut(piece, by, limit)
            piece.unlink()
