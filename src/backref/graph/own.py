"""Backref's own graph: from links that were seen to weighted edges between names.

Formula: w(u -> v) = ln(1 + p) * (f + 0.1 (p - f)) / p, where p is how many distinct pages of u link
to v and f on how many of them a link follows. The logarithm caps what a link on every page of a
site is worth; links that ask not to be followed count a tenth, since search engines take that for
a hint. Both are choices, not measurements.

All hosts of a brand are one node, its main domain's. Redirectors are none: a link through one is
known by where it leads, or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref import url
from backref.errors import UsageError
from backref.sources.referrer import shim_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from backref.graph.manifest import Manifest

HINTED = 0.1
"""What a link is worth that asks not to be followed."""


def weights(pages: NDArray[np.integer], followed_pages: NDArray[np.integer]) -> NDArray[np.float32]:
    """The weight of each edge, from 1 on of `pages` and how many of them follow."""
    follow = (followed_pages + HINTED * (pages - followed_pages)) / pages
    return np.asarray(np.log1p(pages) * follow, np.float32)


def folded(brands: Iterable[Sequence[str]], level: str) -> dict[str, str]:
    """How each brand's hosts, its main one first, are called in a graph of that level."""
    names: dict[str, str] = {}
    for hosts in brands:
        main = url.registrable_domain(hosts[0]) if level == "domain" else hosts[0]
        names |= dict.fromkeys(hosts, main)
    return names


def node_of(host: str, domain: str, names: Mapping[str, str], level: str) -> str | None:
    """What a host is called in a graph of that level: its domain or itself, or the main domain of
    the brand whose host it is or lies below; None for a redirector.

    >>> node_of("blog.example.de", "example.de", {"example.de": "example.com"}, "host")
    'example.com'
    """
    if "" in shim_paths(host):
        return None
    labels = host.split(".")
    parents = (".".join(labels[at:]) for at in range(len(labels)))
    brand = next((names[parent] for parent in parents if parent in names), None)
    return brand or (domain if level == "domain" else url.bare_host(host))


def nodes(hosts: pa.Table, brands: Iterable[Sequence[str]], level: str) -> pa.Table:
    """The nodes (host, node) of hosts (host, domain); redirectors are left out."""
    names = folded(brands, level)
    columns = (hosts.column(name).to_pylist() for name in ("host", "domain"))
    called = [
        (host, node_of(host, domain, names, level)) for host, domain in zip(*columns, strict=True)
    ]
    kept = [(host, node) for host, node in called if node]
    return _texts({"host": [host for host, _ in kept], "node": [node for _, node in kept]})


def shims(hosts: pa.Table) -> pa.Table:
    """The beginnings of folded addresses (place) that belong to redirectors, of hosts that have
    such beside other pages."""
    places = {
        url.bare_host(host) + prefix
        for host in hosts.column("host").to_pylist()
        for prefix in shim_paths(host)
        if prefix
    }
    return _texts({"place": sorted(places)})


COUNTS = ("pages", "followed_pages", "placed_pages", "content_pages")
"""What is kept of an edge beside its weight: distinct linking pages, those of them whose link is
followed, those of which the placement is known, and of these those that link in their content."""


@dataclass(frozen=True)
class OwnEdges:
    """Edges between nodes, in order. `names` are those of the nodes, reversed and sorted as web
    graphs sort them; `counts` has an array for each of `COUNTS`."""

    names: list[str]
    sources: NDArray[np.uint32]
    targets: NDArray[np.uint32]
    counts: dict[str, NDArray[np.uint32]]

    @property
    def weights(self) -> NDArray[np.float32]:
        """The weight of each edge."""
        return weights(self.counts["pages"], self.counts["followed_pages"])


def edges(told: pa.Table) -> OwnEdges:
    """The edges of rows (source, target and `COUNTS`)."""
    ends = [
        [url.reversed_host(name) for name in told.column(end).to_pylist()]
        for end in ("source", "target")
    ]
    names = sorted({*ends[0], *ends[1]}, key=str.encode)
    numbers = {name: number for number, name in enumerate(names)}
    sources, targets = (
        np.fromiter((numbers[name] for name in end), np.uint32, len(end)) for end in ends
    )
    order = np.lexsort((targets, sources))
    counts = {name: told.column(name).to_numpy()[order].astype(np.uint32) for name in COUNTS}
    return OwnEdges(names, sources[order], targets[order], counts)


def store(found: OwnEdges, folder: Path, level: str) -> Manifest:
    """Store the edges as a graph in a folder. Raises UsageError where there is none to store, or a
    graph of that name."""
    from backref.graph.making import make
    from backref.graph.rows import Rows

    if not len(found.sources):
        raise UsageError("No link between two domains is known yet: import an archive or export.")
    rows = Rows.of(found.sources, found.targets, len(found.names), found.weights)
    beside = {f"out.{name}": values for name, values in found.counts.items()}
    return make(folder, rows, found.names, level=level, beside=beside)


def _texts(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
