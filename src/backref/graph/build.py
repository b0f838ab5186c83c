"""The stage AUTHORITY, what ranked graphs tell of the ledger's domains, and the edges of our own
graph: where this room meets the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from backref import schema
from backref.graph import own
from backref.lake.model import Model
from backref.lake.stage import Stage, code_of, digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from backref.graph.own import OwnEdges
    from backref.lake.graphs import RankedGraph
    from backref.lake.snapshot import Snapshot

KNOWN = Model("backref.graph", "known.sql")
HOSTS = Model("backref.graph", "hosts.sql")
OWN_EDGES = Model("backref.graph", "own_edges.sql")


def own_edges(
    snapshot: Snapshot, level: str, since: datetime | None = None, until: datetime | None = None
) -> OwnEdges:
    """The edges between the domains, or hosts, of all links that stood between two times. Without
    times, those that stand; with `until` alone, those that stood then."""
    hosts = snapshot.table(HOSTS)
    brands = [site.hosts for site in snapshot.sites]
    beside = {"nodes": own.nodes(hosts, brands, level), "shims": own.shims(hosts)}
    told = snapshot.table(OWN_EDGES, tables=beside, since=since or until, until=until)
    return own.edges(told)


def plan(snapshot: Snapshot) -> Mapping[str, str]:
    """A partition for each ranked graph: it depends on the graph's results, on which graph is the
    foremost, and on who links to whom."""
    asked = digest_of(snapshot.digest("links"), repr([site.hosts for site in snapshot.sites]))
    return {
        graph.name: digest_of(KNOWN.digest, graph.mark, str(foremost(snapshot, graph)), asked)
        for graph in snapshot.graphs
    }


def foremost(snapshot: Snapshot, graph: RankedGraph) -> bool:
    """Whether a graph is the one that speaks where one number is shown."""
    return graph.level == "domain" and graph == snapshot.graphs[0]


def build(snapshot: Snapshot, partition: str) -> Mapping[str, pa.Table]:
    """What one graph tells of the domains that the links name and of our own."""
    from backref.graph.lookup import told

    graph = next(graph for graph in snapshot.graphs if graph.name == partition)
    names = snapshot.table(KNOWN, level=graph.level).column("domain").to_pylist()
    found = told(graph.folder, names)
    same = {
        "graph": pa.array([graph.name] * len(found), pa.string()),
        "release": pa.array([graph.release] * len(found), pa.string()),
        "level": pa.array([graph.level] * len(found), pa.string()),
        "foremost": pa.array([foremost(snapshot, graph)] * len(found), pa.bool_()),
    }
    columns = [
        same[name] if name in same else found.column(name) for name in schema.AUTHORITY.names
    ]
    return {"authority": pa.table(columns, schema=schema.AUTHORITY.arrow)}


AUTHORITY = Stage(
    "authority", ("authority",), code_of("backref.graph"), plan, build, reads=("links",)
)
