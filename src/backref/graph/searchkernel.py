"""Breadth-first search against links, from many nodes, one after the other."""

from __future__ import annotations

import numpy as np

from backref.compiled import compiled


@compiled
def search(
    starts: np.ndarray, ids: np.ndarray, asked: np.ndarray, harmonic: np.ndarray,
    balls: np.ndarray, begin: int, end: int,
) -> int:  # fmt: skip
    """For the nodes `asked[begin:end]`: the sum of 1 / d over the nodes that reach them over d > 0
    links, and how many reach them over at most 1, 2, ... links, themselves among them, a row of
    `balls` each. Returns the greatest d."""
    if begin == end:
        return 0
    seen = np.full(len(starts) - 1, -1, np.int32)
    queue = np.empty(len(starts) - 1, np.uint32)
    deepest = 0
    for place in range(begin, end):
        queue[0] = asked[place]
        seen[queue[0]] = place
        head, tail, distance = 0, 1, 0
        while head < tail:
            distance += 1
            level = tail
            for at in range(head, level):
                for link in range(starts[queue[at]], starts[queue[at] + 1]):
                    neighbour = ids[link]
                    if seen[neighbour] != place:
                        seen[neighbour] = place
                        queue[tail] = neighbour
                        tail += 1
            harmonic[place] += (tail - level) / distance
            if distance <= len(balls):
                balls[distance - 1, place] = tail
            if tail > level:
                deepest = max(deepest, distance)
            head = level
        for rest in range(distance, len(balls)):
            balls[rest, place] = tail
    return deepest
