"""Where the links of many WAT pages lead: what is said again and again is looked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref import url as urls
from backref.sources.destinations import Destination, Known, Reference, resolved
from backref.sources.html import MOST_LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from backref.sources.destinations import Kind
    from backref.sources.wat_listed import Links, Texts
    from backref.url import Url

_NOWHERE, _DEPENDENT, _RELATIVE = -1, -2, -3


class Found(NamedTuple):
    """The links of pages: how many of each lead to http(s), how many of these to other domains;
    and of each link that is kept its page's place, that of its destination, whether that is
    another domain, and what it says."""

    totals: NDArray[np.int64]
    externals: NDArray[np.int64]
    units: NDArray[np.int64]
    destinations: list[Destination]
    places: NDArray[np.int32]
    leaves: NDArray[np.bool_]
    areas: NDArray[np.bool_]
    rels: Texts
    texts: Texts


_known = Known()


def home(base: Url, own: str, *, internal: bool) -> Url | None:
    """The base of a page of the domain `own` when a reference that surely is on its host is an
    internal link that nobody asks for."""
    return None if internal or urls.registrable_domain(base.host) != own else base


def led(
    links: Links,
    bases: Sequence[Url],
    homes: Sequence[Url | None],
    domains: Sequence[str],
    *,
    internal: bool,
) -> Found:
    """Where the links of pages with these bases, homes and own registrable domains lead;
    `internal` keeps those within the domain too."""
    units = links.units
    reached = _Reached()
    places = reached.places(links.hrefs(), units, bases, homes)
    valid = places >= 0
    own = np.array([reached.domain(domain) for domain in domains], np.int64)
    leaves = valid.copy()
    leaves[valid] = reached.domains()[places[valid]] != own[units[valid]]
    kept = _first(np.flatnonzero(valid if internal else leaves), units)
    counted = valid | (places == _RELATIVE)
    return Found(
        links.near + np.bincount(units[counted], minlength=len(bases)),
        np.bincount(units[leaves], minlength=len(bases)),
        units[kept],
        reached.destinations,
        places[kept],
        leaves[kept],
        links.areas(kept),
        links.rels(kept),
        links.texts(kept),
    )


def _first(kept: NDArray[np.intp], units: NDArray[np.int64]) -> NDArray[np.intp]:
    """As many of each page's links as are kept at most."""
    if len(kept) <= MOST_LINKS:
        return kept
    pages = units[kept]
    return kept[np.arange(len(kept)) - np.searchsorted(pages, pages) < MOST_LINKS]


class _Reached:
    """The destinations of links, each once."""

    def __init__(self) -> None:
        self.destinations: list[Destination] = []
        self._places: dict[str, int] = {}
        self._names: dict[str, int] = {}

    def places(
        self,
        hrefs: Texts,
        units: NDArray[np.int64],
        bases: Sequence[Url],
        homes: Sequence[Url | None],
    ) -> NDArray[np.int32]:
        """The place of each link's destination; what surely is at home has none."""
        codes = np.array([self._code(_known[href]) for href in hrefs.distinct], np.int32)
        places = codes[hrefs.numbers] if len(codes) else np.empty(0, np.int32)
        at_home = np.array([home is not None for home in homes], bool)
        open_ = (places == _DEPENDENT) | ((places == _RELATIVE) & ~at_home[units])
        for link in np.flatnonzero(open_).tolist():
            href = hrefs.distinct[hrefs.numbers[link]]
            places[link] = self._place(resolved(href, bases[units[link]]))
        return places

    def _code(self, kind: Kind) -> int:
        if isinstance(kind, Reference):
            return _RELATIVE if kind is Reference.RELATIVE else _DEPENDENT
        return self._place(kind)

    def _place(self, destination: Destination | None) -> int:
        if destination is None:
            return _NOWHERE
        place = self._places.setdefault(destination.target.href, len(self.destinations))
        if place == len(self.destinations):
            self.destinations.append(destination)
        return place

    def domain(self, name: str) -> int:
        """The number of a domain."""
        return self._names.setdefault(name, len(self._names))

    def domains(self) -> NDArray[np.int64]:
        """The number of each destination's domain."""
        return np.array([self.domain(each.domain) for each in self.destinations], np.int64)
