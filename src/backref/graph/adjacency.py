"""The neighbours of all nodes in one direction, compressed in files that are mapped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.mapped import damaged, mapped
from backref.graph.offsets import Offsets
from backref.graph.rowkernel import (
    CLASSES,
    CONTEXTS,
    LOOKUP,
    make_lookup,
    one_row,
    read_degrees,
    read_rows,
    some_degrees,
    some_rows,
)
from backref.graph.rows import Rows
from backref.graph.sorting import in_parts, threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

STRETCH = 1 << 16
"""Nodes whose places are decoded at a time."""


@dataclass(frozen=True)
class Adjacency:
    """One direction of a stored graph: row v holds the sorted neighbours of node v."""

    folder: Path
    nodes: int
    shift: int
    bits: NDArray[np.uint64]
    offsets: Offsets
    lookups: NDArray[np.uint16]
    hubs: NDArray[np.uint32]

    @classmethod
    def open(
        cls, folder: Path, direction: str, nodes: int, shift: int, files: Mapping[str, int]
    ) -> Adjacency:
        """One direction, "out" or "in", of the graph in a folder; a segment has 2**shift nodes.

        Raises StoreDamaged where its files are not as long as `files` says.
        """
        bits = mapped(folder, f"{direction}.bits", np.uint64, files)
        offsets = Offsets.open(folder, f"{direction}.offsets", nodes, files)
        lengths = mapped(folder, f"{direction}.codes", np.uint8, files)
        if len(lengths) != segments(nodes, shift) * CONTEXTS * CLASSES:
            raise damaged(folder, f"{direction}.codes")
        lengths = lengths.reshape(-1, CONTEXTS, CLASSES)
        lookups = np.zeros((len(lengths), CONTEXTS * LOOKUP), np.uint16)
        for segment, lookup in zip(lengths, lookups, strict=True):
            make_lookup(segment, lookup)
        hubs = mapped(folder, f"{direction}.hubs", np.uint32, files)
        return cls(folder, nodes, shift, bits, offsets, lookups, hubs)

    def __getitem__(self, node: int) -> NDArray[np.uint32]:
        if not 0 <= node < self.nodes:
            raise IndexError(node)
        lookup = self.lookups[node >> self.shift]
        fits, row = one_row(self.bits, *self.offsets.parts, lookup, self.hubs, node, self.nodes)
        if not fits:
            raise self._damaged(node)
        return row

    def some(self, nodes: NDArray[np.uint32]) -> Rows:
        """The rows of some nodes, in the order given."""
        if len(nodes) and int(nodes.max()) >= self.nodes:
            raise IndexError(int(nodes.max()))
        given = (self.bits, *self.offsets.parts, self.shift, self.lookups)
        degrees = np.empty(len(nodes), np.int64)
        self._check(some_degrees(*given, nodes, degrees))
        starts = np.zeros(len(nodes) + 1, np.int64)
        np.cumsum(degrees, out=starts[1:])
        ids = np.empty(int(starts[-1]), np.uint32)
        self._check(some_rows(*given, self.hubs, self.nodes, nodes, starts, ids))
        return Rows(starts, ids)

    def degrees(self, first: int = 0, last: int | None = None) -> NDArray[np.uint32]:
        """How many neighbours nodes `first` to `last` - 1 have."""
        last = self.nodes if last is None else last
        degrees = np.empty(last - first, np.uint32)

        def read(begin: int, end: int) -> None:
            for at in range(begin, end, STRETCH):
                until = min(end, at + STRETCH)
                offsets = self.offsets.between(at, until)
                into = degrees[at - first : until - first]
                self._check(
                    read_degrees(
                        self.bits, offsets, at, self.shift, self.lookups, 0, until - at, into
                    )
                )

        in_parts(read, _cuts(first, last))
        return degrees

    def rows(self, first: int = 0, last: int | None = None) -> Rows:
        """The rows of nodes `first` to `last` - 1, decoded side by side."""
        last = self.nodes if last is None else last
        starts = np.zeros(last - first + 1, np.int64)
        np.cumsum(self.degrees(first, last), out=starts[1:])
        ids = np.empty(int(starts[-1]), np.uint32)

        def read(begin: int, end: int) -> None:
            for at in range(begin, end, STRETCH):
                until = min(end, at + STRETCH)
                offsets = self.offsets.between(at, until)
                places = starts[at - first : until - first + 1]
                self._check(
                    read_rows(
                        self.bits, offsets, at, self.shift, self.lookups, self.hubs, self.nodes,
                        0, until - at, places, ids,
                    )
                )  # fmt: skip

        in_parts(read, _cuts(first, last))
        return Rows(starts, ids)

    def blocks(self, budget_bytes: int) -> Iterator[tuple[int, Rows]]:
        """All rows in order, as many at a time as fit the budget, each time with the first node.
        Fewer than 2**16 nodes are never divided, however many neighbours they have."""
        first = at = held = 0
        while at < self.nodes:
            until = min(self.nodes, at + STRETCH)
            grows = 8 * (until - at) + 4 * int(self.degrees(at, until).sum(dtype=np.int64))
            if at > first and held + grows > budget_bytes:
                yield first, self.rows(first, at)
                first, held = at, 0
            at, held = until, held + grows
        if at > first:
            yield first, self.rows(first, at)

    def _check(self, node: int) -> None:
        if node >= 0:
            raise self._damaged(node)

    def _damaged(self, node: int) -> Exception:
        return damaged(self.folder, f"Node {node}")


def segments(nodes: int, shift: int) -> int:
    """How many segments of 2**shift nodes a graph has."""
    return (nodes + (1 << shift) - 1) >> shift


def _cuts(first: int, last: int) -> list[int]:
    """Bounds of the parts that threads take, none of them smaller than a stretch."""
    parts = max(1, min(threads() * 4, (last - first) // STRETCH))
    return [first + (last - first) * part // parts for part in range(parts + 1)]
