"""Backlink vendors: each finds links late, looks again now and then, and errs in its own way."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from backref.world.chance import Chance, chance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from backref.world.links import Link, Page, Web


@dataclass(frozen=True)
class Vendor:
    """One vendor: how large a part of links it finds, how soon (days), how often it looks again
    (days), how long before the world's end it was asked (days), how often it wrongly says lost."""

    name: str
    finds: float
    delay: float
    interval: float
    asked: float
    wrong: float


AHREFS = Vendor("ahrefs", 0.78, 9, 16, 0.4, 0.02)
SEMRUSH = Vendor("semrush", 0.62, 15, 24, 8.4, 0.02)
MAJESTIC = Vendor("majestic", 0.50, 30, 45, 27.4, 0.0)
GOOGLE = Vendor("gsc", 0.55, 6, 20, 2.5, 0.0)


@dataclass(frozen=True)
class Sighting:
    """What a vendor knows of a link: first and last seen, lost at (inf when live), and why."""

    link: Link
    first: float
    last: float
    lost: float
    reason: str
    true: bool


def sightings(seed: int, web: Web, vendor: Vendor) -> list[Sighting]:
    """All that the vendor knows on the day that it was asked, in its own order."""
    dice = chance(seed, "vendor", vendor.name)
    asked = web.days - vendor.asked
    found = [_sight(link, vendor, asked, dice) for link in web.links]
    known = [sighting for sighting in found if sighting is not None]
    return sorted(known, key=lambda s: (-s.link.page.publisher.authority, s.link.number))


def _sight(link: Link, vendor: Vendor, asked: float, dice: Chance) -> Sighting | None:
    publisher = link.page.publisher
    chance_of = vendor.finds * publisher.kind.known * (0.55 + publisher.authority / 150)
    lucky, wrong = dice.happens(min(0.97, chance_of)), dice.happens(vendor.wrong)
    look = max(link.born, -150.0) + dice.wait(vendor.delay)
    first, last = inf, -inf
    while look < asked:
        if link.alive(look):
            first, last = min(first, look), look
        elif look >= link.died and last > -inf:
            return Sighting(link, first, last, look, _REASONS[link.cause], True) if lucky else None
        look += max(2.0, dice.wait(vendor.interval))
    if not lucky or first == inf:
        return None
    if wrong and asked - last > 1:
        return Sighting(link, first, last, (last + asked) / 2, "pageerror", False)
    return Sighting(link, first, last, inf, "", True)


_REASONS = {"removed": "linkremoved", "page gone": "notfound", "moved": "redirect"}


