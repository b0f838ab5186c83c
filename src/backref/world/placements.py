"""What the site's own team agreed and paid for, and the sheet in which it keeps that."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backref.world import site
from backref.world.words import lines, slug

if TYPE_CHECKING:
    from pathlib import Path

    from backref.world.chance import Chance
    from backref.world.links import Link, Web

HEADER = ("Live URL", "Target", "Anchor", "Rel", "Acquired", "Contact", "Date", "Cost",
          "Currency", "Owner", "Campaign", "Code", "Reach")  # fmt: skip
WAYS = ("outreach", "guest post", "paid", "exchange", "own")
_TEAM = ("Mara", "Elias", "Jo")
_SHARED = "autumn-lamps"


@dataclass(frozen=True)
class Deal:
    """One row of the sheet. `link` is None when what was agreed never went live."""

    link: Link | None
    live_url: str
    target: str
    anchor: str
    rel: str
    acquired: str
    contact: str
    day: date
    cost: int
    owner: str
    campaign: str
    code: str
    reach: int


def agree(web: Web, dice: Chance) -> list[Deal]:
    """Turn some links into placements, tagging a part of them, before anybody sees them."""
    count = max(6, len(web.publishers) // 7)
    copied = {id(page.copy_of) for page in web.pages}
    free = [link for link in web.links if _could_be_ours(web, link) and id(link.page) not in copied]
    free.sort(key=lambda link: (-link.clicks, link.number))
    chosen = dice.some(free[: 3 * count], count)
    deals = [_deal(web, link, number, dice) for number, link in enumerate(chosen)]
    return [*deals, *_unfulfilled(web, dice)]


def _could_be_ours(web: Web, link: Link) -> bool:
    page = link.page
    return (
        page.publisher.kind.name in ("blog", "magazine", "podcast", "shop", "coupon")
        and page.copy_of is None and page.moved_to is None and link.cause != "moved"
        and link.born >= page.born and link.place == "content"
        and web.site.lasting(link.path) and link.host == site.NAME
    )  # fmt: skip


def _deal(web: Web, link: Link, number: int, dice: Chance) -> Deal:
    way = dice.weighted(WAYS, (8, 5, 5, 3, 2))
    link.acquired = way
    rel = "sponsored" if way == "paid" else ""
    if rel and dice.happens(0.6):
        link.rel = (*link.rel, "sponsored")
    campaign = code = ""
    if dice.happens(0.8):
        campaign = _SHARED if number < 2 else f"{way.split()[0]}-{slug(link.page.publisher.name)}"
        if number > 2 and dice.happens(0.3):
            campaign, code = "", f"LG{number:03d}"
            link.tag = {"code": code}
        else:
            source = link.page.publisher.host.removeprefix("www.").partition(".")[0]
            link.tag = {"utm_source": source, "utm_medium": "referral", "utm_campaign": campaign}
    cost = {"paid": dice.randint(8, 60) * 10, "guest post": dice.choice((0, 0, 120))}.get(way, 0)
    return Deal(
        link, link.page.url, link.target, link.anchor, rel, way, dice.choice(lines("people")),
        web.first + timedelta(days=link.born - dice.uniform(2, 20)), cost, dice.choice(_TEAM),
        campaign, code, round(dice.spread(40, 1.0)) * 100,
    )  # fmt: skip


def _unfulfilled(web: Web, dice: Chance) -> list[Deal]:
    """Two rows whose link was promised and is not there."""
    pages = [page for page in web.pages if page.publisher.kind.name == "blog" and not page.links]
    return [
        Deal(None, page.url, "https://lumen-garden.example/products/", "plant lamps", "",
             "outreach", page.byline, web.first + timedelta(days=web.days * 0.8), 0,
             dice.choice(_TEAM), "", "", 0)
        for page in dice.some(pages, 2)
    ]  # fmt: skip


def write(path: Path, deals: list[Deal]) -> None:
    """The sheet as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for deal in deals:
            money = (deal.cost, "EUR") if deal.cost else ("", "")
            writer.writerow((deal.live_url, deal.target, deal.anchor, deal.rel, deal.acquired,
                             deal.contact, deal.day.isoformat(), *money, deal.owner,
                             deal.campaign, deal.code, deal.reach or ""))  # fmt: skip
