"""The whole world: make it, and say what was made."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backref.world import (
    analytics,
    archive,
    arrivals,
    links,
    log,
    placements,
    search,
    site,
    truth,
    vendors,
)  # fmt: skip
from backref.world.arrivals import DAY
from backref.world.bots import Machines
from backref.world.chance import chance
from backref.world.pages import Press
from backref.world.people import Crowd, Visit

if TYPE_CHECKING:
    from pathlib import Path

    from backref.world.links import Web
    from backref.world.search import Demand

END = date(2026, 11, 22)


@dataclass(frozen=True)
class Scale:
    """How large a world is: days of life, days of log, publishers, and a factor on visits."""

    days: int
    log_days: int
    publishers: int
    traffic: float


SCALES = {
    "tiny": Scale(90, 14, 45, 0.35),
    "small": Scale(182, 60, 150, 0.42),
    "large": Scale(364, 120, 1200, 0.9),
}


@dataclass(frozen=True)
class World:
    """What was made: how the site is to be set up, the files to import, and where the truth is."""

    folder: Path
    seed: int
    scale: str
    site: str
    also: tuple[str, ...]
    was: tuple[str, ...]
    brand: tuple[str, ...]
    goals: tuple[str, ...]
    start: date
    end: date
    files: tuple[Path, ...]
    truth: Path


def make(folder: Path, *, seed: int = 7, scale: str = "small", end: date = END) -> World:
    """Make a world in `folder`, which is created. `end` is its last day; equal arguments give
    equal bytes. Raises KeyError for a scale that is not in `SCALES`."""
    size = SCALES[scale]
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    start = end - timedelta(days=size.days - 1)
    web = links.build(seed, start, size.days, size.publishers)
    since = size.days - size.log_days
    files = [_placed(folder, seed, web)]
    files += _crawled(folder, seed, web)
    files += _bought(folder, seed, web)
    demanded = search.demand(seed, web, size.traffic)
    files += _searched(folder, web, demanded)
    came = arrivals.all_arrivals(seed, web, demanded, since, size.traffic)
    people = list(Crowd(seed, web).visits(came))
    machines = list(Machines(seed, web, since, size.traffic).visits())
    files += _logged(folder, web, people, machines, since)
    files.append(folder / "ga4-links-and-landing-pages.csv")
    analytics.write(files[-1], web, people, since, chance(seed, "consent"))
    truth.write_links(folder / "truth" / "links.csv", web)
    return World(folder, seed, scale, site.NAME, site.ALSO, site.WAS, site.BRAND, site.GOALS,
                 start, end, tuple(files), folder / "truth")  # fmt: skip


def _placed(folder: Path, seed: int, web: Web) -> Path:
    """Placements come first: their tags belong to the links that all others see."""
    path = folder / "placements.csv"
    placements.write(path, placements.agree(web, chance(seed, "placements")))
    return path


def _crawled(folder: Path, seed: int, web: Web) -> list[Path]:
    press, kept = Press(seed, web), defaultdict(list)
    for crawl in archive.crawls(web.days):
        found = archive.captures(seed, web, crawl, press)
        kept[folder / f"{crawl.file}.warc.gz"].append((crawl, found))
    for path, crawls in kept.items():
        archive.write(path, web, crawls)
    truth.write_captures(folder / "truth" / "captures.csv", web, kept.values())
    return list(kept)


def _bought(folder: Path, seed: int, web: Web) -> list[Path]:
    known = {
        vendor.name: vendors.sightings(seed, web, vendor)
        for vendor in (vendors.AHREFS, vendors.SEMRUSH, vendors.MAJESTIC, vendors.GOOGLE)
    }
    truth.write_sightings(folder / "truth" / "sightings.csv", web, known)
    dice, brand = chance(seed, "exports"), site.NAME.removesuffix(".example")
    files = [folder / name for name in (
        f"{brand}-backlinks-ahrefs.csv", f"{brand}-backlinks-semrush.csv",
        f"{brand}-majestic-download.csv", f"{brand}-Latest-links.csv",
        "cc-main-2026-aug-sep-oct-domain-ranks.txt.gz",
    )]  # fmt: skip
    vendors.write_ahrefs(files[0], web, known["ahrefs"], dice)
    vendors.write_semrush(files[1], web, known["semrush"], dice)
    vendors.write_majestic(files[2], web, known["majestic"], dice)
    vendors.write_latest_links(files[3], web, known["gsc"])
    vendors.write_ranks(files[4], web, dice)
    return files


def _searched(folder: Path, web: Web, demanded: list[Demand]) -> list[Path]:
    """Two Performance ZIPs of a quarter of a year each, and a loose chart of the time before."""
    truth.write_clicks(folder / "truth" / "clicks.csv", web, demanded)
    span, name = web.days * 45 // 100, f"{site.NAME}-Performance-on-Search"
    files = [folder / f"{name}-{label}.zip" for label in ("before", "now")]
    search.write_performance(files[0], web, demanded, (2 * span + 2, span + 2))
    search.write_performance(files[1], web, demanded, (span + 2, 2))
    early = [row for row in demanded if row.day < web.days - 2 * span - 2]
    files.append(folder / "Chart.csv")
    files[-1].write_text(search.chart(web, early), encoding="utf-8", newline="")
    return files


def _logged(
    folder: Path, web: Web, people: list[Visit], machines: list[Visit], since: int
) -> list[Path]:
    """The access log of everybody, rotated after three quarters of its days."""
    everybody = sorted([*people, *machines], key=lambda visit: (visit.started, visit.client))
    truth.write_visits(folder / "truth" / "visits.csv", web, everybody)
    hits = [hit for visit in everybody for hit in visit.hits if hit.when < web.days * DAY]
    return log.write(folder, web.first, hits, web.days - (web.days - since) // 4)
