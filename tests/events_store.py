"""A store of looks at two agreed links and a free one, for tests of what happened to them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from lake_rows import swap_in
from links_facts import capture, hours, observation, store
from small_store import rows

from backref import pipeline
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path

PAID, GUEST, FREE = (f"https://{name}.example/post" for name in ("paid", "guest", "free"))
GOAL = "https://shop.example/sale"


def look(page: str, at: float, **told: Any) -> list[dict[str, Any]]:
    """A look that shows the page's link."""
    terms = {"anchor": "the sale", "anchor_kind": "text", "nofollow": False, "rel": ""}
    seen = observation(page, GOAL, hours(at), "check", **terms | told)
    return [seen, capture(page, hours(at), witness="check")]


def gone(page: str, at: float) -> list[dict[str, Any]]:
    return [capture(page, hours(at), witness="check")]


SPONSORED = {"rel": "sponsored", "sponsored": True}
FACTS = [
    *look(PAID, 0, context="Buy at the sale today.", **SPONSORED),
    *look(PAID, 50, context="Buy at this shop today.", anchor="this shop", **SPONSORED),
    *look(PAID, 90, context="Buy at this shop today.", anchor="this shop", **SPONSORED),
    *look(PAID, 200, context="Buy at the sale today.", **SPONSORED),
    *look(GUEST, 0),
    *look(GUEST, 50, rel="nofollow", nofollow=True),
    *look(GUEST, 90, rel="nofollow", nofollow=True),
    *gone(GUEST, 150),
    *gone(GUEST, 180),
    *look(FREE, 0),
    *look(FREE, 90, rel="nofollow", nofollow=True),
    *gone(FREE, 190),
]


def agreed(page: str, number: int, **told: Any) -> dict[str, Any]:
    host = page.split("/")[2]
    key = f"{host}/post"
    return {
        "row_id": bytes([number]) * 16, "site": "shop.example", "live_url": page,
        "source_page": key, "source_host": host, "source_domain": host, "source_identity": host,
        "target_url": GOAL, "target_page": "shop.example/sale", "day": date(2026, 1, 5), **told,
    }  # fmt: skip


def write(path: Path, day: date = date(2026, 1, 5), zone: str = "UTC") -> Lake:
    """Write the store and build it: links that were agreed on that day of the site's zone."""
    lake = Lake.create(path)
    lake.save_site(SiteRecord("shop.example", zone=zone))
    store(lake, FACTS)
    sheet = rows(
        "placements",
        agreed(PAID, 1, day=day, anchor="the sale", rel="sponsored", acquired="paid", cost=90.0,
               currency="EUR", contact="Ada"),
        agreed(GUEST, 2, day=day, acquired="guest post"),
    )  # fmt: skip
    swap_in(lake, {"placements": sheet}, "shop.example", "by hand")
    pipeline.run(lake)
    return lake
