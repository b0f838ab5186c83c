"""Survival against SciPy's own curve, closed forms, and bounds that must hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from backref.ledger.survival import (
    ENOUGH,
    Expectation,
    Lives,
    Survival,
    kaplan_meier,
    share_at,
    survival,
)

ENDS = st.lists(st.tuples(st.integers(1, 40), st.booleans()), min_size=1, max_size=60)


def lives_of(*lives: tuple[float, float | None]) -> Lives:
    """Lives by when they were seen last and when they were lost, None for not lost."""
    low, high = zip(*lives, strict=True) if lives else ((), ())
    return Lives(np.array(low, float), np.array(high, float))


LIVES = st.lists(
    st.builds(
        lambda low, gap: (low, None if gap is None else low + gap),
        st.integers(0, 300).map(float),
        st.one_of(st.none(), st.integers(1, 60).map(float)),
    ),
    min_size=1,
    max_size=60,
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@given(ENDS)
def test_the_curve_is_scipys(ends: list[tuple[int, bool]]) -> None:
    days, lost = [float(day) for day, _ in ends], [gone for _, gone in ends]
    steps = kaplan_meier(np.array(days), np.array(lost))
    theirs = stats.ecdf(
        stats.CensoredData(
            uncensored=[day for day, gone in zip(days, lost, strict=True) if gone],
            right=[day for day, gone in zip(days, lost, strict=True) if not gone],
        )
    ).sf
    bounds = theirs.confidence_interval(method="log-log")
    for number, day in enumerate(theirs.quantiles):
        ours = share_at(steps, day)
        assert ours.share == pytest.approx(theirs.probabilities[number], abs=1e-12)
        low, high = (end.probabilities[number] for end in (bounds.low, bounds.high))
        if 0 < ours.share < 1 and not math.isnan(low):
            assert (ours.low, ours.high) == pytest.approx((low, high), abs=1e-9)


def test_a_textbook_curve() -> None:
    """Remission of the 21 who took 6-MP (Freireich and others, Blood 21, 1963)."""
    lost = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    left = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    steps = kaplan_meier(np.array(lost + left, float), np.arange(21) < len(lost))
    assert [round(step.share, 3) for step in steps] == [
        0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448
    ]  # fmt: skip
    found = survival(lives_of(*((day, day) for day in lost), *((day, None) for day in left)))
    assert found.median is not None
    assert (found.median.value, found.median.low, found.median.high) == (23.0, 13.0, None)


@given(LIVES)
def test_the_middle_lies_between_the_ends(lives: list[tuple[float, float | None]]) -> None:
    found = survival(lives_of(*lives))
    for day in (0, 30, 90, 365):
        told = found.share(day)
        if told is not None:
            assert told.low is not None
            assert told.high is not None
            assert 0 <= told.low <= told.value + 1e-12
            assert told.value <= told.high + 1e-12 <= 1 + 1e-9
    assert (found.links, found.lost) == (len(lives), sum(high is not None for _, high in lives))


@pytest.mark.parametrize("links", [1, 2, 7, 300])
def test_where_none_was_lost_the_interval_is_that_of_a_share_of_all(links: int) -> None:
    told = survival(lives_of(*[(day + 10, None) for day in range(links)])).share(10)
    assert told is not None
    assert (told.value, told.high) == (1, 1)
    assert told.low == pytest.approx(stats.beta.ppf(0.025, links, 1))


def test_too_little_data_says_nothing() -> None:
    few = survival(lives_of(*[(10, 12)] * (ENOUGH - 1)))
    assert few.median is None
    assert survival(lives_of(*[(10, None)] * 50)).median is None
    assert few.share(13) is None
    assert survival(lives_of()) == Survival(0, 0, 0.0, 0.0, [], [], [], [])
    assert survival(lives_of()).share(1) is None


@given(st.floats(0, 200), st.lists(st.tuples(st.floats(1, 400), st.booleans()), max_size=40))
def test_what_is_expected_is_days_for_each_loss(age: float, ends: list[tuple[float, bool]]) -> None:
    told = Expectation(lives_of(*((day, day if gone else None) for day, gone in ends))).at(age)
    days = sum(max(day - age, 0) for day, _ in ends)
    lost = sum(gone for day, gone in ends if day > age)
    if lost < ENOUGH:
        assert told is None
    else:
        assert told is not None
        assert told.value == pytest.approx(days / lost, rel=1e-9)
        assert told.low is not None
        assert told.high is not None
        assert told.low < told.value < told.high


def test_where_losses_come_evenly_the_expectation_is_their_mean_time() -> None:
    """An exponential life expects as much at every age."""
    days = -100 * np.log(1 - (np.arange(2000) + 0.5) / 2000)
    expectation = Expectation(Lives(days, days))
    for age in (0, 50, 150):
        told = expectation.at(age)
        assert told is not None
        assert told.value == pytest.approx(100, rel=0.05)
        assert told.low is not None
        assert told.high is not None
        assert told.low < 100 < told.high
