"""What was agreed against what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.faces.query import open_store
from backref.faces.query.plan import price_of

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
    assert (letter.page, letter.verdict, letter.state) == ("letter.test", "never seen", None)
    assert (letter.visits, letter.campaign, letter.costs) == (2.0, "letter", {"EUR": 30.0})
    assert (found.cost_per_engaged, found.cost_why) == (None, "not enough data")
    assert [row.visits for row in months] == [0.0, 2.0]


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
