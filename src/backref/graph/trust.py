"""Trust: what flows from nodes that people vouched for, and what flows to nodes known for spam.

Formulas, with PageRank's x for a teleport vector v (pagerank.py):
- TrustRank: v is uniform on the trusted seeds. What a node gets comes from them alone.
- Anti-TrustRank: the same over links turned round, from spam seeds: who links to spam.
- Spam mass: p = (1 - a) x for the uniform v, p' = (1 - a) x for v' = gamma / |core| on the good
  core, with sum gamma and not one, so that p' is what the core would give if it were the share
  gamma of the web. Absolute mass p - p'; relative mass 1 - p' / p.

A node is a candidate for spam when p n / (1 - a) is at least `LEAST_RANK` and its relative mass
at least `MOST_MASS`. Nodes of little rank are never called so: their mass says nothing. A core
that leaves out a country or a community makes its honest nodes look like spam.

References: Gyongyi, Garcia-Molina and Pedersen, Combating Web Spam with TrustRank, VLDB 2004;
Krishnan and Raj, Web Spam Detection with Anti-Trust Rank, AIRWeb 2006; Gyongyi, Berkhin,
Garcia-Molina and Pedersen, Link Spam Detection Based on Mass Estimation, VLDB 2006.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backref.graph.pagerank import Solution

    Vector = NDArray[np.float64]

GAMMA = 0.85
"""The share of the web that is good, as far as is known."""
LEAST_RANK = 10.0
MOST_MASS = 0.98


@dataclass(frozen=True)
class Mass:
    """Spam mass of all nodes, in multiples of what a node without links has: `absolute` p - p',
    `relative` 1 - p' / p, which is below 0 for nodes near the core."""

    absolute: Vector
    relative: Vector
    scaled: Vector

    @property
    def candidates(self) -> NDArray[np.bool_]:
        """Nodes of high rank that hardly anything of comes from the core."""
        return (self.scaled >= LEAST_RANK) & (self.relative >= MOST_MASS)


def seeded(seeds: NDArray[np.integer], nodes: int) -> Vector:
    """The teleport vector that is uniform on seeds; ValueError where there are none."""
    if not len(seeds):
        raise ValueError("Trust begins somewhere: name at least one seed.")
    teleport = np.zeros(nodes)
    teleport[seeds] = 1.0
    return teleport


def spam_mass(whole: Solution, from_core: Solution, gamma: float = GAMMA) -> Mass:
    """Spam mass from two solutions of one graph: under the uniform teleport vector, and under the
    one of the core (`seeded`), which is TrustRank's."""
    if len(whole.values) != len(from_core.values) or whole.damping != from_core.damping:
        raise ValueError("Both solutions are of one graph and one damping.")
    scaled, good = whole.values, gamma * from_core.values
    return Mass(scaled - good, 1.0 - good / scaled, scaled)


def blend(trust: Vector, distrust: Vector) -> Vector:
    """How much a node is trusted on balance, from 0 to 1: the logistic function of the difference
    of both logarithms, each taken with one more so that none is infinite. `trust` and `distrust`
    are values (a node without links to it has at most its share of the teleport vector). It
    stands beside the two columns, never for them."""
    return (1.0 + trust) / (2.0 + trust + distrust)
