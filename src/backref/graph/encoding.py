"""Write the neighbours of all nodes in one direction, segment by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.offsets import Offsets
from backref.graph.rowkernel import (
    CLASSES,
    CONTEXTS,
    PADDING,
    WORD,
    code_lengths,
    make_codes,
    survey,
    write_rows,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from backref.graph.hubs import Hubs
    from backref.graph.rows import Rows

WRITTEN = ("bits", "sizes", "codes")
"""What one direction's files are called while they are written, see `seal`."""


@dataclass(frozen=True)
class Segment:
    """Encoded rows: their bits in whole words, the bits of each row, the lengths of the codes."""

    bits: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    codes: NDArray[np.uint8]

    def write(self, folder: Path, direction: str) -> None:
        """Appends the segment to the files of a direction."""
        for name in WRITTEN:
            with (folder / f"{direction}.{name}").open("ab") as file:
                file.write(getattr(self, name).data)


def encode(rows: Rows, first: int, hubs: Hubs | None = None) -> Segment:
    """The rows of nodes from `first` on, in codes made for them, see rowkernel."""
    labels = hubs.labels(rows) if hubs else rows.ids
    named = hubs.count if hubs else 0
    counts = np.zeros((CONTEXTS, CLASSES), np.int64)
    survey(rows.starts, labels, named, first, 0, rows.nodes, counts)
    lengths = np.zeros((CONTEXTS, CLASSES), np.uint8)
    code_lengths(counts, lengths)
    codes = np.zeros((CONTEXTS, CLASSES), np.int64)
    make_codes(lengths, codes)
    total = int((counts * (lengths.astype(np.int64) + np.arange(CLASSES))).sum())
    words = (total + WORD - 1) // WORD
    bits = np.zeros(words + 1, np.uint64)
    sizes = np.zeros(rows.nodes, np.uint64)
    write_rows(rows.starts, labels, named, first, 0, rows.nodes, lengths, codes, bits, 0, sizes)
    if total:
        sizes[np.flatnonzero(sizes)[-1]] += np.uint64(words * WORD - total)
    return Segment(bits[:words], sizes, lengths)


def seal(folder: Path, direction: str) -> None:
    """Ends a direction's files once all segments are written: its rows can be found. What `sizes`
    tells is not needed afterwards."""
    with (folder / f"{direction}.bits").open("ab") as file:
        file.write(np.zeros(PADDING, np.uint64).data)
    sizes = folder / f"{direction}.sizes"
    empty = sizes.stat().st_size == 0
    told = np.empty(0, np.uint64) if empty else np.memmap(sizes, np.uint64, mode="r")
    Offsets.write(folder / f"{direction}.offsets", told.view(np.ndarray))
