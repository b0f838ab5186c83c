"""Ranked graphs for tests: edges by name, stored and ranked in a store or beside one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from backref.graph.held import Held
from backref.graph.making import make
from backref.graph.ranking import Asked, rank
from backref.graph.rows import Rows
from backref.url import reversed_host

if TYPE_CHECKING:
    from pathlib import Path

    from backref.graph.ranks import Ranks


def stored(folder: Path, edges: Any, **told: Any) -> Held:
    """A graph of edges (source, target), with weights when they are a mapping to such."""
    links = list(edges)
    names = sorted({reversed_host(end) for link in links for end in link})
    numbers = {name: number for number, name in enumerate(names)}
    ends = np.array(
        [[numbers[reversed_host(end)] for end in link] for link in links], np.int64
    ).reshape(-1, 2)
    weights = np.array(list(edges.values()), np.float32) if isinstance(edges, dict) else None
    rows = Rows.of(ends[:, 0].copy(), ends[:, 1].copy(), len(names), weights)
    make(folder, rows, names, **told)
    return Held.open(folder)


def ranked(folder: Path, edges: Any, *, asked: Asked | None = None, **told: Any) -> Ranks:
    """The same graph, ranked without intervals unless asked for."""
    return rank(stored(folder, edges, **told), asked or Asked())


def node(held: Held, name: str) -> int:
    """The node of a name in reading order, which the graph knows."""
    found = held.id_of(reversed_host(name))
    assert found is not None
    return found
