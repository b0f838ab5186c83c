from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.search_value import HINTED, placement_weight, shares, values

NAN = float("nan")


def share_of(rows: list[tuple[str, float, bool, bool, str | None]]) -> list[float]:
    domains, ratings, live, followed, places = zip(*rows, strict=True)
    known = values(domains, np.full(len(rows), NAN), np.array(ratings, float))
    return list(shares(domains, known, np.array(live), np.array(followed), places))


def test_what_a_graph_says_is_taken_as_it_is() -> None:
    known = values(["a", "b"], np.array([3.0, 1.0]), np.array([NAN, 90.0]))
    assert known.tolist() == [3.0, 1.0]


def test_a_rating_is_put_on_the_graphs_scale_by_the_domains_that_have_both() -> None:
    """a and b hand on twice and four times, c, twice named, six times what their ratings say."""
    domains = ["a", "b", "c", "c", "d", "e"]
    handed_on = np.array([2.0, 40.0, 600.0, 600.0, NAN, NAN])
    known = values(domains, handed_on, np.array([0.0, 20.0, 40.0, 40.0, 60.0, NAN]))
    assert known[:5].tolist() == pytest.approx([2.0, 40.0, 600.0, 600.0, 4000.0])
    assert np.isnan(known[5])


def test_without_a_domain_that_has_both_the_middle_ones_are_equals() -> None:
    handed_on = np.array([1.0, 5.0, 9.0, NAN, NAN, NAN])
    known = values(list("abcdef"), handed_on, np.array([NAN, NAN, NAN, 0.0, 20.0, 40.0]))
    assert known.tolist() == pytest.approx([1.0, 5.0, 9.0, 0.5, 5.0, 50.0])


def test_twenty_points_are_worth_ten_times() -> None:
    a, b = share_of([("a", 80, True, True, "content"), ("b", 60, True, True, "content")])
    assert a == pytest.approx(10 / 11)
    assert b == pytest.approx(1 / 11)


def test_a_domain_divides_its_worth_over_its_live_links() -> None:
    one, two, lost, other = share_of(
        [
            ("a", 50, True, True, "content"),
            ("a", 50, True, True, "content"),
            ("a", 50, False, True, "content"),
            ("b", 50, True, True, "content"),
        ]
    )
    assert (one, two, lost, other) == pytest.approx((0.25, 0.25, 0, 0.5))


@pytest.mark.parametrize(
    ("followed", "place", "weight"),
    [(True, "content", 1), (False, "content", HINTED), (True, "footer", 0.1), (True, None, 0.5)],
)
def test_hints_and_places_weigh_less(followed: bool, place: str | None, weight: float) -> None:
    plain, weighed = share_of([("a", 50, True, True, "content"), ("b", 50, True, followed, place)])
    assert weighed / plain == pytest.approx(weight)


def test_unrated_is_unknown_and_lost_is_zero() -> None:
    rated, unrated, lost = share_of(
        [("a", 50, True, True, None), ("b", NAN, True, True, None), ("c", 50, False, True, None)]
    )
    assert rated == 1
    assert np.isnan(unrated)
    assert lost == 0


def test_nothing_rated_and_no_links() -> None:
    assert np.isnan(share_of([("a", NAN, True, True, None)])).all()
    assert shares([], np.zeros(0), np.zeros(0, bool), np.zeros(0, bool), []).tolist() == []


row = st.tuples(
    st.sampled_from("abc"),
    st.one_of(st.just(NAN), st.floats(0, 100)),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["content", "footer", None]),
)


@given(st.lists(row, min_size=1, max_size=30))
def test_shares_of_live_rated_links_sum_to_one(
    rows: list[tuple[str, float, bool, bool, str]],
) -> None:
    found = share_of(rows)
    counted = [one for one, (_, rating, live, *_) in zip(found, rows, strict=True)
               if live and rating == rating]  # fmt: skip
    assert sum(counted) == pytest.approx(1 if counted else 0)
    assert all(0 <= one <= 1 for one in found if one == one)


def test_places_are_ordered() -> None:
    weights = [placement_weight(place) for place in ("content", "bio", "sidebar", "nav")]
    assert weights == sorted(weights, reverse=True)
