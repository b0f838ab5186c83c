"""The ranked link graphs of a store, opened for questions about any domain.

Kernels are imported by the functions that run them, here and in the questions: what else is asked
of a store shall not wait for the compiler to load.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from backref import url
from backref.errors import NotHeld, UsageError
from backref.graph.ranks import Ranks
from backref.graph.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from backref.graph.held import Held
    from backref.graph.push import Linked
    from backref.lake.graphs import RankedGraph
    from backref.lake.snapshot import Snapshot

NONE_RANKED = (
    "No link graph is ranked in this store: make one of the links that you imported with "
    "`backref graph add --own` and rank it with `backref graph rank own`."
)


@dataclass(frozen=True)
class Graph:
    """A stored graph and the results of ranking it, mapped: opening it reads next to nothing."""

    held: Held
    ranks: Ranks

    @property
    def name(self) -> str:
        """What the store calls it."""
        return self.held.name

    @property
    def release(self) -> str | None:
        """The last month of the crawls that a published one comes from."""
        return self.held.release

    @property
    def ranked(self) -> str:
        """When it was ranked, as ISO writes times."""
        return str(self.ranks.told["ranked"])

    @cached_property
    def pagerank(self) -> NDArray[np.float64]:
        """PageRank of all nodes, which sums to one."""
        return self.ranks.vector("pagerank")

    @cached_property
    def scale(self) -> Scale:
        """The scale of its authority."""
        return Scale(self.ranks.of("pagerank")["total"])

    @cached_property
    def network(self) -> Linked:
        """Its links as pushes follow them."""
        from backref.graph.push import Linked

        out = self.held.out_sums() if self.held.weighted else self.ranks.vector("out_degree")
        return Linked.of(self.held, out, self.ranks.of("pagerank")["damping"])

    def called(self, name: str) -> str:
        """What a domain, host or address is called in this graph. Raises UsageError."""
        text = name.strip()
        parsed = url.parse(text if "://" in text else f"https://{text}")
        if parsed is None:
            raise UsageError(f"{name!r} is no domain: write it as `example.com`.")
        host = url.bare_host(parsed.host)
        return url.registrable_domain(host) if self.held.level == "domain" else host

    def find(self, name: str) -> int | None:
        """The node of a domain or host, None where the graph does not know it."""
        return self.held.id_of(url.reversed_host(self.called(name)))

    def node(self, name: str) -> int:
        """The node of a domain or host. Raises NotHeld where the graph does not know it."""
        found = self.find(name)
        if found is None:
            raise NotHeld(
                f"The graph {self.name} does not know {self.called(name)}, which is not the same "
                "as an authority of 0: a newer or larger graph may."
            )
        return found

    def names(self, nodes: Sequence[int] | NDArray[np.integer]) -> list[str]:
        """The names of nodes in reading order."""
        return [url.reversed_host(name) for name in self.held.names.of(nodes)]

    def authority(self, nodes: Sequence[int] | NDArray[np.integer]) -> NDArray[np.float64]:
        """Authority of nodes, 0 to 100."""
        return self.points(self.pagerank[np.asarray(nodes, np.int64)])

    def points(self, pagerank: NDArray[np.floating]) -> NDArray[np.float64]:
        """PageRank as authority."""
        return self.scale.authority(np.asarray(pagerank) * self.scale.total)


def opened(snapshot: Snapshot, name: str | None = None) -> Graph:
    """A ranked graph by name, or the foremost. Raises UsageError where there is none."""
    return _open(chosen(snapshot.graphs, name))


def each(snapshot: Snapshot, name: str | None = None) -> Iterable[Graph]:
    """Every ranked graph, the foremost first, or the one of a name. Raises UsageError."""
    if name is not None:
        return [opened(snapshot, name)]
    if not snapshot.graphs:
        raise UsageError(NONE_RANKED)
    return map(_open, snapshot.graphs)


def chosen(known: Sequence[RankedGraph], name: str | None) -> RankedGraph:
    """The graph of that name, or the foremost."""
    if not known:
        raise UsageError(NONE_RANKED)
    if name is None:
        return known[0]
    for graph in known:
        if graph.name == name:
            return graph
    held = ", ".join(graph.name for graph in known)
    raise UsageError(f"No graph {name!r} is ranked here: choose one of {held}.")


def _open(graph: RankedGraph) -> Graph:
    from backref.graph.held import Held

    return Graph(Held.open(graph.folder), Ranks.open(graph.folder))
