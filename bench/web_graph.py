"""Edges of a made-up web, as many as asked for, in pieces.

Conventions: nodes are 0 to n - 1, as if in order of reversed names. `DANGLING` of them link
nowhere; of the others each links to as many as a Pareto draw of shape `SHAPE` says. A link goes,
with probability `NEAR`, to a node whose distance is log-uniform, and otherwise to the node of rank
r of popularity, where P(rank <= r) = (r / n)**`FAME`; ranks lie scattered over the ids. `FAME` is
such that, at the size of a release of Common Crawl, the most linked node has the share of links
that it has there. Sources come in no order; links of one source come together. Some links are
drawn twice.

What is a web's and what is not: degrees both ways follow power laws and dangling nodes are as many
as in Common Crawl's domain graph, and the gaps between successors grow with the graph as there
(log2 of a gap is 20.6 on average among 121 M nodes there). But no two sources share more links
than chance has it, while networks of sites do: what a code may win from like rows is not here, and
rows of few bytes here are so for the popularity of their targets and for nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DANGLING, SHAPE, NEAR, FAME = 0.6, 1.6, 0.1, 0.21
WIDEST = 20
"""No source links to more than one in so many nodes."""
PIECE = 1 << 22
SCATTER = 0x9E3779B1
MIX1, MIX2, STEP = (
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
    np.uint64(0x9E3779B97F4A7C15),
)


@compiled
def _draw(state: np.uint64) -> np.uint64:
    """A mixed word (splitmix64)."""
    state = (state ^ (state >> np.uint64(30))) * MIX1
    state = (state ^ (state >> np.uint64(27))) * MIX2
    return np.uint64(state ^ (state >> np.uint64(31)))


@compiled
def _unit(word: np.uint64) -> float:
    """A word as a number above 0 and at most 1."""
    return float((word >> np.uint64(11)) + np.uint64(1)) / 9007199254740992.0


@compiled
def _degree(source: int, nodes: int, least: float, seed: np.uint64) -> int:
    word = _draw(seed + np.uint64(source) * STEP)
    if _unit(word) <= DANGLING:
        return 0
    drawn = least * _unit(_draw(word)) ** (-1.0 / SHAPE)
    return max(1, min(nodes // WIDEST, int(drawn)))


@compiled
def _count(nodes: int, first: int, last: int, least: float, seed: np.uint64, until: int) -> int:
    """Up to which slot sources have at most `until` links, and at least one slot further."""
    links = 0
    for slot in range(first, last):
        links += _degree((slot * SCATTER) % nodes, nodes, least, seed)
        if links > until:
            return max(first + 1, slot)
    return last


@compiled
def _fill(
    nodes: int, first: int, last: int, least: float, seed: np.uint64,
    sources: np.ndarray, targets: np.ndarray,
) -> int:  # fmt: skip
    at = 0
    for slot in range(first, last):
        source = (slot * SCATTER) % nodes
        degree = _degree(source, nodes, least, seed)
        state = _draw(seed ^ (np.uint64(source) * MIX2))
        for _ in range(degree):
            state += STEP
            word = _draw(state)
            drawn = _unit(word)
            if (word & np.uint64(1023)) < np.uint64(int(NEAR * 1024)):
                far = int(float(nodes) ** (0.8 * drawn))
                target = (source + far if word & np.uint64(1024) else source - far) % nodes
            else:
                rank = min(nodes - 1, int(nodes * drawn ** (1.0 / FAME)))
                target = (rank * SCATTER + nodes // 3) % nodes
            if at < len(sources):
                sources[at], targets[at] = source, target
                at += 1
    return at


def edges(nodes: int, links: int, seed: int = 1) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """About as many links, as pieces of two uint32 arrays. The same seed gives the same links."""
    word = np.uint64(seed * 0x9E3779B9 + 1)
    least = links / (nodes * (1 - DANGLING)) * (1 - 1 / SHAPE)
    first = 0
    while first < nodes:
        last = _count(nodes, first, nodes, least, word, PIECE)
        room = PIECE + nodes // WIDEST
        sources, targets = np.empty(room, np.uint32), np.empty(room, np.uint32)
        count = _fill(nodes, first, last, least, word, sources, targets)
        yield sources[:count], targets[:count]
        first = last


def write_parquet(path: Path, nodes: int, links: int, seed: int = 1) -> int:
    """Writes the links into a Parquet file of two columns, piece by piece; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("source", pa.uint32()), ("target", pa.uint32())])
    count = 0
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for sources, targets in edges(nodes, links, seed):
            writer.write_table(pa.table([sources, targets], schema))
            count += len(sources)
    return count
