"""Store a graph that is in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from backref.graph.building import Plan, build
from backref.graph.edges import ArrayEdges
from backref.graph.vertices import Named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from backref.graph.manifest import Manifest
    from backref.graph.rows import Rows


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

    def write(work: Path) -> tuple[int, bool | None]:
        for file, values in {**_weights(rows), **(beside or {})}.items():
            (work / file).write_bytes(np.ascontiguousarray(values).data)
        return Named(names).write_names(work)

    sources = np.repeat(np.arange(rows.nodes, dtype=np.uint32), np.diff(rows.starts))
    edges = ArrayEdges(sources, rows.ids)
    return build(Plan(folder, edges, write, uuid4().hex, level, release))


def _weights(rows: Rows) -> dict[str, NDArray[np.floating]]:
    turned = rows.transposed().weights if rows.weights is not None else None
    both = {"out.weights": rows.weights, "in.weights": turned}
    return {file: weights for file, weights in both.items() if weights is not None}
