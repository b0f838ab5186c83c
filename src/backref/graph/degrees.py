"""Who links back.

Formula: the reciprocity of a node is the share of the nodes it links to that link to it too.
A node that links nowhere has none (NaN). Both rows of a node are sorted, so they are merged.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from backref.graph.degreekernel import count_common
from backref.graph.rows import Rows
from backref.graph.transition import in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def reciprocity(
    outgoing: Rows | Iterable[tuple[int, Rows]],
    incoming: Rows | Iterable[tuple[int, Rows]],
    nodes: int,
    workers: int | None = None,
) -> NDArray[np.float32]:
    """The reciprocity of every node, from its rows both ways, whole or in blocks, which need not
    be cut at the same nodes."""
    common, degrees = np.zeros(nodes, np.int64), np.zeros(nodes, np.int64)
    for first, last, there, back in _side_by_side(outgoing, incoming, nodes):
        degrees[first:last] = np.diff(there.starts)
        given = (there.starts, there.ids, back.starts, back.ids, common[first:last])
        in_pieces(partial(count_common, *given), there.starts, workers)
    shares = np.full(nodes, np.nan, np.float32)
    np.divide(common, degrees, out=shares, where=degrees > 0, casting="unsafe")
    return shares


def _side_by_side(
    outgoing: Rows | Iterable[tuple[int, Rows]],
    incoming: Rows | Iterable[tuple[int, Rows]],
    nodes: int,
) -> Iterable[tuple[int, int, Rows, Rows]]:
    """(first, last, rows out, rows in) of the stretches that both lie in one block of."""
    ways = [iter([(0, way)] if isinstance(way, Rows) else way) for way in (outgoing, incoming)]
    held: list[tuple[int, Rows]] = [(0, _NONE), (0, _NONE)]
    at = 0
    while at < nodes:
        for way, (first, rows) in enumerate(held):
            if first + rows.nodes == at:
                held[way] = next(ways[way])
        until = min(first + rows.nodes for first, rows in held)
        there, back = (_cut(rows, at - first, until - first) for first, rows in held)
        yield at, until, there, back
        at = until


_NONE = Rows(np.zeros(1, np.int64), np.empty(0, np.uint32))


def _cut(rows: Rows, first: int, last: int) -> Rows:
    return Rows(rows.starts[first : last + 1], rows.ids)
