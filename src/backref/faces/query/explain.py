"""Why a domain's authority is what it is: which domains and links hand it on, and from where."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from backref import url
from backref.faces.query.authority import AuthorityRow, told
from backref.faces.query.backlinks import backlinks
from backref.faces.query.graphs import Graph, opened
from backref.faces.query.view import STALE_AFTER
from backref.graph.removal import removals
from backref.ledger.search_value import HINTED, placement_weight

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from backref.faces.query.rows import BacklinkRow
    from backref.lake.snapshot import Snapshot

ROWS = 15
ORIGINS = 15
FED_BY = 3
STANDING = ("live", "suspect", "unknown")
CERTAINTIES = ("verified", "reported", "unknown", "lost", "graph alone")
"""How sure it is that a domain links, the surest first: its link was verified within 90 days;
others report it; nobody saw it for long; the ledger says that it is lost; the graph alone says so.
"""
UNWEIGHTED = (
    "One edge stands for all links from one domain to another: losing one of several changes "
    "nothing here. It knows neither rel nor placement, so links that ask not to be followed count "
    "like all others, and no dates: an edge stood at some time during the crawls."
)
OWN = (
    "The graph holds the links that were imported, and no others: whom nobody looked at hands "
    "nothing on."
)


@dataclass(frozen=True)
class ContributionRow:
    """A domain that links to the one in question. `share` is the part of the value that it hands
    on, `if_removed` by how many points authority would change without it, to a first order (see
    `graph/removal.py`); `fed_by` are the domains that hand most on to it; `links` are live ones
    that the ledger knows, `certainty` is one of `CERTAINTIES`."""

    domain: str
    share: float
    authority: float
    if_removed: float
    fed_by: tuple[str, ...]
    links: int
    certainty: str


@dataclass(frozen=True)
class OriginRow:
    """A domain at which a part of the value began, however far away, and the strongest path along
    which it comes: domains from there to the one in question. `path_share` is the part of the
    value that comes along it."""

    domain: str
    share: float
    path: tuple[str, ...]
    path_share: float


@dataclass(frozen=True)
class LinkContribution:
    """A live link of the ledger with its part of the value: that of its domain, split over the
    domain's links by follow and placement as search value is. `if_removed` is None where it
    depends on the weights of the domain's other links, see `what_if`."""

    link_id: str
    source_page: str
    source_domain: str
    target_page: str | None
    followed: bool
    position: str | None
    share: float
    if_removed: float | None
    certainty: str


@dataclass(frozen=True)
class Explanation:
    """Where a domain's authority comes from. The shares of `rows`, `rest` (of `rest_domains`
    further ones) and `own` (what every domain has without any link) sum to one; so do those of
    `origins` and `unfound`, what lies too far away or in too many places. `coverage` is the part of
    the domains with live links by the ledger whose link the graph knows, None without any."""

    about: AuthorityRow
    rows: tuple[ContributionRow, ...]
    rest: float
    rest_domains: int
    own: float
    origins: tuple[OriginRow, ...]
    unfound: float
    links: tuple[LinkContribution, ...]
    coverage: float | None
    damping: float
    residual: float
    not_known: str


def explain(
    snapshot: Snapshot, domain: str, graph: str | None = None, limit: int | None = ROWS
) -> Explanation:
    """Where a domain's authority in a ranked graph comes from: the first `limit` domains that
    link to it, all for None. Raises UsageError, NotHeld."""
    held = opened(snapshot, graph)
    return _Explained(held, held.node(domain), _known(snapshot, held, domain), limit).whole()


