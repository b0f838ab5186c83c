"""Counters of distinct nodes: HyperLogLog registers of 8 bits, 2**p to a node.

Formula: a node's hash has a register, its lowest p bits, and a rank, one more than the zeros above
them. A register holds the greatest rank that came to it. A counter of two sets together holds the
greater of each two registers. With m registers M the count is a m^2 / sum 2^-M, and below 2.5 m,
while V > 0 registers are empty, m ln(m / V).

Reference: Flajolet, Fusy, Gandouet and Meunier, HyperLogLog, AofA 2007.
"""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled
from backref.graph.prefetch import AHEAD, prefetch

ONE = np.uint64(1)
MIX_A, MIX_B = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)
PLACES = np.int64(48)
UNIT = np.int64(1) << PLACES
STEP = np.uint64(0x9E3779B97F4A7C15)


@compiled
def hashed(node: int | np.uint64, seed: int) -> np.uint64:
    """64 bits for a node (SplitMix64; Steele, Lea and Flood 2014)."""
    mixed = (np.uint64(node) + ONE) * STEP + np.uint64(seed)
    mixed = (mixed ^ (mixed >> S30)) * MIX_A
    mixed = (mixed ^ (mixed >> S27)) * MIX_B
    return mixed ^ (mixed >> S31)


@compiled
def insert(registers: np.ndarray, node: int, seed: int, bits: int) -> None:
    """Count one more node; `registers` are those of one counter."""
    value = hashed(node, seed)
    register = value & ((ONE << np.uint64(bits)) - ONE)
    rest = value >> np.uint64(bits)
    rank = np.uint8(1)
    while rest & ONE == 0 and rank < 65 - bits:
        rest >>= ONE
        rank += np.uint8(1)
    registers[register] = max(registers[register], rank)


@compiled
def counted(registers: np.ndarray, bend: float) -> float:
    """How many nodes a counter holds; `bend` is the constant a. The powers are summed as whole
    numbers of 48 binary places, which machines do several at a time."""
    size = len(registers)
    total, empty = np.int64(0), 0
    for register in registers:
        total += UNIT >> min(np.int64(register), PLACES)
        empty += register == 0
    count = bend * size * size * UNIT / total
    if empty and count < 2.5 * size:
        return float(size * np.log(size / empty))
    return float(count)


@compiled
def begin(
    starts: np.ndarray, ids: np.ndarray, first: int, seed: int, bits: int, counters: np.ndarray,
    begin: int, end: int,
) -> None:  # fmt: skip
    """Sets the counters of rows `begin` to `end` - 1 to the node itself and those that link to
    it: the balls of radius 1. Row r is that of node `first` + r."""
    for row in range(begin, end):
        own = counters[first + row]
        insert(own, first + row, seed, bits)
        for at in range(starts[row], starts[row + 1]):
            insert(own, ids[at], seed, bits)


@compiled
def grow(
    starts: np.ndarray, ids: np.ndarray, first: int, changed: np.ndarray, counters: np.ndarray,
    onward: np.ndarray, changed_onward: np.ndarray, bend: float,
    sizes: np.ndarray, harmonic: np.ndarray, step: float, begin: int, end: int,
) -> int:  # fmt: skip
    """Joins to the counter of each of rows `begin` to `end` - 1 those of the nodes that link to it
    and changed in the step before, adds what its ball grew by, divided by the step, to its
    harmonic centrality, and returns how many counters changed."""
    width, last = counters.shape[1], len(ids) - AHEAD
    grown = 0
    own = np.empty(width, np.uint8)
    for row in range(begin, end):
        node = first + row
        at, stop = starts[row], starts[row + 1]
        while at < stop and not changed[ids[at]]:
            at += 1
        if at == stop:
            if changed[node]:
                for register in range(width):
                    onward[node, register] = counters[node, register]
            changed_onward[node] = False
            continue
        for register in range(width):
            own[register] = counters[node, register]
        while at < stop:
            if at < last:
                prefetch(counters, np.int64(ids[at + AHEAD]) * width)
            if changed[ids[at]]:
                neighbour = ids[at]
                for register in range(width):
                    own[register] = max(own[register], counters[neighbour, register])
            at += 1
        differs = False
        for register in range(width):
            differs |= own[register] != counters[node, register]
            onward[node, register] = own[register]
        changed_onward[node] = differs
        if differs:
            grown += 1
            size = counted(own, bend)
            harmonic[node] += max(0.0, size - sizes[node]) / step
            sizes[node] = max(size, sizes[node])
    return grown
