"""The watch over a site in sums: by the site's days, and only what was asked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from farm import Farm, Reply, page

from backref.faces.query import Store
from backref.faces.query.monitoring import DAYS, monitoring
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.watch.build import happenings
from backref.watch.happening import Span
from backref.watch.looks import time_of
from backref.watch.run import Wanted, check
from tests.check_facts import micros
from tests.checking_store import fetcher, new_store

BLOGS = [f"http://blog{n}.test/post" for n in range(3)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages that lost their link, one behind a robots.txt, looked at late in the evening."""
    path = new_store(tmp_path_factory.mktemp("monitored") / "store", *BLOGS)
    with Farm(4) as farm:
        for n in range(3):
            farm.site(f"blog{n}.test", {"/post": page("https://other.test/")})
        rules = Reply(b"User-agent: *\nDisallow: /", headers=(("Content-Type", "text/plain"),))
        farm.sites["blog2.test"].pages["/robots.txt"] = rules
        for days in (0.98, 2.98):
            with Lake.open(path) as lake:
                check(lake, fetcher(farm, days), Wanted(("shop.test",), targets=False))
    return path


@pytest.mark.parametrize(
    ("zone", "days"),
    [("UTC", (2, 4)), ("Asia/Tokyo", (3, 5)), ("America/New_York", (2, 4))],
)
def test_looks_stand_on_the_days_of_the_site(store: Path, zone: str, days: tuple[int, int]) -> None:
    with Lake.open(store) as lake:
        lake.save_site(SiteRecord("shop.test", zone=zone))
        with Store(lake) as opened:
            found = monitoring(opened.site("shop.test").view, time_of(micros(3.5)))
    assert len(found.days) == DAYS
    assert {day.day: told for day, told in found.days.items() if told} == {
        day: {"page": 2} for day in days
    }


def test_what_was_not_asked_is_no_look(store: Path) -> None:
    with Store(Lake.open(store)) as opened:
        found = monitoring(opened.site("shop.test").view, time_of(micros(3.5)))
    assert (found.looks, found.failed, found.unasked) == (4, 0, 1)
    assert {host.domain for host in found.hosts} == {"blog0.test", "blog1.test"}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
def test_what_is_told_of_a_loss_does_not_depend_on_where_its_day_ends(
    store: Path, zone: str
) -> None:
    now = time_of(micros(3.5))
    with Lake.open(store) as lake:
        site = SiteRecord("shop.test", zone=zone)
        lake.save_site(site)
        with lake.snapshot() as snapshot:
            met = list(happenings(snapshot, site, "lost", 0, Span(now - timedelta(days=30), now)))
    assert len(met) == 2
