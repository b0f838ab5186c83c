"""Reads a graph in the BVGraph format from front to back, to have a real one for tests.

Codes are the format's defaults: gamma for degrees, blocks and intervals, unary for references,
zeta_3 for residuals; a window of 7, intervals of at least 4 (Boldi and Vigna, The WebGraph
framework I, WWW 2004).
"""

from __future__ import annotations

from pathlib import Path

import numba
import numpy as np

WINDOW, SHORTEST, ZETA = 7, 4, 3


def edges(path: Path, nodes: int, arcs: int) -> tuple[np.ndarray, np.ndarray]:
    """(sources, targets) of all arcs."""
    bits = np.unpackbits(np.fromfile(path, np.uint8))
    starts, ids = np.zeros(nodes + 1, np.int64), np.zeros(arcs, np.uint32)
    _decode(bits, starts, ids)
    return np.repeat(np.arange(nodes, dtype=np.uint32), np.diff(starts)), ids


@numba.njit
def _unary(bits, at):
    first = at
    while bits[at] == 0:
        at += 1
    return at - first, at + 1


@numba.njit
def _number(bits, at, width):
    value = 0
    for _ in range(width):
        value = value * 2 + bits[at]
        at += 1
    return value, at


@numba.njit
def _gamma(bits, at):
    width, at = _unary(bits, at)
    rest, at = _number(bits, at, width)
    return (1 << width) + rest - 1, at


@numba.njit
def _zeta(bits, at):
    level, at = _unary(bits, at)
    least = 1 << (level * ZETA)
    value, at = _number(bits, at, level * ZETA + ZETA - 1)
    if value < least:
        return value + least - 1, at
    return value * 2 + bits[at] - 1, at + 1


@numba.njit
def _signed(number):
    return -(number + 1) // 2 if number & 1 else number // 2


@numba.njit
def _decode(bits, starts, ids):
    at = place = 0
    for node in range(len(starts) - 1):
        starts[node] = place
        degree, at = _gamma(bits, at)
        end = place + degree
        starts[node + 1] = end
        if degree == 0:
            continue
        back, at = _unary(bits, at)
        first = place
        if back:
            source, limit = starts[node - back], starts[node - back + 1]
            blocks, at = _gamma(bits, at)
            for block in range(blocks):
                length, at = _gamma(bits, at)
                length += block > 0
                if block % 2 == 0:
                    ids[place : place + length] = ids[source : source + length]
                    place += length
                source += length
            if blocks % 2 == 0:
                ids[place : place + limit - source] = ids[source:limit]
                place += limit - source
        if place < end:
            intervals, at = _gamma(bits, at)
            left = 0
            for interval in range(intervals):
                gap, at = _gamma(bits, at)
                left = node + _signed(gap) if interval == 0 else left + gap + 1
                length, at = _gamma(bits, at)
                for _ in range(length + SHORTEST):
                    ids[place] = left
                    place += 1
                    left += 1
        neighbour = -1
        while place < end:
            gap, at = _zeta(bits, at)
            neighbour = node + _signed(gap) if neighbour < 0 else neighbour + gap + 1
            ids[place] = neighbour
            place += 1
        ids[first:end].sort()
