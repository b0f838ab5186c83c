"""What truly was: written beside the observers' files, for tests and benchmarks alone."""

from __future__ import annotations

import csv
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING

from backref.world import search

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from backref.world.archive import Capture, Crawl
    from backref.world.links import Link, Web
    from backref.world.people import Visit
    from backref.world.search import Demand
    from backref.world.vendors import Sighting


def write_links(path: Path, web: Web) -> None:
    """Every link: where, when, how it came about, what it is."""
    _write(path, _LINKS, (_link(web, link) for link in web.links))


_LINKS = (
    "link", "source_url", "source_page", "source_domain", "target_url", "target_page",
    "landing_path", "born", "died", "cause", "nofollow_from", "anchor", "image", "rel", "place",
    "followed", "acquired", "kind", "farm", "authority", "policy", "copy_of", "surge_from",
    "surge_to", "lift", "clicks",
)  # fmt: skip


def _link(web: Web, link: Link) -> tuple[object, ...]:
    page, surge = link.page, link.surge or (inf, inf)
    return (
        link.number, page.url, page.key, page.publisher.domain, link.target, link.target_key,
        link.landing_path or "", web.stamp(link.born), web.stamp(link.died), link.cause,
        web.stamp(link.nofollow_from), link.anchor, int(link.image), " ".join(sorted(link.rel)),
        link.place, int(link.followed), link.acquired, page.publisher.kind.name,
        page.publisher.farm, page.publisher.authority, page.publisher.policy,
        page.copy_of.key if page.copy_of else "", web.stamp(surge[0]), web.stamp(surge[1]),
        round(search.full_lift(link) if link.followed else 0.0, 5), round(link.clicks, 4),
    )  # fmt: skip


def write_visits(path: Path, web: Web, visits: Iterable[Visit]) -> None:
    """Every visit of people and bots: when, who, what it asked for first, and why it came."""
    _write(path, _VISITS, (_visit(web, visit) for visit in visits))


_VISITS = (
    "started", "ended", "address", "agent", "person", "actor", "entry", "status", "views", "hits",
    "goals", "kind", "channel", "sent", "link", "source_url", "surge",
)  # fmt: skip


def _visit(web: Web, visit: Visit) -> tuple[object, ...]:
    arrival = visit.arrival
    origin: tuple[object, ...] = ("", "", "", "", "", 0)
    if arrival is not None:
        link = arrival.link
        where = (link.number, link.page.url) if link is not None else ("", "")
        origin = (arrival.kind, arrival.channel, arrival.sent, *where, int(arrival.surge))
    return (
        web.stamp(visit.started / 86_400), web.stamp(visit.ended / 86_400), *visit.client,
        int(visit.person), visit.actor, visit.entry, visit.status, visit.views, len(visit.hits),
        " ".join(visit.goals), *origin,
    )  # fmt: skip


def write_captures(
    path: Path, web: Web, files: Iterable[list[tuple[Crawl, list[Capture]]]]
) -> None:
    """What each capture could show: one row for each link that its page had had by then."""
    rows = (
        (crawl.name, web.stamp(capture.when), capture.status, link.number, _shows(capture, link))
        for kept in files
        for crawl, found in kept
        for capture in found
        if capture.page is not None
        for link in capture.page.links
        if link.born <= capture.when
    )
    _write(path, ("crawl", "at", "status", "link", "present"), rows)


def _shows(capture: Capture, link: Link) -> int:
    return int(capture.status == 200 and link.alive(capture.when))


def write_sightings(path: Path, web: Web, vendors: dict[str, list[Sighting]]) -> None:
    """What each vendor's export holds, and whether a loss that it reports is true."""
    rows = (
        (name, sighting.link.number, web.stamp(sighting.first), web.stamp(sighting.last),
         web.stamp(sighting.lost), sighting.reason, int(sighting.true))
        for name, known in vendors.items()
        for sighting in known
    )  # fmt: skip
    _write(path, ("vendor", "link", "first", "last", "lost", "reason", "true"), rows)


def write_clicks(path: Path, web: Web, demanded: Iterable[Demand]) -> None:
    """Search clicks by page and day, and what links causally add to them on average."""
    rows = (
        (f"{web.first + timedelta(days=row.day):%Y-%m-%d}", row.page.path, row.clicks,
         round(row.plain, 4), round(row.lift, 4))
        for row in demanded
    )  # fmt: skip
    _write(path, ("day", "page", "clicks", "plain", "from_links"), rows)


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
