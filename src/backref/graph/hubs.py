"""The nodes that most rows of a direction name, and what shorter names save."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.hubkernel import TIER, count_named, label_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from backref.graph.rows import Rows

SHARE, LEAST = 16, 64
"""One node in so many is a hub; graphs with fewer hubs have none."""


@dataclass(frozen=True)
class Hubs:
    """`ids` are the hubs in the order of their labels, see hubkernel; `label_of` has the label of
    every node that is one."""

    ids: NDArray[np.uint32]
    label_of: NDArray[np.uint32]

    @classmethod
    def of(cls, ids: NDArray[np.uint32], nodes: int) -> Hubs:
        """These hubs of a graph."""
        label_of = np.full(nodes, (1 << 32) - 1, np.uint32)
        label_of[ids] = np.arange(len(ids), dtype=np.uint32)
        return cls(ids, label_of)

    @property
    def count(self) -> int:
        """How many hubs there are."""
        return len(self.ids)

    def labels(self, rows: Rows) -> NDArray[np.uint32]:
        """The labels of rows, each row in their order."""
        labels = np.empty(rows.edges, np.uint32)
        label_rows(rows.starts, rows.ids, self.label_of, self.count, labels)
        return labels

    def write(self, path: Path) -> None:
        """Keeps the hubs in a file."""
        path.write_bytes(self.ids.data)


def most_named(keys: Iterable[NDArray[np.uint64]], bits: int, nodes: int) -> NDArray[np.uint32]:
    """The hubs of a graph, in the order of their labels, as far as these keys tell."""
    count = nodes // SHARE
    if count < LEAST or nodes + count >= 1 << 32:
        return np.empty(0, np.uint32)
    counts = np.zeros(nodes, np.uint32)
    for some in keys:
        count_named(some, bits, counts)
    famous = np.argpartition(counts, nodes - count)[nodes - count :]
    famous = famous[np.lexsort((famous, -counts[famous].astype(np.int64)))].astype(np.uint32)
    widths = range((count - 1).bit_length() - TIER, -1, -TIER)
    bounds = [0, *sorted(1 << width for width in widths), count]
    tiers = [np.sort(famous[begin:end]) for begin, end in pairwise(bounds)]
    return np.concatenate(tiers)
