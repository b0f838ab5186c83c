"""The nodes of a web graph: lines of an id and a reversed name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.errors import SourceError
from backref.graph.lines import chunks
from backref.graph.naming import Naming, spans_of
from backref.graph.rows import MOST_NODES
from backref.graph.textkernel import read_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SHORTEST = 4
"""Bytes of the shortest line of a vertex."""


@dataclass(frozen=True)
class Vertices:
    """Files of lines `id  reversed-name`, whatever comes behind, as Common Crawl publishes them:
    ids from 0 on without a gap, names in order of their bytes."""

    paths: Sequence[Path]

    def write_names(self, folder: Path) -> tuple[int, bool]:
        """Writes the names; returns how many there are and whether some end with `.www`, as those
        of a graph do that keeps it.

        Raises SourceError where ids or names are out of order.
        """
        naming, www = Naming(folder), 0
        try:
            for path in self.paths:
                for text, _ in chunks(path):
                    spans = np.empty((len(text) // SHORTEST + 1, 2), np.int64)
                    due = naming.count
                    count, ended, at, told = read_names(text, len(text), due, spans)
                    if at >= 0:
                        raise _refusal(path, text[at : at + 120].tobytes(), due + count, told)
                    naming.add(text, spans[:count])
                    www += ended
                    if naming.count >= MOST_NODES:
                        raise SourceError(f"{path} goes beyond 2**32 - 1 vertices.")
            naming.seal()
        finally:
            naming.close()
        return naming.count, www > 0


@dataclass(frozen=True)
class Unnamed:
    """Nodes that have no names, only ids below `nodes`."""

    nodes: int

    def write_names(self, folder: Path) -> tuple[int, None]:
        """Writes no name."""
        naming = Naming(folder)
        naming.seal()
        return self.nodes, None


@dataclass(frozen=True)
class Named:
    """Nodes with these reversed names, in order."""

    names: Sequence[str]

    def write_names(self, folder: Path) -> tuple[int, bool]:
        """Writes the names."""
        naming = Naming(folder)
        try:
            naming.add(*spans_of(list(self.names)))
            naming.seal()
        finally:
            naming.close()
        return naming.count, any(name.endswith(".www") for name in self.names)


def _refusal(path: Path, begin: bytes, due: int, told: int) -> SourceError:
    line = begin.split(b"\n")[0].decode("utf-8", "replace")
    if told < 0:
        return SourceError(
            f"{path} has the line {line!r}; a vertex is an id and a reversed name, as "
            "`7  com.example`."
        )
    return SourceError(
        f"{path} has the id {told} where {due} is due: sort the vertices by their ids, and name "
        "several files in their order."
    )
