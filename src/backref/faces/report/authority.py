"""What the report says of a site's authority: the number, what it rests on, and what it cannot
know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces.drawing import words
from backref.faces.report.view import Authority, Giver
from backref.url import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.query import rows as answers
    from backref.faces.query.site import Site
    from backref.graph.change import Side

GIVERS = 10
UNWEIGHTED = (
    "The graph has one edge for all links from one domain to another, without weight, rel or date: "
    "losing one of several links changes nothing here, and links that ask not to be followed count "
    "like all others."
)
WEIGHTED = (
    "The graph holds the links that this store knows, and no others: whom nobody looked at hands "
    "nothing on."
)


def authority(site: Site, domains: Sequence[answers.DomainRow]) -> Authority | None:
    """The authority of a site by the foremost ranked graph; None where no graph of domains is."""
    from backref.graph.change import Side

    snapshot = site.view.snapshot
    graph = next((one for one in snapshot.graphs if one.level == "domain"), None)
    if graph is None:
        return None
    domain = registrable_domain(site.view.site.name)
    found = snapshot.lookup("authority", graph.name, domain).to_pylist()
    side = Side(graph.folder)
    return Authority(
        _number(found[0], graph.name) if found else f"The graph {graph.name} does not know it.",
        _coverage(domains, side),
        _givers(side, domain) if found else (),
        WEIGHTED if side.held.weighted else UNWEIGHTED,
    )


def _number(row: dict[str, Any], graph: str) -> str:
    said = words.authority(row["authority"], row["authority_lo"], row["authority_hi"])
    return (
        f"Authority {said} of 100 by the graph {graph}"
        f"{' of ' + row['release'] if row['release'] else ''}: position {row['pagerank_pos']:,}, "
        f"above {words.percent(row['percentile'], '')} of its domains."
    )


def _coverage(domains: Sequence[answers.DomainRow], side: Side) -> str:
    known = sum(1 for row in domains if row.authority is not None)
    share = words.percent(known / len(domains), "") if domains else "none"
    ranked = str(side.ranks.told["ranked"])[:10]
    return (
        f"The graph has {side.held.nodes:,} domains and {side.held.edges:,} edges, was ranked on "
        f"{ranked}, and knows {share} of the {len(domains):,} referring domains."
    )


def _givers(side: Side, domain: str) -> tuple[Giver, ...]:
    """The domains that hand most on, and the rest as one."""
    handed = side.handed(side.node(domain))
    total = sum(handed.values())
    if not total:
        return ()
    first = sorted(handed.items(), key=lambda one: (-one[1], one[0]))[:GIVERS]
    rest = total - sum(value for _, value in first)
    others = len(handed) - len(first)
    named = [Giver(name, words.percent(value / total, "")) for name, value in first]
    left = [Giver(f"{others:,} others", words.percent(rest / total, ""))] if others else []
    return (*named, *left)
