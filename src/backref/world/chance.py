"""Chance with a name: every part of the world draws from its own stream.

A stream is seeded by the world's seed and its own name, so that adding draws to one part
leaves all others as they were.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")
_NORMAL_FROM = 40.0


class Chance(Random):
    """A random stream with the few distributions that the world needs."""

    def happens(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def poisson(self, mean: float) -> int:
        """A Poisson count: Knuth's product for small means, a rounded normal for large ones."""
        if mean <= 0:
            return 0
        if mean > _NORMAL_FROM:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            count += 1
        return count

    def spread(self, median: float, sigma: float) -> float:
        """A log-normal value with this median."""
        return median * math.exp(self.gauss(0.0, sigma))

    def wait(self, mean: float) -> float:
        """An exponential waiting time."""
        return self.expovariate(1.0 / mean)

    def weighted(self, items: Sequence[Item], weights: Sequence[float]) -> Item:
        """One of `items` by weight."""
        return self.choices(items, weights)[0]

    def some(self, items: Sequence[Item], count: int) -> list[Item]:
        """At most `count` different items, in random order."""
        return self.sample(items, min(count, len(items)))


def chance(seed: int, *names: object) -> Chance:
    """The stream of this world (by seed) that belongs to `names`."""
    return Chance("/".join(map(str, (seed, *names))))
