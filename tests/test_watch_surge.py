"""Surges: what is unusual is told once, and chance is not."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, factorial
from random import Random

import pytest

from backref.watch.surge import surges, tail

BEGIN = date(2026, 1, 1)
DAYS = [BEGIN + timedelta(days=at) for at in range(120)]


def by_day(counts: list[float]) -> dict[date, float]:
    return dict(zip(DAYS, counts, strict=False))


def poisson(mean: float, random: Random) -> int:
    """Knuth's method."""
    limit, count, product = exp(-mean), 0, random.random()
    while product > limit:
        count, product = count + 1, product * random.random()
    return count


def test_a_surge_is_told_on_its_first_day_alone() -> None:
    series = {"a.example": by_day([2] * 60 + [40, 45, 50] + [2] * 57)}
    (told,) = surges(series, DAYS, BEGIN, 3)
    assert (told.source, told.day, told.visits, told.usual) == ("a.example", DAYS[60], 40, 2)
    assert told.times == 20


@pytest.mark.parametrize("since", [0, 59, 60])
def test_it_is_the_same_whenever_one_asks(since: int) -> None:
    series = {"a.example": by_day([2] * 60 + [40, 45] + [2] * 58)}
    assert [one.day for one in surges(series, DAYS, DAYS[since], 3)] == [DAYS[60]]


def test_the_second_day_is_none_for_who_asks_late() -> None:
    series = {"a.example": by_day([2] * 60 + [40, 45] + [2] * 58)}
    assert surges(series, DAYS, DAYS[61], 3) == []


def test_what_comes_later_changes_nothing_before() -> None:
    random = Random(5)
    series = {f"{at}.example": by_day([poisson(3, random) for _ in DAYS]) for at in range(5)}
    series["0.example"][DAYS[50]] = 60
    whole = [one for one in surges(series, DAYS, BEGIN, 1) if one.day <= DAYS[70]]
    assert whole == surges(series, DAYS[:71], BEGIN, 1)


def test_a_short_log_and_few_people_are_no_surge() -> None:
    assert surges({"a": by_day([0] * 10 + [50])}, DAYS[:11], BEGIN) == []
    assert surges({"a": by_day([0] * 60 + [4])}, DAYS[:61], BEGIN) == []
    assert surges({}, [], BEGIN) == []


def test_a_source_that_is_always_restless_needs_more() -> None:
    restless = [0, 30] * 30
    assert surges({"a": by_day([*restless, 35])}, DAYS[:61], BEGIN, 1) == []
    assert surges({"a": by_day([15] * 60 + [70])}, DAYS[:61], BEGIN, 1) != []


def test_chance_is_hardly_ever_told() -> None:
    """200 sources of steady chance over 90 days: 18,000 days."""
    random = Random(11)
    series = {f"{at}.example": by_day([poisson(4, random) for _ in DAYS]) for at in range(200)}
    assert len(surges(series, DAYS, DAYS[30], 1)) <= 2


@pytest.mark.parametrize("mean", [1.0, 4.0, 20.0])
def test_the_tail_is_near_that_of_chance_and_rather_too_long(mean: float) -> None:
    for visits in range(int(mean) + 3, int(3 * mean) + 10):
        exact = 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(visits))
        if exact > 1e-4:
            assert 0.3 < tail(visits, [mean] * 28) / exact < 30
