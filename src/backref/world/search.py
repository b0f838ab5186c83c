"""What search engines bring: demand for each page each day, lifted by the links to it."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, sin
from typing import TYPE_CHECKING

from backref.world import site
from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from backref.world.links import Link, Web
    from backref.world.site import OwnPage

RAMP = 30.0
DELAY = 10.0
COUNTRIES = (
    ("United Kingdom", 34.0),
    ("United States", 28.0),
    ("Germany", 9.0),
    ("Ireland", 6.0),
    ("Australia", 6.0),
    ("Canada", 6.0),
    ("Netherlands", 4.0),
    ("France", 4.0),
    ("India", 3.0),
)
DEVICES = (("Mobile", 58.0), ("Desktop", 37.0), ("Tablet", 5.0))


@dataclass(frozen=True)
class Demand:
    """One page on one day: clicks from search, what they would be on average without links, and
    what the links to it add on average."""

    day: int
    page: OwnPage
    clicks: int
    plain: float
    lift: float
    position: float

    @property
    def impressions(self) -> int:
        """How often it was shown."""
        return int(self.clicks * (9 + self.position) + 14 * (1 + self.page.clicks))


def demand(seed: int, web: Web, traffic: float) -> list[Demand]:
    """Every page and day, days outermost."""
    dice = chance(seed, "search")
    pages = [page for page in web.site.pages.values() if page.clicks]
    links = {page.path: _lifting(web, page) for page in pages}
    found = []
    for day in range(web.days):
        season = 0.8 + 0.45 * day / web.days + 0.05 * sin(day / 9)
        weekend = 1.12 if (web.first + timedelta(days=day)).weekday() > 4 else 1.0
        for page in pages:
            if web.site.answer(page.path, day).page is None:
                continue
            plain = page.clicks * traffic * season * weekend
            boost = sum(lift(link, day + 0.5) for link in links[page.path])
            position = max(1.1, 14 - 6 * min(1.0, page.clicks / 6) - 8 * min(1.0, boost))
            found.append(Demand(day, page, dice.poisson(plain * (1 + boost)), plain,
                                plain * boost, position))  # fmt: skip
    return found


def _lifting(web: Web, page: OwnPage) -> list[Link]:
    """The followed links that lead to a page for at least a part of the time."""
    return [
        link
        for link in web.links
        if link.followed and link.page.copy_of is None and link.landing_path is not None
        and (link.landing_path == page.path
             or web.site.moved.get(link.landing_path, (0.0, ""))[1] == page.path)
    ]  # fmt: skip


def lift(link: Link, when: float) -> float:
    """By what part a link raises its page's clicks: it ramps up over a month from ten days after
    its birth, and fades over a month after its death."""
    born, died = link.born + DELAY, min(link.died, link.nofollow_from)
    up = min(1.0, max(0.0, (min(when, died) - born) / RAMP))
    down = 1.0 if died == inf else min(1.0, max(0.0, 1 - (when - died) / RAMP))
    return full_lift(link) * up * down


def full_lift(link: Link) -> float:
    """The settled lift of a link: by its publisher's authority squared, less outside the text."""
    if link.page.publisher.kind.name in ("farm", "scraper"):
        return 0.0
    place = {"content": 1.0, "bio": 0.5, "related": 0.4}.get(link.place, 0.15)
    return 0.06 * (link.page.publisher.authority / 70) ** 2 * place


def write_performance(path: Path, web: Web, found: list[Demand], back: tuple[int, int]) -> None:
    """Search Console's Performance ZIP for the days from `back[0]` to `back[1]` before the end."""
    first, last = web.days - back[0], web.days - back[1]
    rows = [row for row in found if first <= row.day < last]
    span = f"{_say(web, first)} - {_say(web, last - 1)}"
    files = {
        "Queries.csv": _table("Top queries", _queries(rows)),
        "Pages.csv": _table("Top pages", _pages(rows)),
        "Countries.csv": _table("Country", _shares(rows, COUNTRIES)),
        "Devices.csv": _table("Device", _shares(rows, DEVICES)),
        "Search appearance.csv": "Search Appearance,Clicks,Impressions,CTR,Position\n",
        "Chart.csv": chart(web, rows),
        "Filters.csv": f'Filter,Value\nSearch type,Web\nDate,"{span}"\n',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            stamped = zipfile.ZipInfo(name, (2026, 11, 22, 12, 0, 0))
            stamped.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(stamped, text)


def _say(web: Web, day: int) -> str:
    when: date = web.first + timedelta(days=day)
    return f"{when:%b} {when.day}, {when.year}"


Row = tuple[str, int, int, float]


def chart(web: Web, rows: Iterable[Demand]) -> str:
    """Clicks and impressions by date."""
    days: dict[int, list[Demand]] = {}
    for row in rows:
        days.setdefault(row.day, []).append(row)
    return _table("Date", [
        (f"{web.first + timedelta(days=day):%Y-%m-%d}", *_sum(group))
        for day, group in sorted(days.items())
    ])  # fmt: skip


def _sum(group: list[Demand]) -> tuple[int, int, float]:
    shown = sum(row.impressions for row in group)
    position = sum(row.position * row.impressions for row in group) / max(1, shown)
    return sum(row.clicks for row in group), shown, position


def _pages(rows: list[Demand]) -> list[Row]:
    pages: dict[str, list[Demand]] = {}
    for row in rows:
        pages.setdefault(row.page.path, []).append(row)
    return _by_clicks((f"https://{site.NAME}{path}", *_sum(group)) for path, group in pages.items())


def _queries(rows: list[Demand]) -> list[Row]:
    """Each page's clicks over its queries, the rarest tenth kept back as Google does."""
    pages: dict[str, list[Demand]] = {}
    for row in rows:
        pages.setdefault(row.page.path, []).append(row)
    found: dict[str, Row] = {}
    for group in pages.values():
        queries = group[0].page.queries
        clicks, shown, position = _sum(group)
        weights = [0.9 * 0.5**rank for rank in range(1, len(queries) + 1)]
        for query, weight in zip(queries, weights, strict=True):
            known = found.get(query, (query, 0, 0, 0.0))
            found[query] = (query, known[1] + int(clicks * weight), known[2] + int(shown * weight),
                            position)  # fmt: skip
    return _by_clicks(row for row in found.values() if row[2] > 0)


def _shares(rows: list[Demand], parts: Iterable[tuple[str, float]]) -> list[Row]:
    clicks, shown, position = _sum(rows)
    parts = tuple(parts)
    whole = sum(weight for _, weight in parts)
    return [(name, int(clicks * weight / whole), int(shown * weight / whole), position)
            for name, weight in parts]  # fmt: skip


def _by_clicks(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))


def _table(name: str, rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((name, "Clicks", "Impressions", "CTR", "Position"))
    for value, clicks, shown, position in rows:
        rate = f"{100 * clicks / max(1, shown):.2f}".rstrip("0").rstrip(".")
        writer.writerow((value, clicks, shown, f"{rate}%", round(position, 2)))
    return text.getvalue()


def engine(dice: Chance) -> str:
    """What the browser tells of the search engine that sent a visit."""
    return dice.weighted(
        (
            "https://www.google.com/",
            "https://www.google.co.uk/",
            "android-app://com.google.android.googlequicksearchbox/",
            "https://www.bing.com/",
            "https://duckduckgo.com/",
            "https://www.ecosia.org/",
        ),
        (74, 8, 4, 7, 5, 2),
    )
