"""The scale of authority against its own formula, its ends, and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.graph.scale import Scale

TOTALS = st.floats(1.0, 1e12)


@given(TOTALS)
def test_the_ends_mean_the_same_in_every_graph(total):
    scale = Scale(total)
    nobody, tenth, all_readers = scale.authority([1.0, max(10.0, 0.1 * total), total + 100])
    assert (nobody, all_readers) == (0.0, 100.0)
    assert tenth == pytest.approx(100.0)


@given(TOTALS, st.floats(0.0, 100.0))
def test_points_and_values_are_each_others_inverse(total, points):
    scale = Scale(total)
    assert scale.authority(scale.values(points)) == pytest.approx(points, abs=1e-9)


@given(st.floats(200.0, 1e12), st.floats(0.0, 0.5))
def test_equal_factors_are_equal_steps(total, part):
    scale = Scale(total)
    low = scale.values(part * scale.points_per_tenfold)
    high = scale.authority(10.0 * low)
    assert high == pytest.approx(min(100.0, (part + 1) * scale.points_per_tenfold))


def test_releases_of_one_graph_can_be_compared():
    """A domain whose share of readers stays moves by less than a point when the graph grows."""
    before, after = Scale(2 * 118.8e6), Scale(2 * 124.6e6)
    for share in (1e-8, 1e-6, 1e-4, 1e-2):
        old, new = before.authority(share * before.total), after.authority(share * after.total)
        assert abs(float(new - old)) < 0.3


def test_what_is_not_known_stays_so():
    assert np.isnan(Scale(1000.0).authority([np.nan])[0])
