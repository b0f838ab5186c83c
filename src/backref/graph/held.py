"""A stored graph, opened."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from backref.graph.adjacency import Adjacency
from backref.graph.manifest import Manifest
from backref.graph.mapped import mapped
from backref.graph.names import Names
from backref.graph.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from numpy.typing import DTypeLike, NDArray

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

    @property
    def weighted(self) -> bool:
        """Whether the edges have weights."""
        return "out.weights" in self.manifest.files

    def out_sums(self) -> NDArray[np.float64]:
        """What the weights of each node's links sum to; how many they are in a graph without."""
        return self.rows("out").sums() if self.weighted else self.out_degrees().astype(np.float64)

    def weights(self, direction: Direction, node: int) -> NDArray[np.float32]:
        """The weights of a node's edges, as its neighbours lie; ones in a graph without."""
        if not self.weighted:
            return np.ones(len(self._way(direction)[node]), np.float32)
        starts = self._starts[direction]
        return self._weights[direction][starts[node] : starts[node + 1]]

    def beside(self, file: str, dtype: DTypeLike) -> NDArray[Any]:
        """What else is known of the edges, in the order of `rows("out")`; KeyError for what is not
        told of this graph."""
        if file not in self.manifest.files:
            raise KeyError(file)
        return mapped(self.folder, file, dtype, self.manifest.files)

    def some(self, direction: Direction, nodes: NDArray[np.uint32]) -> Rows:
        """The rows of some nodes in one direction, in the order given, with their weights."""
        rows = self._way(direction).some(nodes)
        if not self.weighted or not len(nodes):
            return rows
        weights = [self.weights(direction, node) for node in nodes.tolist()]
        return Rows(rows.starts, rows.ids, np.concatenate(weights))

    def rows(self, direction: Direction) -> Rows:
        """All rows of one direction in memory, with their weights: 8 bytes a node, 4 an edge."""
        rows = self._way(direction).rows()
        return self._weighed(direction, 0, rows) if self.weighted else rows

    def blocks(self, direction: Direction, budget_bytes: int) -> Iterator[tuple[int, Rows]]:
        """All rows of one direction in order, as many at a time as fit a budget of memory, each
        time with the first node."""
        edge = 0
        for first, rows in self._way(direction).blocks(budget_bytes):
            yield first, self._weighed(direction, edge, rows) if self.weighted else rows
            edge += rows.edges

    def _weighed(self, direction: Direction, edge: int, rows: Rows) -> Rows:
        """Rows, of whose edges the first has the number `edge`, with their weights."""
        return Rows(rows.starts, rows.ids, self._weights[direction][edge : edge + rows.edges])

    @cached_property
    def _weights(self) -> dict[str, NDArray[np.float32]]:
        files = self.manifest.files
        return {
            way: mapped(self.folder, f"{way}.weights", np.float32, files) for way in ("in", "out")
        }

    @cached_property
    def _starts(self) -> dict[str, NDArray[np.int64]]:
        """Where the rows of each direction begin, kept in memory: graphs with weights are small."""
        degrees = {"in": self.in_degrees(), "out": self.out_degrees()}
        return {way: np.cumsum([0, *held], dtype=np.int64) for way, held in degrees.items()}

    def _way(self, direction: Direction) -> Adjacency:
        return self.incoming if direction == "in" else self.out