def write_ahrefs(path: Path, web: Web, known: list[Sighting], dice: Chance) -> None:
    """An Ahrefs Backlinks export in its UTF-16 dress: tabs, every field quoted."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_AHREFS)
    for sighting in known:
        writer.writerow(_ahrefs(web, sighting, dice))
    path.write_bytes(b"\xff\xfe" + text.getvalue().encode("utf-16-le"))


_AHREFS = (
    "Referring page title", "Referring page URL", "Language", "Platform",
    "Referring page HTTP code", "Domain rating", "UR", "Domain traffic", "Referring domains",
    "Linked domains", "External links", "Page traffic", "Keywords", "Target URL", "Left context",
    "Anchor", "Right context", "Redirect Chain URLs", "Redirect Chain status codes", "Type",
    "Is spam", "Content", "Nofollow", "UGC", "Sponsored", "Rendered", "Raw", "Lost status",
    "Drop reason", "Discovered status", "First seen", "Last seen", "Lost", "Author", "Page type",
    "Page category", "Links in group",
)  # fmt: skip


def _ahrefs(web: Web, sighting: Sighting, dice: Chance) -> tuple[object, ...]:
    link, page = sighting.link, sighting.link.page
    rels, publisher = link.rels(sighting.last), page.publisher
    status = {"notfound": 404, "redirect": 301, "pageerror": 503}.get(sighting.reason, 200)
    spam = publisher.kind.name in ("farm", "scraper") and dice.happens(0.7)
    lost = "" if sighting.lost == inf else _stamp(web, sighting.lost)
    return (
        page.title, _spelled(page, dice), publisher.language, _platform(publisher.kind.theme),
        status, round(publisher.authority), dice.randint(3, 30), int(publisher.authority**3 / 9),
        int(publisher.authority**2 / 3), dice.randint(2, 60), dice.randint(3, 80),
        int(link.clicks * 240), dice.randint(0, 90), link.target, "",
        "" if link.image else link.anchor, "", "", "", "image" if link.image else "text",
        _flag(spam), "true", _flag("nofollow" in rels), _flag("ugc" in rels),
        _flag("sponsored" in rels), "false", "true", sighting.reason, "", "linkfound",
        _stamp(web, sighting.first), _stamp(web, sighting.last), lost, page.byline,
        "Article", "Home & Garden", 1,
    )  # fmt: skip


def _platform(theme: str) -> str:
    return {"press": "blogs, cms, wordpress", "forum": "message-boards", "wiki": "wikis"}.get(
        theme, ""
    )


def write_semrush(path: Path, web: Web, known: list[Sighting], dice: Chance) -> None:
    """A Semrush Backlinks export."""
    asked = web.days - SEMRUSH.asked
    rows = []
    for sighting in known:
        link, page = sighting.link, sighting.link.page
        rels = link.rels(sighting.last)
        rows.append((
            max(0, round(page.publisher.authority * 0.8 + dice.gauss(0, 5))), page.title,
            _spelled(page, dice), link.target, link.anchor, dice.randint(3, 80),
            dice.randint(8, 60), _flag("nofollow" in rels), _flag("sponsored" in rels),
            _flag("ugc" in rels), _flag(not link.image), "false", "false", _flag(link.image),
            _flag(link.place in ("footer", "sidebar", "nav")), _day(web, sighting.first),
            _day(web, sighting.last), _flag(sighting.first > asked - 30),
            _flag(sighting.lost < inf),
        ))  # fmt: skip
    _write_csv(path, _SEMRUSH, rows)


_SEMRUSH = (
    "Page ascore", "Source title", "Source url", "Target url", "Anchor", "External links",
    "Internal links", "Nofollow", "Sponsored", "Ugc", "Text", "Frame", "Form", "Image",
    "Sitewide", "First seen", "Last seen", "New link", "Lost link",
)  # fmt: skip


def write_majestic(path: Path, web: Web, known: list[Sighting], dice: Chance) -> None:
    """A Majestic DownloadBacklinks export: a false flag is blank."""
    rows = []
    for sighting in known:
        link, page = sighting.link, sighting.link.page
        authority = page.publisher.authority
        flow = max(0, round(authority * 0.7 + dice.gauss(0, 6)))
        rows.append((
            link.target, _spelled(page, dice), link.anchor, _day(web, sighting.last),
            _day(web, sighting.first), _mark("nofollow" in link.rels(sighting.last)),
            _mark(link.image), "", "", _mark(sighting.lost < inf), _mark(link.image), "",
            min(99, flow + 8), min(99, max(0, round(flow * 0.8))), 38, 31,
            "Home/Gardening", 20, "Home/Gardening", 25,
        ))  # fmt: skip
    _write_csv(path, _MAJESTIC, rows)


_MAJESTIC = (
    "Target URL", "Source URL", "Anchor Text", "Source Crawl Date", "Source First Found Date",
    "FlagNoFollow", "FlagImageLink", "FlagRedirect", "FlagFrame", "FlagOldCrawl", "FlagAltText",
    "FlagMention", "SourceCitationFlow", "SourceTrustFlow", "TargetCitationFlow",
    "TargetTrustFlow", "SourceTopicalTrustFlow_Topic_0", "SourceTopicalTrustFlow_Value_0",
    "RefDomainTopicalTrustFlow_Topic_0", "RefDomainTopicalTrustFlow_Value_0",
)  # fmt: skip


def write_latest_links(path: Path, web: Web, known: list[Sighting]) -> None:
    """Search Console's Latest links: pages and crawl dates, no more."""
    seen: dict[str, float] = {}
    for sighting in known:
        url = sighting.link.page.url
        seen[url] = max(sighting.last, seen.get(url, -inf))
    newest = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    _write_csv(path, ("Linking page", "Last crawled"),
               [(url, _day(web, when)) for url, when in newest])  # fmt: skip


def write_ranks(path: Path, web: Web, dice: Chance) -> None:
    """Rows of a Common Crawl domain rank file, for those of our domains that it holds."""
    ranked: dict[str, float] = {}
    for publisher in web.publishers:
        domain = ".".join(publisher.host.removeprefix("www.").split(".")[-2:])
        if publisher.kind.archived and publisher.authority > 6:
            ranked[domain] = max(publisher.authority, ranked.get(domain, 0.0))
    scored = sorted(((rank + dice.gauss(0, 4), domain) for domain, rank in ranked.items()))
    rows = []
    for score, domain in reversed(scored):
        position = int(10 ** (8.0 - score / 12.5))
        name = ".".join(reversed(domain.split(".")))
        rows.append((position, f"{(1.1 + score / 55) * 1e7:.7E}", int(position * 1.3) + 2,
                     f"{3e-2 / (position + 9):.18f}", name, dice.randint(1, 40)))  # fmt: skip
    head = "#harmonicc_pos\t#harmonicc_val\t#pr_pos\t#pr_val\t#host_rev\t#n_hosts\n"
    text = head + "".join("\t".join(map(str, row)) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def _spelled(page: Page, dice: Chance) -> str:
    """The page's address as a vendor may spell it."""
    url = page.url
    if dice.happens(0.08):
        url = url.replace("https://", "http://")
    if dice.happens(0.06) and page.publisher.host.count(".") == 1:
        url = url.replace("://", "://www.")
    return url.rstrip("/") if dice.happens(0.05) else url


def _write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _stamp(web: Web, when: float) -> str:
    return f"{web.moment(when):%Y-%m-%d %H:%M:%S}"


def _day(web: Web, when: float) -> str:
    return f"{web.moment(when):%Y-%m-%d}"


def _flag(true: bool) -> str:
    return "true" if true else "false"


def _mark(true: bool) -> str:
    return "+" if true else ""
