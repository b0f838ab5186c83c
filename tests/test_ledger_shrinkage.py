"""Shrunk rates: the fit on closed forms and on drawn senders, and what shrinking does."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.shrinkage import Prior, fitted


def test_the_fit_is_that_of_the_formula() -> None:
    # Six senders of ten visits: p = 0.5, S = 10 · (4 · 0.16 + 2 · 0) = 6.4, k - 1 = 5,
    # room = 60 - 10 - 5 = 45, so ρ = (25.6 - 5) / 45.
    prior = fitted([(1, 10), (9, 10), (1, 10), (9, 10), (5, 10), (5, 10)])
    assert prior is not None
    strength = 45 / 20.6 - 1
    assert prior == pytest.approx((0.5 * strength, 0.5 * strength))


def test_the_mean_is_that_of_the_conjugate_posterior() -> None:
    rate = Prior(2, 8).shrunk(3, 10)
    assert rate.mean == pytest.approx((2 + 3) / (10 + 10))
    # Beta(1, 1) without visits is uniform.
    assert Prior(1, 1).shrunk(0, 0) == pytest.approx((0.5, 0.025, 0.975))


def test_the_prior_that_senders_were_drawn_from_is_found() -> None:
    chance = random.Random(5)
    senders = []
    for _ in range(3_000):
        rate, visits = chance.betavariate(3, 27), chance.randint(1, 120)
        senders.append((sum(chance.random() < rate for _ in range(visits)), visits))
    prior = fitted(senders)
    assert prior is not None
    assert prior.a / (prior.a + prior.b) == pytest.approx(0.1, rel=0.05)
    assert prior.a + prior.b == pytest.approx(30, rel=0.2)


@pytest.mark.parametrize(
    "senders",
    [
        [],
        [(1, 10), (5, 10)],
        [(0, 10)] * 8,
        [(10, 10)] * 8,
        [(3, 30)] * 8,
        [(1, 1)] * 4 + [(0, 1)] * 4,
        [(0, 0)] * 9,
    ],
)
def test_without_enough_data_there_is_no_prior(senders: list[tuple[float, float]]) -> None:
    assert fitted(senders) is None


rates = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 50)).map(lambda t: (min(t), t[1])), max_size=30
)


@given(senders=rates)
def test_a_shrunk_rate_lies_between_its_own_and_that_of_all(
    senders: list[tuple[int, int]],
) -> None:
    prior = fitted(senders)
    if prior is None:
        return
    whole = prior.a / (prior.a + prior.b)
    for successes, visits in senders[:3]:
        rate = prior.shrunk(successes, visits)
        low, high = sorted((whole, successes / visits))
        assert low - 1e-12 <= rate.mean <= high + 1e-12
        assert rate.low <= rate.mean <= rate.high or min(prior) < 1