class _Explained:
    """The explanation of one node, with the live links that the ledger knows to it."""

    def __init__(
        self, graph: Graph, node: int, links: Mapping[str, Sequence[BacklinkRow]], limit: int | None
    ) -> None:
        from backref.graph.contributions import drawn, referrers

        self.graph, self.node, self.links, self.limit = graph, node, links, limit
        self.pagerank = graph.pagerank
        self.value = float(self.pagerank[node]) * graph.scale.total
        self.pushed = drawn(graph.network, node, self.value)
        self.shares = referrers(graph.network, node, self.pagerank)

    def whole(self) -> Explanation:
        """All of it."""
        graph, shown, found = self.graph, self.shares.nodes[: self.limit], self._origins()
        made = graph.ranks.of("pagerank")
        return Explanation(
            about=told(graph, self._name(self.node)),
            rows=self._rows(),
            rest=float(self.shares.shares[len(shown) :].sum()),
            rest_domains=len(self.shares.nodes) - len(shown),
            own=self.shares.remainder,
            origins=found,
            unfound=1.0 - sum(origin.share for origin in found),
            links=self._links(),
            coverage=self._coverage(),
            damping=made["damping"],
            residual=made["residual"],
            not_known=OWN if graph.held.weighted else UNWEIGHTED,
        )

    def _rows(self) -> tuple[ContributionRow, ...]:
        nodes = self.shares.nodes[: self.limit]
        names = self.graph.names(nodes)
        points = self.graph.authority(nodes).tolist()
        shares = self.shares.shares[: self.limit].tolist()
        told = zip(names, shares, points, self._deltas(nodes), nodes.tolist(), strict=True)
        return tuple(
            ContributionRow(
                name, share, round(own, 3), delta, self._fed_by(node) if place < ROWS else (),
                len(self._standing(name)), self._certainty(name),
            )
            for place, (name, share, own, delta, node) in enumerate(told)
        )  # fmt: skip

    def _deltas(self, nodes: NDArray[np.uint32]) -> list[float]:
        """By how many points authority changes without the link of each."""
        changes = removals(self.graph.network, self.node, nodes, self.pushed.settled, self.pagerank)
        now = self.pagerank[self.node]
        points = self.graph.points(np.asarray(now + changes)) - self.graph.points(now)
        return [round(float(each), 3) for each in points]

    def _fed_by(self, node: int) -> tuple[str, ...]:
        """Who hands most on to a node, but for the one in question."""
        from backref.graph.contributions import referrers

        found = referrers(self.graph.network, node, self.pagerank).nodes
        return tuple(self.graph.names(found[found != self.node][:FED_BY]))

    def _origins(self) -> tuple[OriginRow, ...]:
        from backref.graph.contributions import origins

        found = origins(self.pushed, self.value)
        kept = found.nodes != self.node
        nodes, shares = found.nodes[kept][:ORIGINS].tolist(), found.shares[kept][:ORIGINS].tolist()
        own = OriginRow(
            self._name(self.node), float(found.shares[~kept].sum()), (self._name(self.node),),
            1.0 / self.value,
        )  # fmt: skip
        return (own, *(self._origin(*each) for each in zip(nodes, shares, strict=True)))

    def _origin(self, node: int, share: float) -> OriginRow:
        from backref.graph.contributions import paths

        path = paths(self.graph.network, node, self.node, self.pushed.settled, most=1)
        names = tuple(self.graph.names(path[0].nodes)) if path else ()
        return OriginRow(
            self._name(node), share, names, path[0].strength / self.value if path else 0.0
        )

    def _links(self) -> tuple[LinkContribution, ...]:
        """The ledger's live links of domains whose link the graph knows, the greatest first."""
        held = {name: rows for name in self.links if (rows := self._standing(name))}
        nodes = {name: node for name in held if (node := self.graph.find(name)) is not None}
        share = dict(zip(self.shares.nodes.tolist(), self.shares.shares.tolist(), strict=True))
        linked = {name: node for name, node in nodes.items() if node in share}
        deltas = self._deltas(np.array(list(linked.values()), np.uint32))
        found = [
            link
            for (name, node), delta in zip(linked.items(), deltas, strict=True)
            for link in split(held[name], share[node], delta, weighted=self.graph.held.weighted)
        ]
        return tuple(sorted(found, key=lambda link: (-link.share, link.link_id)))

    def _coverage(self) -> float | None:
        """The part of the domains with live links by the ledger whose link the graph knows."""
        live = [name for name in self.links if self._standing(name)]
        if not live:
            return None
        linked = set(self.shares.nodes.tolist())
        return sum(self.graph.find(name) in linked for name in live) / len(live)

    def _standing(self, name: str) -> list[BacklinkRow]:
        return [row for row in self.links.get(name, ()) if row.state in STANDING]

    def _certainty(self, name: str) -> str:
        """The surest that the ledger knows of a domain's links."""
        rows = self.links.get(name, ())
        return min(map(certainty, rows), key=CERTAINTIES.index, default=CERTAINTIES[-1])

    def _name(self, node: int) -> str:
        return self.graph.names([node])[0]


def split(
    rows: Sequence[BacklinkRow], share: float, delta: float, *, weighted: bool
) -> list[LinkContribution]:
    """A domain's share over its live links. Where links have no weights, losing one of several
    changes nothing."""
    weights = [(1.0 if row.followed else HINTED) * placement_weight(row.position) for row in rows]
    pages = Counter(row.source_page for row in rows)
    removed = delta if len(pages) == 1 else None if weighted else 0.0
    return [
        LinkContribution(
            row.link_id, row.source_page, row.source_domain, row.target_page, row.followed,
            row.position, share * weight / sum(weights), removed, certainty(row),
        )
        for row, weight in zip(rows, weights, strict=True)
    ]  # fmt: skip


def certainty(row: BacklinkRow) -> str:
    """How sure it is that a link stands, one of `CERTAINTIES`."""
    if row.state not in STANDING:
        return "lost"
    if row.state == "unknown":
        return "unknown"
    fresh = datetime.now(UTC) - STALE_AFTER
    seen = row.last_verified is not None and row.last_verified >= fresh
    return "verified" if seen else "reported"


def _known(snapshot: Snapshot, graph: Graph, domain: str) -> dict[str, list[BacklinkRow]]:
    """The links of the ledger to a domain, by what the graph calls who links."""
    found: dict[str, list[BacklinkRow]] = {}
    for row in backlinks(snapshot, graph.called(domain), None):
        host = row.source_page.partition("/")[0]
        name = row.source_domain if graph.held.level == "domain" else url.bare_host(host)
        found.setdefault(name, []).append(row)
    return found
