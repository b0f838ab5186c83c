"""Arrays of a stored graph, as files that are mapped into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backref.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import DTypeLike, NDArray


def mapped(folder: Path, name: str, dtype: DTypeLike, sizes: Mapping[str, int]) -> NDArray[Any]:
    """A file of a graph as an array, read as it is used.

    Raises StoreDamaged unless it is as long as the manifest says in `sizes`.
    """
    path = folder / name
    length = path.stat().st_size if path.is_file() else -1
    if length != sizes.get(name):
        raise StoreDamaged(f"{path} is not what was written; drop the graph and add it again.")
    if length == 0:
        return np.empty(0, dtype)
    return np.memmap(path, dtype, mode="r").view(np.ndarray)


def damaged(folder: Path, what: str) -> StoreDamaged:
    """The error that a file of a graph does not hold what was written."""
    return StoreDamaged(
        f"{what} of the graph in {folder} cannot be read; drop it and add it again."
    )
