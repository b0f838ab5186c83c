"""The Beta distribution against closed forms and against plain integration."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.beta import below, quantile

shares = st.floats(0.001, 0.999)


@given(x=shares, b=st.floats(0.1, 500))
def test_with_one_as_a_parameter_it_is_a_power(x: float, b: float) -> None:
    assert below(x, 1, b) == pytest.approx(1 - (1 - x) ** b, rel=1e-9, abs=1e-12)
    assert below(x, b, 1) == pytest.approx(x**b, rel=1e-9, abs=1e-12)


@given(x=shares, a=st.integers(1, 60), b=st.integers(1, 60))
def test_whole_parameters_are_a_binomial_tail(x: float, a: int, b: int) -> None:
    n = a + b - 1
    tail = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert below(x, a, b) == pytest.approx(tail, rel=1e-9, abs=1e-12)


@given(share=st.floats(0.01, 0.99), a=st.floats(0.2, 300), b=st.floats(0.2, 300))
def test_a_quantile_is_where_that_share_lies_below(share: float, a: float, b: float) -> None:
    point = quantile(share, a, b)
    assert below(point, a, b) == pytest.approx(share, abs=1e-6)


def test_ends_and_large_parameters() -> None:
    assert (below(0, 2, 3), below(1, 2, 3)) == (0, 1)
    assert quantile(0.5, 50_000, 50_000) == pytest.approx(0.5)
    assert below(0.0101, 10_000, 990_000) == pytest.approx(0.8418, abs=2e-3)
