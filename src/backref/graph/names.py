"""The names of a graph's nodes, compressed in a file that is mapped, found both ways."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.mapped import damaged, mapped
from backref.graph.namekernel import BLOCK, MOST, find_name, read_name, read_names
from backref.graph.offsets import Offsets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

PORTION = 1 << 12
"""Names that are decoded at a time."""


@dataclass(frozen=True)
class Names:
    """Reversed names, `com.example`, in order of their bytes; a name's place is its node's id."""

    folder: Path
    count: int
    coded: NDArray[np.uint8]
    offsets: Offsets

    @classmethod
    def open(cls, folder: Path, count: int, files: Mapping[str, int]) -> Names:
        """The names of the graph in a folder: as many as there are nodes, or none.

        Raises StoreDamaged where its files are not as long as `files` says.
        """
        coded = mapped(folder, "names.bytes", np.uint8, files)
        if not len(coded):
            count = 0
        blocks = (count + BLOCK - 1) // BLOCK
        return cls(folder, count, coded, Offsets.open(folder, "names.offsets", blocks, files))

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, node: int) -> str:
        if not 0 <= node < self.count:
            raise IndexError(node)
        name = np.empty(MOST, np.uint8)
        begin, end = self.offsets[node // BLOCK]
        length = read_name(self.coded, begin, end, node % BLOCK, name)
        if length < 0:
            raise damaged(self.folder, f"The name of node {node}")
        return _text(name[:length].tobytes())

    def __iter__(self) -> Iterator[str]:
        for first in range(0, self.count, PORTION):
            yield from self.of(np.arange(first, min(self.count, first + PORTION)))

    def of(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        """The names of nodes, in the order given."""
        ids = np.ascontiguousarray(nodes, np.int64)
        if len(ids) and not 0 <= ids.min() <= ids.max() < self.count:
            raise IndexError(int(ids.max()))
        found: list[str] = []
        for first in range(0, len(ids), PORTION):
            found += self._portion(ids[first : first + PORTION])
        return found

    def id_of(self, name: str) -> int | None:
        """The node with this reversed name, None where there is none."""
        place, found = self._find(name.encode("utf-8", "surrogateescape"))
        return place if found else None

    def under(self, name: str) -> tuple[int, int]:
        """The nodes whose names begin with this one and a dot: from the first on, and before the
        second. The name itself lies elsewhere, as `com.example-shop` comes before
        `com.example.www`."""
        begin = name.encode("utf-8", "surrogateescape")
        return self._find(begin + b".")[0], self._find(begin + b"/")[0]

    def _portion(self, ids: NDArray[np.int64]) -> list[str]:
        text = np.empty(len(ids) * MOST, np.uint8)
        ends = np.zeros(len(ids) + 1, np.int64)
        if read_names(self.coded, *self.offsets.parts, ids, text, ends[1:]) < len(ids):
            raise damaged(self.folder, "A name")
        told = text[: ends[-1]].tobytes()
        return [_text(told[begin:end]) for begin, end in pairwise(ends.tolist())]

    def _find(self, name: bytes) -> tuple[int, bool]:
        wanted = np.frombuffer(name, np.uint8)
        place, found = find_name(self.coded, *self.offsets.parts, self.count, wanted)
        if place < 0:
            raise damaged(self.folder, "A name")
        return place, bool(found)


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
