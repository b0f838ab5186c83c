"""The ranked graphs of a store: what lies in its folder `graphs` beside the segments.

A graph is no fact of ours and is far larger than all of them, so it is no table: its folder holds
files that are mapped, and its results `ranks/ranked.json`, written last, by whose digest derived
tables know whether they rest on these results.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import StoreDamaged

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "graphs"
RANKED = "ranks/ranked.json"


class RankedGraph(NamedTuple):
    """A graph whose results stand in `folder`: `level` is domain or host, `release` the month of a
    published one, `digest` changes when the results do."""

    name: str
    level: str
    release: str | None
    nodes: int
    digest: str
    folder: Path

    @property
    def mark(self) -> str:
        """What derived tables depend on."""
        return repr((self.name, self.level, self.release, self.nodes, self.digest))


def ranked(store: Path) -> tuple[RankedGraph, ...]:
    """The ranked graphs of a store, the foremost first: those of domains before those of hosts,
    newer releases before older ones and those of none, then the one with more nodes."""
    found = [_read(path) for path in (store / FOLDER).glob(f"[!.]*/{RANKED}")]
    known = (graph for graph in found if graph)
    return tuple(
        sorted(
            sorted(known, key=lambda graph: (-graph.nodes, graph.name)),
            key=lambda graph: (graph.level == "domain", graph.release or ""),
            reverse=True,
        )
    )


def _read(path: Path) -> RankedGraph | None:
    """What a graph's results tell of themselves; None when the graph was dropped meanwhile."""
    folder = path.parent.parent
    try:
        told = json.loads(path.read_bytes())
        return RankedGraph(
            folder.name,
            str(told["level"]),
            told["release"],
            int(told["nodes"]),
            str(told["digest"]),
            folder,
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError):
        raise StoreDamaged(
            f"{path} cannot be read; rank the graph again with `backref graph rank {folder.name}`."
        ) from None
