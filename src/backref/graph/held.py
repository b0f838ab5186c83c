"""A stored graph, opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backref.graph.adjacency import Adjacency
from backref.graph.manifest import Manifest
from backref.graph.names import Names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from backref.graph.rows import Rows

Direction = Literal["in", "out"]


@dataclass(frozen=True)
class Held:
    """A graph of a store: nodes 0 to `nodes` - 1 in order of their reversed names, and the edges
    between them both ways. Its files are mapped, so that opening it reads next to nothing, and
    threads may share it."""

    folder: Path
    manifest: Manifest
    names: Names
    out: Adjacency
    incoming: Adjacency

    @classmethod
    def open(cls, folder: Path) -> Held:
        """The graph in a folder.

        Raises NotHeld where there is none, StoreDamaged where it is not what was written.
        """
        manifest = Manifest.read_from(folder)
        nodes, shift, files = manifest.nodes, manifest.shift, manifest.files
        return cls(
            folder,
            manifest,
            Names.open(folder, nodes, files),
            Adjacency.open(folder, "out", nodes, shift, files),
            Adjacency.open(folder, "in", nodes, shift, files),
        )

    def __enter__(self) -> Held:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is to be done: a file that is mapped is let go with the last array of it."""

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return self.manifest.nodes

    @property
    def edges(self) -> int:
        """How many edges there are."""
        return self.manifest.edges

    @property
    def name(self) -> str:
        """What the store calls the graph."""
        return self.manifest.name

    @property
    def level(self) -> str:
        """`domain` or `host`."""
        return self.manifest.level

    @property
    def release(self) -> str | None:
        """The last month of the crawls it comes from, as 2026-06."""
        return self.manifest.release

    def id_of(self, name: str) -> int | None:
        """The node of a reversed name, `com.example`; in a graph of hosts with or without a last
        `.www`, as releases differ in whether they keep it."""
        found = self.names.id_of(name)
        if found is None and self.level == "host":
            other = name.removesuffix(".www") if name.endswith(".www") else f"{name}.www"
            found = self.names.id_of(other)
        return found

    def successors(self, node: int) -> NDArray[np.uint32]:
        """The nodes that a node links to, in order."""
        return self.out[node]

    def predecessors(self, node: int) -> NDArray[np.uint32]:
        """The nodes that link to a node, in order."""
        return self.incoming[node]

    def out_degrees(self) -> NDArray[np.uint32]:
        """To how many nodes each node links."""
        return self.out.degrees()

    def in_degrees(self) -> NDArray[np.uint32]:
        """How many nodes link to each node."""
        return self.incoming.degrees()

    def rows(self, direction: Direction) -> Rows:
        """All rows of one direction in memory: 8 bytes a node and 4 an edge."""
        return self._way(direction).rows()

    def blocks(self, direction: Direction, budget_bytes: int) -> Iterator[tuple[int, Rows]]:
        """All rows of one direction in order, as many at a time as fit a budget of memory, each
        time with the first node."""
        return self._way(direction).blocks(budget_bytes)

    def _way(self, direction: Direction) -> Adjacency:
        return self.incoming if direction == "in" else self.out
