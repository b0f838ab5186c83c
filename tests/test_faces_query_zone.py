"""Days are those of the site's zone: every listing counts the same visits up to the same one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from links_facts import capture, observation
from links_facts import store as import_links
from visits_facts import CHROME, DAY, agents, by_day, hit
from visits_facts import store as import_hits

from backref import pipeline
from backref.faces.query import open_store
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path

GOAL = "https://shop.example/sale"
PAGE = "https://blog.example/post"
HOURS = 36


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "UTC"])
def test_all_listings_count_up_to_the_same_hour(zone: str, tmp_path: Path) -> None:
    """One visitor comes every hour, and finds nothing where the link leads."""
    hits = [
        hit(
            60 * hour + 31,
            f"visitor {hour}",
            "/sale",
            referrer_host="blog.example",
            referrer_domain="blog.example",
            status=404,
            kind="dead",
        )
        for hour in range(HOURS)
    ]
    seen = DAY - timedelta(days=5)
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("shop.example", zone=zone))
        import_hits(lake, "hits", by_day(hits))
        import_hits(lake, "agents", {"all": agents(CHROME)})
        import_links(lake, [observation(PAGE, GOAL, (seen, seen)), capture(PAGE, (seen, seen))])
        pipeline.run(lake)
    away = {"Asia/Tokyo": 9, "America/Los_Angeles": -8, "UTC": 0}[zone]
    with open_store(tmp_path / "store") as store:
        for days in (-1, 0, 1, 2):
            day = (DAY + timedelta(days=days)).date()
            begun = [hour for hour in range(HOURS) if hour + away < 24 * (days + 1)]
            site = store.site(as_of=day.isoformat())
            found = {
                "links": sum(row.visits or 0 for row in site.links()),
                "domains": sum(row.visits or 0 for row in site.domains()),
                "groups": sum(row.visits or 0 for row in site.groups("channel")),
                "pages": sum(row.visits or 0 for row in site.pages()),
                "referrers": sum(row.visits for row in site.referrers()),
                "broken": sum(row.people for row in site.broken()),
                "weeks": sum(sum(row.weekly_visits or ()) for row in site.links()),
            }
            assert found == dict.fromkeys(found, len(begun)), (day, found)
