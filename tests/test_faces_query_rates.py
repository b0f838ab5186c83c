"""Rates of rows: raw with their interval, and drawn towards all rows."""

from __future__ import annotations

from dataclasses import fields

import pytest

from backref.faces.query.rates import Priors
from backref.faces.query.rows import DomainRow, GroupRow, LinkRow
from backref.ledger.shrinkage import fitted


def row(visits: float | None, engaged: float | None, converted: float | None) -> dict[str, object]:
    return {"visits": visits, "engaged_visits": engaged, "converted_visits": converted}


VARIED = [(100, 80, 10), (50, 10, 1), (200, 60, 2), (20, 18, 6), (80, 8, 0), (3, 3, 1)]
PRIORS = Priors.of([row(*told) for told in VARIED] + [row(0, 0, 0), row(None, None, None)])


def test_the_prior_is_that_of_the_rows_with_visits() -> None:
    assert PRIORS.engagement == fitted((engaged, visits) for visits, engaged, _ in VARIED)
    assert PRIORS.conversion == fitted((converted, visits) for visits, _, converted in VARIED)


def test_a_small_row_is_drawn_further_towards_all() -> None:
    few, many = PRIORS.rates(row(3, 3, 0)), PRIORS.rates(row(300, 300, 0))
    assert few["engagement_rate"] == many["engagement_rate"] == 1
    assert few["shrunk_engagement"] < many["shrunk_engagement"] < 1
    for told in (few, many):
        assert told["engagement_low"] < 1 == pytest.approx(told["engagement_high"])
        low, high = told["shrunk_engagement_low"], told["shrunk_engagement_high"]
        assert low < told["shrunk_engagement"] < high
        assert told["conversion_rate"] == 0 < told["shrunk_conversion"]


@pytest.mark.parametrize("visits", [None, 0.0])
def test_nobody_has_no_rate(visits: float | None) -> None:
    assert set(PRIORS.rates(row(visits, visits, visits)).values()) == {None}


def test_without_a_goal_there_is_no_conversion() -> None:
    told = PRIORS.rates(row(10, 5, None))
    assert told["conversion_rate"] is None is told["shrunk_conversion"]
    assert told["engagement_rate"] == 0.5


def test_too_few_rows_shrink_nothing() -> None:
    told = Priors.of([row(10, 5, 1)]).rates(row(10, 5, 1))
    assert told["shrunk_engagement"] is None
    assert told["engagement_low"] < 0.5 < told["engagement_high"]


@pytest.mark.parametrize("kind", [LinkRow, DomainRow, GroupRow])
def test_every_rate_is_a_field_of_the_rows(kind: type) -> None:
    assert PRIORS.rates(row(1, 1, 1)).keys() <= {field.name for field in fields(kind)}
