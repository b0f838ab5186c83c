"""What two sorted rows have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.compiled import compiled

if TYPE_CHECKING:
    import numpy as np


@compiled
def count_common(
    starts: np.ndarray, ids: np.ndarray, others_starts: np.ndarray, others: np.ndarray,
    common: np.ndarray, first: int, last: int,
) -> None:  # fmt: skip
    """How many ids each of rows `first` to `last` - 1 shares with the same row of the others."""
    for row in range(first, last):
        at, other, found = starts[row], others_starts[row], 0
        while at < starts[row + 1] and other < others_starts[row + 1]:
            if ids[at] == others[other]:
                found += 1
                at += 1
                other += 1
            elif ids[at] < others[other]:
                at += 1
            else:
                other += 1
        common[row] = found
