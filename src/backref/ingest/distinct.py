"""How many different names a file holds, without keeping any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_DISTINCT = 5_000_000


class Distinct:
    """Counts different texts by 8-byte hashes, which this process alone can make.

    With n of them the count is exact but for a chance of n² in 4·10¹⁹.
    """

    def __init__(self) -> None:
        self._known = np.empty(0, np.int64)
        self._added: list[np.ndarray] = []
        self._waiting = 0
        self._too_many = False

    def add(self, texts: Collection[str] | Collection[bytes]) -> None:
        """Take texts, known ones or new ones."""
        if self._too_many or not texts:
            return
        self._added.append(np.fromiter(map(hash, texts), np.int64, len(texts)))
        self._waiting += len(texts)
        if self._waiting > len(self._known):
            self._merge()

    def count(self) -> int | None:
        """How many there are; None for more than `MOST_DISTINCT`."""
        self._merge()
        return None if self._too_many else len(self._known)

    def _merge(self) -> None:
        self._known = np.unique(np.concatenate((self._known, *self._added)))
        self._added, self._waiting = [], 0
        if len(self._known) > MOST_DISTINCT:
            self._too_many, self._known = True, np.empty(0, np.int64)
