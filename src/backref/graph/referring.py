"""Who links to a node, those of most value first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from backref.graph.held import Held

    Nodes = NDArray[np.uint32]
    Values = NDArray[np.floating]


@dataclass(frozen=True)
class Part:
    """Some nodes in order, of `total` in all; `values` are theirs."""

    nodes: Nodes
    values: Values
    total: int


def ranked(nodes: Nodes, values: Values, most: int, after: tuple[float, int] | None = None) -> Part:
    """The first `most` nodes by value, of equal ones the lower first, behind the place (value,
    node) of the last one of an earlier part."""
    own = values[nodes]
    total = len(nodes)
    if after is not None:
        behind = (own < after[0]) | ((own == after[0]) & (nodes > after[1]))
        nodes, own = nodes[behind], own[behind]
    if most < len(nodes):
        least = np.partition(own, len(own) - most)[len(own) - most]
        kept = own >= least
        nodes, own = nodes[kept], own[kept]
    order = np.lexsort((nodes, -own))[:most]
    return Part(nodes[order], own[order], total)


def referring(
    held: Held, target: int, values: Values, most: int, after: tuple[float, int] | None = None
) -> Part:
    """The first nodes that link to a node. `values` are those of all nodes, and may be mapped."""
    return ranked(held.predecessors(target), values, most, after)


@dataclass(frozen=True)
class Met:
    """Nodes in order that link to some of several targets: `links` has a bit for each target, in
    the order in which they were named; `total` are there in all."""

    nodes: Nodes
    links: NDArray[np.uint8]
    total: int

    @property
    def counts(self) -> NDArray[np.uint8]:
        """To how many of the targets each links."""
        return np.bitwise_count(self.links)


def met(held: Held, targets: Sequence[int], without: Sequence[int] = (), least: int = 1) -> Met:
    """The nodes that link to at least `least` of the targets and to none of `without`, in order of
    their ids; neither are the targets themselves nor those of `without` among them."""
    rows = [held.predecessors(target) for target in targets]
    nodes = _distinct(rows)
    links = np.zeros(len(nodes), np.uint8)
    for place, row in enumerate(rows):
        links[np.searchsorted(nodes, row)] |= np.uint8(1 << place)
    kept = np.bitwise_count(links) >= least
    for row in (*(held.predecessors(own) for own in without), _named([*targets, *without])):
        kept[_places(nodes, row)] = False
    return Met(nodes[kept], links[kept], int(np.count_nonzero(kept)))


def _distinct(rows: Sequence[Nodes]) -> Nodes:
    """Each node of sorted rows once, in order: a stable sort merges the runs that they are."""
    every = np.sort(np.concatenate([np.empty(0, np.uint32), *rows]), kind="stable")
    return every[np.flatnonzero(np.diff(every, prepend=~every[:1]))]


def _named(nodes: Sequence[int]) -> Nodes:
    return np.array(sorted(set(nodes)), np.uint32)


def _places(nodes: Nodes, wanted: Nodes) -> NDArray[np.int64]:
    """Where in sorted nodes the wanted ones lie that are there."""
    at = np.searchsorted(nodes, wanted)
    inside = at < len(nodes)
    at, wanted = at[inside], wanted[inside]
    return np.asarray(at[nodes[at] == wanted], np.int64)
