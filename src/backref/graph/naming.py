"""Write the names of a graph's nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.errors import SourceError
from backref.graph.namekernel import BLOCK, MOST, WORST, write_names
from backref.graph.offsets import Offsets

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class Naming:
    """Names that come in order, portion by portion, into the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last = np.zeros(MOST + 3, np.uint8)
        self._sizes: list[NDArray[np.uint16]] = []
        self._file = (folder / "names.bytes").open("wb")
        self.count = self.bytes = 0

    def add(self, text: NDArray[np.uint8], spans: NDArray[np.int64]) -> None:
        """The next names, name i being text[spans[i, 0]:spans[i, 1]].

        Raises SourceError for one that is empty, too long or not greater than the one before it.
        """
        lengths = (spans[:, 1] - spans[:, 0]).clip(0, MOST)
        into = np.empty(int(lengths.sum()) + 3 * len(spans) + WORST, np.uint8)
        full = (self.count + len(spans) - 1) // BLOCK - max(0, (self.count - 1) // BLOCK)
        sizes = np.zeros(max(0, full) + 1, np.uint16)
        written, wrong = write_names(text, spans, self.count, self._last, into, sizes)
        if wrong >= 0:
            raise self._refusal(text[slice(*spans[wrong].tolist())].tobytes(), self.count + wrong)
        self._file.write(into[:written].data)
        self._sizes.append(sizes[: max(0, full)])
        self.count += len(spans)
        self.bytes += int(lengths.sum())

    def seal(self) -> None:
        """Ends the files once all names are written."""
        self._file.close()
        if self.count:
            last = int(self._last[MOST + 1]) | int(self._last[MOST + 2]) << 8
            self._sizes.append(np.array([last], np.uint16))
        sizes = np.concatenate([np.empty(0, np.uint16), *self._sizes])
        Offsets.write(self._folder / "names.offsets", sizes)

    def close(self) -> None:
        """Lets go of the file, sealed or not."""
        self._file.close()

    def _refusal(self, name: bytes, place: int) -> SourceError:
        told = name[:80].decode("utf-8", "replace")
        if not name or len(name) > MOST:
            return SourceError(f"Name {place} has {len(name)} bytes; names have 1 to {MOST}.")
        before = self._last[1 : 1 + int(self._last[0])].tobytes().decode("utf-8", "replace")
        return SourceError(
            f"Name {place}, {told}, does not come after {before}: sort the vertices by the bytes "
            "of their reversed names, each name once."
        )


def spans_of(names: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Names as `Naming.add` takes them."""
    coded = [name.encode("utf-8", "surrogateescape") for name in names]
    ends = np.cumsum([0, *map(len, coded)])
    text = np.frombuffer(b"".join(coded), np.uint8)
    return text, np.stack([ends[:-1], ends[1:]], axis=1).astype(np.int64)
