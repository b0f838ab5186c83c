"""Where the pieces of a file begin: some bits a piece, any of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.mapped import damaged, mapped
from backref.graph.offsetkernel import SAMPLED, read_offset, read_offsets, write_offsets

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

HEAD = 4
"""Words before the others: how many pieces, the width of the low bits, words of both halves."""


@dataclass(frozen=True)
class Offsets:
    """The places of `pieces` pieces one behind the other, see offsetkernel."""

    folder: Path
    pieces: int
    width: int
    low: Words
    high: Words
    samples: Words

    @classmethod
    def write(cls, path: Path, sizes: NDArray[np.unsignedinteger]) -> None:
        """Keeps the places of pieces of these sizes in a file."""
        total = int(sizes.sum(dtype=np.uint64)) if len(sizes) else 0
        width = max(0, (total // (len(sizes) + 1)).bit_length() - 1)
        low = np.zeros(((len(sizes) + 1) * width + 63) // 64 + 1, np.uint64)
        high = np.zeros(((total >> width) + len(sizes) + 1 + 63) // 64 + 1, np.uint64)
        samples = np.zeros(len(sizes) // SAMPLED + 1, np.uint64)
        write_offsets(sizes, width, low, high, samples)
        head = np.array([len(sizes), width, len(low), len(high)], np.uint64)
        with path.open("wb") as file:
            for part in (head, low, high, samples):
                file.write(part.data)

    @classmethod
    def open(cls, folder: Path, name: str, pieces: int, files: Mapping[str, int]) -> Offsets:
        """The offsets in a file of a graph.

        Raises StoreDamaged unless they are those of as many pieces.
        """
        words = mapped(folder, name, np.uint64, files)
        told, width, low, high = words[:HEAD].tolist() if len(words) > HEAD else (-1, 0, 0, 0)
        lengths = (low, high, pieces // SAMPLED + 1)
        if told != pieces or width > 63 or HEAD + sum(lengths) != len(words):
            raise damaged(folder, name)
        cuts = np.cumsum([HEAD, *lengths])
        halves = [words[begin:end] for begin, end in pairwise(cuts.tolist())]
        return cls(folder, pieces, width, *halves)

    @property
    def parts(self) -> tuple[Words, Words, Words, int]:
        """What kernels take."""
        return self.low, self.high, self.samples, self.width

    def __getitem__(self, piece: int) -> tuple[int, int]:
        begin, end = read_offset(*self.parts, piece)
        if begin < 0:
            raise damaged(self.folder, "A place")
        return begin, end

    def between(self, first: int, last: int) -> NDArray[np.int64]:
        """Where pieces `first` to `last` - 1 begin, and where the last of them ends."""
        offsets = np.empty(last - first + 1, np.int64)
        if read_offsets(*self.parts, first, offsets) < 0:
            raise damaged(self.folder, "A place")
        return offsets
