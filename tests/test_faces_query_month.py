"""A month's numbers are those of the listings, and what was known at its end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from lake_rows import swap_in
from links_facts import Interval, capture, observation, store
from small_store import rows, write

from backref import pipeline
from backref.faces.query import Store, open_store
from backref.faces.query.calendar import Month
from backref.faces.query.month import Monthly
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOVEMBER = Month(2026, 11)


def on(month: int, day: int) -> Interval:
    at = datetime(2026, month, day, 12, tzinfo=UTC)
    return at, at


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("month") / "store"
    sheet = {"site": "example.com", "stage": "sale", "currency": "EUR"}
    with write(path) as lake:
        held = rows("conversions", *(sheet | sold for sold in _sold()))
        swap_in(lake, {"conversions": held}, "example.com", "by hand")
    with open_store(path) as found:
        yield found


def _sold() -> list[dict[str, object]]:
    def at(month: int, day: int) -> dict[str, object]:
        moment = datetime(2026, month, day, 12, tzinfo=UTC)
        return {"row_id": bytes([month, day]) * 8, "at_lo": moment, "at_hi": moment}

    return [
        at(11, 1) | {"value": 100.0, "campaign": "Letter"},
        at(11, 30) | {"value": 50.5},
        at(10, 31) | {"value": 9.0},
    ]


@pytest.fixture(scope="module")
def november(opened: Store) -> Monthly:
    return opened.site(None, "2026-11-30").month(NOVEMBER, NOVEMBER.before)


def test_domains_and_links_are_those_of_the_listings(opened: Store, november: Monthly) -> None:
    site = opened.site(None, "2026-11-30")
    changed = november.changed
    first = datetime(2026, 11, 1, tzinfo=UTC)
    domains = site.domains(since="2026-11-01")
    gained = {row.domain for row in domains if row.first_seen and row.first_seen >= first}
    lost = site.domains(since="2026-11-01", state="lost")
    assert {row.domain for row in changed.domains_gained} == gained
    assert {row.domain for row in changed.domains_lost} == {row.domain for row in lost}
    assert (changed.domains.confirmed, changed.domains.reported) == (1, 1)
    links = site.links(since="2026-11-01")
    confirmed = site.links(since="2026-11-01", state="confirmed-lost")
    assert changed.confirmed == confirmed.total == 1
    assert changed.reported == site.links(since="2026-11-01", state="reported-lost").total == 1
    assert changed.gained == links.total - 2 == len(changed.links_gained)


def test_visits_are_those_of_the_listings(opened: Store, november: Monthly) -> None:
    site = opened.site(None, "2026-11-30")
    hosts = site.referrers(since="2026-11-01")
    referred = sum(row.visits for row in hosts if row.channel == "Referral")
    by_channel = {row.channel: row.visits for row in november.channels}
    assert by_channel == {"Referral": referred, "Email": 2.0}
    senders = {row.host: row.engaged_visits for row in hosts}
    assert november.thank
    assert all(row.engaged_visits == senders[row.host] for row in november.thank)
    dead = site.broken(since="2026-11-01")
    assert list(november.fix) == dead
    assert list(november.placements) == site.placements(since="2026-11-01")


def test_the_five_numbers_are_the_sums_of_the_rows(november: Monthly) -> None:
    number = {one.name: one for one in november.numbers}
    engaged = sum(row.engaged_visits for row in november.channels)
    assert number["engaged visits from links"].value == engaged
    flow = number["referring domains gained less lost"]
    assert flow.value == len(november.changed.domains_gained) - len(november.changed.domains_lost)
    assert number["non-brand organic clicks"].value is None
    assert "November 2026 alone" in number["non-brand organic clicks"].why


def test_an_export_of_nearly_all_days_tells_the_months_clicks(opened: Store) -> None:
    october = Month(2026, 10)
    found = opened.site(None, "2026-10-31").month(october, october.before)
    clicks = found.numbers[2]
    assert (clicks.value, clicks.before) == (42, 25)
    assert clicks.why.startswith("2026-10-01 to 2026-10-28 against 2026-09-01 to 2026-09-28")


def test_months_that_the_log_tells_unlike_parts_of_are_not_compared(november: Monthly) -> None:
    assert (november.log_days, november.log_days_before) == (22, 31)
    engaged = november.numbers[3]
    assert engaged.before is None
    assert engaged.why == "not compared: the log tells of 22 of the 30 days of November 2026"
    assert all(row.before is None for row in november.channels)


def test_leads_and_sales_are_those_of_the_months_days(november: Monthly) -> None:
    (sale,) = november.leads
    assert (sale.stage, sale.leads, sale.linked, sale.value) == ("sale", 2, 1, 150.5)
    assert november.leads_before == 1


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
def test_every_lead_is_of_one_month_in_every_zone(tmp_path: Path, zone: str) -> None:
    def told(month: int, day: int, *, whole: bool) -> dict[str, object]:
        lo = datetime(2026, month, day, tzinfo=UTC)
        at = {"at_lo": lo, "at_hi": lo + timedelta(days=1, microseconds=-1)}
        moment = {"at_lo": lo, "at_hi": lo}
        name = bytes([month, day, whole, 0]) * 4
        return {"site": "shop.example", "row_id": name, "value": 1.0} | (at if whole else moment)

    edges = [(9, 1), (9, 30), (10, 1), (10, 31), (11, 1), (11, 15)]
    sold = [told(*edge, whole=whole) for edge in edges for whole in (True, False)]
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("shop.example", zone=zone))
        held = rows("conversions", *sold)
        swap_in(lake, {"conversions": held}, "shop.example", "by hand")
        pipeline.run(lake)
    with open_store(tmp_path / "store") as opened:
        counted = []
        for month in (8, 9, 10, 11):
            found = opened.site(None, "2026-11-30").month(Month(2026, month))
            counted.append(sum(row.leads for row in found.leads))
    assert sum(counted) == len(sold)
    local = Counter(
        row["at_hi"].astimezone(ZoneInfo(zone) if row["at_lo"] == row["at_hi"] else UTC).month
        for row in sold
    )
    assert counted == [local[month] for month in (8, 9, 10, 11)]


def test_without_a_comparison_nothing_stands_before(opened: Store) -> None:
    found = opened.site(None, "2026-11-30").month(NOVEMBER)
    assert all(number.before is None for number in found.numbers)
    assert found.leads_before is None


def test_a_month_is_told_as_it_was_known_at_its_end(tmp_path: Path) -> None:
    page, goal = "https://blog.example/a", "https://shop.example/"
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(
            lake,
            [
                observation(page, goal, on(1, 1), anchor="first"),
                capture(page, on(1, 1)),
                capture(page, on(2, 1)),
                capture(page, on(2, 5)),
                observation(page, goal, on(3, 1), "check", anchor="second"),
            ],
        )
        pipeline.run(lake)
    with open_store(tmp_path / "store") as opened:
        february, march = (
            opened.site(None, month.last.isoformat()).month(month, month.before)
            for month in (Month(2026, 2), Month(2026, 3))
        )
    assert february.headline.startswith("1 referring domain lost in February 2026;")
    assert [row.state for row in february.changed.links_lost] == ["lost"]
    assert (february.through, march.through) == (date(2026, 2, 28), date(2026, 3, 1))
    assert march.headline.startswith("No referring domain was lost in March 2026")
    assert march.changed.links_lost == ()
