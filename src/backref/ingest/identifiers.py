"""Many 16-byte identities at once: sorted, searched and counted as pairs of 64-bit numbers.

Sorting and searching go by the first half alone, which is as good as unique; the second half is
compared wherever the first agrees, so the answers are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

ID_BYTES = 16


@dataclass(frozen=True)
class Ids:
    """Identities in two halves, as unsigned 64-bit numbers; `head` decides the order."""

    head: np.ndarray
    tail: np.ndarray

    @classmethod
    def none(cls) -> Self:
        """No identities."""
        return cls(np.empty(0, np.uint64), np.empty(0, np.uint64))

    @classmethod
    def of_bytes(cls, raw: bytes | memoryview | np.ndarray) -> Self:
        """Identities that stand one after the other in a buffer."""
        halves = np.frombuffer(raw, ">u8").reshape(-1, 2).astype(np.uint64)
        return cls(np.ascontiguousarray(halves[:, 0]), np.ascontiguousarray(halves[:, 1]))

    @classmethod
    def of_array(cls, ids: pa.Array) -> Self:
        """Identities from a column `row_id`."""
        start = ids.offset * ID_BYTES
        values = ids.buffers()[1]
        return cls.of_bytes(memoryview(values)[start : start + len(ids) * ID_BYTES])

    @classmethod
    def joined(cls, parts: Sequence[Ids]) -> Self:
        """All identities of the parts, one part after the other."""
        return cls(
            np.concatenate([part.head for part in parts] or [np.empty(0, np.uint64)]),
            np.concatenate([part.tail for part in parts] or [np.empty(0, np.uint64)]),
        )

    def to_bytes(self) -> bytes:
        """The identities one after the other."""
        return np.column_stack((self.head, self.tail)).astype(">u8").tobytes()

    def to_array(self) -> pa.Array:
        """The identities as a column `row_id`."""
        raw = pa.py_buffer(self.to_bytes())
        return pa.Array.from_buffers(pa.binary(ID_BYTES), len(self), [None, raw])

    def __len__(self) -> int:
        return int(self.head.size)

    def __getitem__(self, chosen: np.ndarray | slice) -> Ids:
        return Ids(self.head[chosen], self.tail[chosen])

    def order(self, *, joined: bool = False) -> np.ndarray:
        """The order in which equal identities stand side by side as they came, heads ascending.
        `joined` says that they are a few sorted arrays, one after the other."""
        order = np.argsort(self.head, kind="stable" if joined else None)
        head = self.head[order]
        again = np.zeros(len(head), bool)
        again[1:] = head[1:] == head[:-1]
        again[:-1] |= again[1:]
        if again.any():
            alike = order[again]
            by_place = np.lexsort((alike, self.tail[alike], self.head[alike]))
            order[again] = alike[by_place]
        return order

    def sorted(self) -> Ids:
        """The same identities with heads ascending."""
        return self[self.order()]

    def find(self, wanted: Ids) -> np.ndarray:
        """For each wanted identity its place in this sorted array, -1 where it is not there."""
        places = np.full(len(wanted), -1, np.int64)
        if not len(self):
            return places
        at = np.searchsorted(self.head, wanted.head)
        open_ = np.arange(len(wanted))
        while open_.size:
            here = np.minimum(at[open_], len(self) - 1)
            agree = (at[open_] < len(self)) & (self.head[here] == wanted.head[open_])
            open_, here = open_[agree], here[agree]
            same = self.tail[here] == wanted.tail[open_]
            places[open_[same]] = here[same]
            open_ = open_[~same]
            at[open_] += 1
        return places
