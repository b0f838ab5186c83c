"""Why a domain's authority is another one than in an earlier graph: its own links changed, or the
web around it did.

Formula: pagerank.py's x(v) = 1 + sum over u -> v of c(u), c(u) = a x(u) w(u, v) / W(u), so that
between two graphs x'(v) - x(v) = L + M, with

- L, your links changed: the c' of domains that link to it now and did not, less the c of those
  that did and do not any more;
- M, the web's graph changed: c' - c of the domains that link to it in both, whose own value, or
  whose number of links, is another one.

Domains are the same when their names are. Points of authority are a logarithm, and so do not add
up: what L is worth in points is the mean of what it is worth as the first change (on the scale of
the graph before) and as the last one (on that after), which is Shapley's value of two players; the
web's part is the rest, the growth of the graph among it. Both together are the whole change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from backref import url
from backref.errors import UsageError
from backref.graph.held import Held
from backref.graph.ranks import Ranks
from backref.graph.scale import Scale

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


class Side:
    """A ranked graph, asked what hands how much to a domain."""

    def __init__(self, folder: Path) -> None:
        self.held, self.ranks = Held.open(folder), Ranks.open(folder)
        made = self.ranks.of("pagerank")
        self.scale, self.damping = Scale(made["total"]), made["damping"]

    def node(self, domain: str) -> int:
        """The domain's node. Raises UsageError where the graph does not know it."""
        found = self.held.id_of(url.reversed_host(domain))
        if found is None:
            raise UsageError(f"The graph {self.held.name} does not know {domain}.")
        return found

    def value(self, node: int) -> float:
        """X of a node."""
        return float(self._shares[node]) * self.scale.total

    def handed(self, node: int) -> dict[str, float]:
        """What each domain that links to a node hands to it, by name."""
        sources = self.held.predecessors(node)
        values = self._shares[sources] * self.scale.total
        weights = self.held.weights("in", node)
        handed = self.damping * values * weights / self._out[sources]
        names = (url.reversed_host(name) for name in self.held.names.of(sources))
        return dict(zip(names, handed.tolist(), strict=True))

    @cached_property
    def _shares(self) -> NDArray[np.float64]:
        return self.ranks.vector("pagerank")

    @cached_property
    def _out(self) -> NDArray[np.generic]:
        return self.ranks.vector("out_weight" if self.held.weighted else "out_degree")


@dataclass(frozen=True)
class Moved:
    """A domain that links, and what it hands on before and after; 0 while it does not link."""

    domain: str
    before: float
    after: float

    @property
    def by(self) -> float:
        """How much more it hands on."""
        return self.after - self.before


@dataclass(frozen=True)
class Change:
    """A domain's authority in two graphs. `links` and `web` are points that add up to their
    difference; `links_value` and `web_value` what moved in x. The domains that came, went and
    stayed are sorted by how much they moved."""

    domain: str
    before: float
    after: float
    links: float
    web: float
    links_value: float
    web_value: float
    came: tuple[Moved, ...]
    went: tuple[Moved, ...]
    stayed: tuple[Moved, ...]


def change(before: Side, after: Side, domain: str) -> Change:
    """Why a domain's authority changed from one graph to another. Raises UsageError where one of
    them does not know it."""
    nodes = before.node(domain), after.node(domain)
    was, now = (side.handed(node) for side, node in zip((before, after), nodes, strict=True))
    moved = [
        Moved(name, was.get(name, 0.0), now.get(name, 0.0))
        for name in sorted(was.keys() | now.keys())
    ]
    moved.sort(key=lambda one: -abs(one.by))
    came, went, stayed = (
        tuple(one for one in moved if kind == ((one.domain in was), (one.domain in now)))
        for kind in ((False, True), (True, False), (True, True))
    )
    x, y = before.value(nodes[0]), after.value(nodes[1])
    own = sum(one.by for one in came) + sum(one.by for one in went)
    first = _points(before, x + own) - _points(before, x)
    last = _points(after, y) - _points(after, y - own)
    whole = _points(after, y) - _points(before, x)
    links = (first + last) / 2.0
    return Change(
        domain, _points(before, x), _points(after, y), links, whole - links,
        own, y - x - own, came, went, stayed,
    )  # fmt: skip


def _points(side: Side, value: float) -> float:
    return float(side.scale.authority(value))
