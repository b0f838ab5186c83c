"""A table of ranks as it comes by: what is kept of it, and how much was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backref.errors import SourceError
from backref.releases import sievekernel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

NAME = "#host_rev"
COLUMNS = ("#harmonicc_pos", "#harmonicc_val", "#pr_pos", "#pr_val", NAME)
LONGEST_LINE = 1 << 16
_PLACES = 1 << 14
_MOST_ODD = 1000
"""So many lines of another shape are borne; a file of more is another kind of file."""


class NoRanks(SourceError):
    """What came is no table of ranks that is known; the message is a plain sentence."""


def digests(names: Iterable[str]) -> NDArray[np.uint64]:
    """The digests of reversed names, sorted, each once."""
    found = [_digest(name.encode()) for name in names]
    return np.unique(np.array(found, np.uint64))


def _digest(name: bytes) -> int:
    return int(sievekernel.digest(np.frombuffer(name, np.uint8), 0, len(name)))


class Sieve:
    """Keeps the lines of the `wanted` names (`digests`), the first, every `every`-th, and the last.

    `rows` counts the lines below the header, `odd` those of them that have another shape.
    """

    def __init__(self, wanted: NDArray[np.uint64], every: int) -> None:
        self.wanted = wanted
        self.every = every
        self.header = b""
        self.kept: list[bytes] = []
        self._counts = np.zeros(3, np.int64)
        self._shape = np.array([0, 0, every], np.int64)
        self._rest = b""
        self._last = b""
        self._table = np.zeros(1 << max(2 * len(wanted), 2).bit_length(), np.uint64)
        self._places = np.zeros((_PLACES, 2), np.int64)
        sievekernel.filled(wanted, self._table)

    @property
    def rows(self) -> int:
        """Lines below the header so far."""
        return int(self._counts[0])

    @property
    def odd(self) -> int:
        """Lines of another shape so far."""
        return int(self._counts[1])

    def take(self, text: bytes) -> None:
        """The next piece of the table. Raises NoRanks."""
        text = self._rest + text
        end = text.rfind(b"\n") + 1
        text, self._rest = text[:end], text[end:]
        if len(self._rest) > LONGEST_LINE:
            raise NoRanks("The file holds lines that are too long for ranks.")
        if text and not self.header:
            head, _, text = text.partition(b"\n")
            self._begin(head)
        if text:
            self._sift(text)

    def end(self) -> None:
        """The table is whole. Raises NoRanks."""
        if self._rest:
            self.take(b"\n")
        if not self.rows:
            raise NoRanks("The file holds no ranks.")
        if self.kept[-1:] != [self._last]:
            self.kept.append(self._last)

    def names(self) -> set[bytes]:
        """The reversed names of what was kept."""
        column = int(self._shape[0])
        return {line.split(b"\t")[column] for line in self.kept}

    def state(self) -> dict[str, Any]:
        """All that is needed to go on, arrays by name."""
        return {
            "wanted": self.wanted,
            "every": np.array([self.every], np.int64),
            "counts": self._counts,
            "texts": _as_array(b"\n".join((self.header, self._last, self._rest))),
            "kept": _as_array(b"\n".join(self.kept)),
        }

    @classmethod
    def going_on(cls, state: Mapping[str, Any]) -> Sieve:
        """Go on from a state."""
        made = cls(state["wanted"], int(state["every"][0]))
        header, made._last, made._rest = state["texts"].tobytes().split(b"\n", 2)
        if header:
            made._begin(header)
        kept = state["kept"].tobytes()
        made.kept = kept.split(b"\n") if kept else []
        made._counts[:] = state["counts"]
        return made

    def _begin(self, header: bytes) -> None:
        names = header.decode("utf-8", "replace").strip().split("\t")
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            shown = ascii(", ".join(names)[:200])
            raise NoRanks(
                f"The file's columns are {shown}, and {', '.join(missing)} is not among them: "
                "ranks of such a release are not read."
            )
        self.header = header
        self._shape[:2] = names.index(NAME), len(names)

    def _sift(self, text: bytes) -> None:
        data = np.frombuffer(text, np.uint8)
        self._counts[2] = 0
        while self._counts[2] < data.size:
            used = sievekernel.sieved(data, self._shape, self._table, self._places, self._counts)
            self.kept += [text[begin:end] for begin, end in self._places[:used].tolist()]
        if self.odd > _MOST_ODD:
            raise NoRanks("The file's lines do not have the columns that its header names.")
        begin = text.rfind(b"\n", 0, len(text) - 1) + 1
        self._last = text[begin:-1]


def _as_array(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)
