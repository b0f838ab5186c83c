"""Store a graph whose edges are in memory."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backref.graph.encoding import encode, seal
from backref.graph.manifest import Manifest
from backref.graph.naming import Naming, spans_of
from backref.graph.publishing import disk_may_fill, publish, taken, unfinished
from backref.graph.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SEGMENT = 1 << 22
"""Edges that a segment has on average."""


def make(
    folder: Path,
    rows: Rows,
    names: Sequence[str],
    *,
    level: str = "domain",
    release: str | None = None,
    beside: Mapping[str, NDArray[np.generic]] | None = None,
) -> Manifest:
    """Stores a graph in a folder under its last name: `rows` are what each node links to, `names`
    the reversed names of all nodes, in order. `beside` are files of what else is known, arrays in
    the order of the edges.

    Raises UsageError where a graph of that name is, SourceError for names out of order.
    """
    if folder.exists():
        raise taken(folder)
    work = unfinished(folder)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with disk_may_fill(work):
            _name(work, list(names))
            shift = shift_of(rows.nodes, rows.edges)
            _write(work, "out", rows, shift)
            _write(work, "in", rows.transposed(), shift)
            for file, values in (beside or {}).items():
                values.tofile(work / file)
            created = datetime.now(UTC).isoformat(timespec="seconds")
            told = Manifest(folder.name, level, release, created, rows.nodes, rows.edges, shift)
            return publish(work, folder, told)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def shift_of(nodes: int, edges: int) -> int:
    """The power of two nodes that a segment has, so that its edges are `SEGMENT` on average."""
    wanted = max(1, edges // SEGMENT)
    return max(0, (nodes // wanted).bit_length())


def _name(work: Path, names: list[str]) -> None:
    naming = Naming(work)
    try:
        naming.add(*spans_of(names))
        naming.seal()
    finally:
        naming.close()


def _write(work: Path, direction: str, rows: Rows, shift: int) -> None:
    for file in ("bits", "sizes", "codes"):
        (work / f"{direction}.{file}").touch()
    for first in range(0, rows.nodes, 1 << shift):
        last = min(rows.nodes, first + (1 << shift))
        begin, end = rows.starts[first], rows.starts[last]
        part = Rows(rows.starts[first : last + 1] - begin, rows.ids[begin:end])
        encode(part, first).write(work, direction)
    seal(work, direction)
    if rows.weights is not None:
        rows.weights.tofile(work / f"{direction}.weights")
