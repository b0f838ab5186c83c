"""What is known of the links to a site, laid out so that visits find theirs quickly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from backref import data
from backref.identity import link_id, page_hash
from backref.visits.codes import coded
from backref.visits.referrers import one_host

if TYPE_CHECKING:
    from datetime import date

    from backref.visits.codes import Codes, Flags
    from backref.visits.own_hosts import OwnHosts

    Words = np.ndarray[Any, np.dtype[np.uint64]]
    Moments = np.ndarray[Any, np.dtype[np.int64]]
    Floats = np.ndarray[Any, np.dtype[np.float64]]

EVER, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
PLACEMENT_WEIGHTS = {
    row["placement"]: float(row["weight"]) for row in data.table("placement_weights.csv")
}


class Arrival(NamedTuple):
    """The page that a visit entered through, the own host if the log names one, and the day in
    the site's zone."""

    page: str
    host: str | None
    day: date


class Index:
    """Positions by a number, as two arrays: links are many and dictionaries large."""

    def __init__(self, keys: Any) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def find(self, key: int) -> list[int]:
        """The positions at which `key` stood, in order."""
        wanted = self._keys.dtype.type(key)
        low = np.searchsorted(self._keys, wanted, "left")
        high = np.searchsorted(self._keys, wanted, "right")
        return [int(place) for place in self._order[low:high]]


class Places:
    """Positions by host and landing path."""

    def __init__(self, hosts: list[str], host: Codes, paths: list[str | None], path: Codes) -> None:
        self._hosts = {name: place for place, name in enumerate(hosts)}
        self._paths = {name: place for place, name in enumerate(paths)}
        self._index = Index(host * len(paths) + path)

    def find(self, host: str, path: str) -> list[int]:
        """The positions of a host's links that lead to a path."""
        if host not in self._hosts or path not in self._paths:
            return []
        return self._index.find(self._hosts[host] * len(self._paths) + self._paths[path])


@dataclass(frozen=True)
class KnownLinks:
    """The links to a site, one value per link; `by_page` and `by_place` find their positions.

    `first` is the earliest time of the first presence (`EVER` for the undated baseline), `lost`
    the latest of the loss (`NEVER` while there is none), in microseconds since 1970. `landing`
    numbers the landing path among `paths`, `host` the own host that each link leads to among
    `hosts`, null where nobody knows it; `own` compares that with a visit's. Links that hide where
    a visitor comes from are `hidden`: by their landing path. `claimed` links nobody has seen.
    """

    link_id: Words
    first: Moments
    lost: Moments
    weight: Floats
    hides: Flags
    claimed: Flags
    landing: Codes
    paths: list[str | None]
    host: Codes
    hosts: list[str | None]
    own: OwnHosts
    by_page: Index
    by_place: Places
    hidden: dict[str | None, list[int]]

    @classmethod
    def of(cls, table: pa.Table, own: OwnHosts) -> KnownLinks:
        """Lay out the result of `known_links.sql`."""
        spelled, spelling = coded(table["source_host"])
        hosts, host = np.unique([one_host(name) for name in spelled], return_inverse=True)
        paths, path = coded(table["landing_path"])
        lands_on, landing_host = coded(table["landing_host"])
        placements, placement = coded(table["placement"])
        weights = [PLACEMENT_WEIGHTS[name or "unknown"] for name in placements]
        hides = np.asarray(table["noreferrer"].to_numpy(), bool)
        hidden: dict[str | None, list[int]] = {}
        for place in np.flatnonzero(hides).tolist():
            hidden.setdefault(paths[path[place]], []).append(place)
        return cls(
            np.asarray(table["link_id"].to_numpy()),
            _moments(table["first_seen_lo"], EVER),
            _moments(table["lost"], NEVER),
            np.array(weights, float)[placement],
            hides,
            np.asarray(table["claimed"].to_numpy(), bool),
            path,
            paths,
            landing_host,
            [own.own(name) for name in lands_on],
            own,
            Index(np.asarray(table["source_hash"].to_numpy())),
            Places(hosts.tolist(), host[spelling].astype(np.int64), paths, path),
            hidden,
        )

    def on_page(self, page: int, arrival: Arrival) -> list[int]:
        """The links of a page, those that lead to the entry page where any does."""
        links = self.by_page.find(page)
        return [place for place in links if self.lands(place, arrival)] or links

    def lands(self, place: int, arrival: Arrival) -> bool:
        """Whether a link leads to the page that was entered."""
        path, host = self.paths[self.landing[place]], self.hosts[self.host[place]]
        return path == arrival.page and self.own.speaks(arrival.host, host, arrival.day)

    def on_host(self, host: str, arrival: Arrival) -> list[int]:
        """The links of a host that lead to the entry page and do not hide their visitors."""
        found = self.by_place.find(host, arrival.page)
        return [p for p in found if not self.hides[p] and self.lands(p, arrival)]

    def hidden_to(self, arrival: Arrival) -> list[int]:
        """The links that hide their visitors and lead to the entry page."""
        return [p for p in self.hidden.get(arrival.page, []) if self.lands(p, arrival)]


def _moments(column: pa.ChunkedArray, missing: int) -> Moments:
    return np.asarray(column.cast(pa.int64()).fill_null(missing).to_numpy())


class Placement(NamedTuple):
    """What the placement sheet says that lets a visit find it; `link` is null when neither the
    sheet nor the links tell the target."""

    placement_id: bytes
    page: int
    host: str
    link: int | None


class Placements:
    """The placements of a site, by code and by campaign tag; case makes no difference."""

    def __init__(self, table: pa.Table, links: KnownLinks, key: bytes) -> None:
        self._by_code: dict[str, list[Placement]] = defaultdict(list)
        self._by_campaign: dict[str, list[Placement]] = defaultdict(list)
        for row in sorted(table.to_pylist(), key=lambda row: row["row_id"]):
            placement = _placement(row, links, key)
            if row["code"]:
                self._by_code[row["code"].lower()].append(placement)
            if row["campaign"]:
                self._by_campaign[row["campaign"].lower()].append(placement)

    def tagged(
        self, code: str | None, campaign: str | None, page: int | None, host: str | None
    ) -> list[Placement]:
        """The placements that a visit's code belongs to, else its campaign tag where no other
        host sent it; of several those on the referring page, else on its host, if any is."""
        sender = one_host(host) if host else None
        by_code = self._by_code.get((code or "").lower(), [])
        by_campaign = [
            placement
            for placement in self._by_campaign.get((campaign or "").lower(), [])
            if sender in (None, placement.host)
        ]
        found = by_code or by_campaign
        same_page = [placement for placement in found if placement.page == page]
        same_host = [placement for placement in found if placement.host == sender]
        return same_page or same_host or found


def _placement(row: dict[str, Any], links: KnownLinks, key: bytes) -> Placement:
    page = page_hash(key, row["source_page"])
    link = link_id(row["source_page"], row["target_page"]) if row["target_page"] else None
    known = links.by_page.find(page)
    if link is None and len(known) == 1:
        link = int(links.link_id[known[0]])
    return Placement(row["row_id"], page, one_host(row["source_host"]), link)
