"""Streams are named, repeatable, and have the distributions that they claim."""

from __future__ import annotations

from statistics import fmean, median, pvariance

import pytest

from backref.world.chance import chance


def test_a_stream_depends_on_seed_and_name_alone() -> None:
    assert chance(7, "a", 1).random() == chance(7, "a", 1).random()
    draws = {chance(seed, name).random() for seed in (7, 8) for name in ("a", "b")}
    assert len(draws) == 4


@pytest.mark.parametrize("mean", [0.3, 4.0, 39.0, 400.0])
def test_poisson_has_its_mean_and_variance(mean: float) -> None:
    dice = chance(1, "poisson", mean)
    counts = [dice.poisson(mean) for _ in range(4000)]
    assert fmean(counts) == pytest.approx(mean, rel=0.08)
    assert pvariance(counts) == pytest.approx(mean, rel=0.15)


def test_poisson_of_nothing_is_nothing() -> None:
    assert chance(1).poisson(0.0) == chance(1).poisson(-1.0) == 0


def test_spread_has_its_median_and_wait_its_mean() -> None:
    dice = chance(1, "spread")
    assert median(dice.spread(5.0, 0.8) for _ in range(4000)) == pytest.approx(5.0, rel=0.1)
    assert fmean(dice.wait(5.0) for _ in range(4000)) == pytest.approx(5.0, rel=0.1)


def test_some_never_asks_for_more_than_there_is() -> None:
    assert sorted(chance(1).some([1, 2, 3], 9)) == [1, 2, 3]
