"""What was agreed against what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref import pipeline
from backref.faces.query import Site, open_store
from backref.faces.query.plan import monthly_cost, price_of
from backref.ingest.importing import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path


def test_each_placement_stands_as_it_was_found(small_store: Path):
    with open_store(small_store) as opened:
        found, letter = opened.site().placements(sort="cost")
        months = opened.site().placements(since="2d", sort="cost")
    assert (found.page, found.verdict, found.state) == (
        "blog.example.org/post",
        "as agreed",
        "live",
    )
    assert (found.costs, found.anchor_found) == ({"EUR": 120.0}, "pricing")
    assert found.visits == 4.0
    # First seen 20 days ago, last 10 days ago: months before the first is over count as one.
    assert found.months == pytest.approx((10 / 30.4375, 20 / 30.4375), abs=0.2)
    assert found.cost_per_month == (120.0, 120.0)
    assert letter.cost_per_month is None
    assert (letter.page, letter.verdict, letter.state) == ("letter.test", "never seen", None)
    assert (letter.visits, letter.campaign, letter.costs) == (2.0, "letter", {"EUR": 30.0})
    assert (found.cost_per_engaged, found.cost_why) == (None, "not enough data")
    assert [row.visits for row in months] == [0.0, 2.0]


@pytest.mark.parametrize(
    ("months", "cost"),
    [((4.0, 5.0), (24.0, 30.0)), ((0.2, 0.5), (120.0, 120.0)), ((0.5, 2.0), (60.0, 120.0))],
)
def test_a_month_of_a_link_has_cost_between_two_sums(
    months: tuple[float, float], cost: tuple[float, float]
):
    assert monthly_cost({"EUR": 120.0}, months) == cost
    assert monthly_cost({"EUR": 120.0, "USD": 1.0}, months) is None
    assert monthly_cost({"EUR": 120.0}, None) is None


@given(st.floats(0.01, 1e6), st.floats(10, 1e6))
def test_the_cost_of_a_visit_lies_within_its_interval(cost: float, engaged: float):
    price = price_of({"EUR": cost}, engaged)
    assert price.value == pytest.approx(cost / engaged)
    assert price.low is not None
    assert price.high is not None
    assert price.low < cost / engaged < price.high


@pytest.mark.parametrize(
    ("costs", "engaged", "why"),
    [
        ({}, 100.0, "no cost is told"),
        ({"EUR": 1.0, "USD": 1.0}, 100.0, "paid in several currencies"),
        ({"EUR": 1.0}, None, "visits cannot be measured"),
        ({"EUR": 1.0}, 9.9, "not enough data"),
    ],
)
def test_a_cost_that_cannot_be_said_says_why(
    costs: dict[str, float], engaged: float | None, why: str
):
    assert price_of(costs, engaged) == (None, None, None, why)


SHEET = """\
Live URL,Target,Acquired,Date,Cost,Currency,Campaign,Code
https://news.example.net/post,https://example.com/,own,{day},{cost},EUR,autumn,n1
"""
LINE = (
    '192.0.2.{n} - - [20/Sep/2026:10:{n:02}:00 +0000] "GET /{path} HTTP/1.1" 200 512 '
    '"-" "Mozilla/5.0 (X11; Linux x86_64; rv:1{n}.0) Gecko/20100101 Firefox/1{n}.0"\n'
)


def test_a_placement_that_is_corrected_later_keeps_what_came_before(tmp_path: Path) -> None:
    (tmp_path / "access.log").write_text(
        "".join(LINE.format(n=n, path=path) for path in ("?utm_id=n1", "a.css") for n in (41, 42))
    )
    store, days = tmp_path / "store", ["2026-09-01", "2026-10-05", "2026-10-06", "2026-10-07"]
    with Lake.create(store) as lake:
        lake.save_site(SiteRecord("example.com"))
        for number, day in enumerate(days):
            sheet = tmp_path / f"{number}.csv"
            sheet.write_text(SHEET.format(day=day, cost=100 - number))
            list(import_inputs(lake, [str(sheet), str(tmp_path / "access.log")]))
        pipeline.run(lake)
    costs = {"2026-09-30": 100, "2026-10-05": 99, "2026-10-06": 98, "2026-10-31": 97}
    with open_store(store) as opened:
        for as_of, cost in costs.items():
            site = opened.site(as_of=as_of)
            found = [(row.costs, row.visits) for row in site.placements()]
            assert found == [({"EUR": cost}, 2)], as_of
            assert [tag["visits"] for tag in _tags(site)] == [2], as_of
            said = site.view.rows(
                "agreements.sql",
                site="example.com",
                source_page="news.example.net/post",
                until_day=site.view.until_day,
            )
            assert [row["cost"] for row in said] == [cost], as_of


def _tags(site: Site) -> list[dict[str, Any]]:
    view = site.view
    return view.rows("tags.sql", site="example.com", until_day=view.until_day, limit=9)
