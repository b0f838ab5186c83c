from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.quadrants import (
    CARRIED,
    NOT_MEASURABLE,
    QUADRANTS,
    Flow,
    Overlap,
    Standing,
    counts,
    overlap,
    quadrants,
    sentence,
    spearman,
)


def test_the_four_corners_and_the_unknown() -> None:
    placed = quadrants(
        [
            Standing("both", 0.4, 900),
            Standing("authority", 0.4, 3),
            Standing("people", 0.1, 800),
            Standing("small", 0.1, 2),
            Standing("unrated", None, 800),
            Standing("no log", 0.2, None),
        ]
    )
    assert placed == {
        "both": "champions",
        "authority": "authority only",
        "people": "people only",
        "small": "neither",
        "unrated": NOT_MEASURABLE,
        "no log": NOT_MEASURABLE,
    }
    assert list(counts(placed)) == list(QUADRANTS)
    assert sum(counts(placed).values()) == len(placed)


def test_lost_domains_are_placed_and_move_no_bar() -> None:
    alive = [Standing("a", 0.5, 10), Standing("b", 0.5, 9)]
    lost = Standing("gone", 0.0, 100_000, linking=False)
    placed = quadrants([*alive, lost])
    assert placed["gone"] == "people only", "what is gone carries no search value now"
    assert {name: placed[name] for name in "ab"} == quadrants(alive)


def test_nobody_is_strong_in_people_without_people() -> None:
    placed = quadrants([Standing(name, 0.3, 0) for name in "abc"])
    assert set(placed.values()) == {"authority only"}
    assert quadrants([]) == {}


standing = st.builds(Standing, st.uuids().map(str), st.floats(0, 1), st.integers(0, 50).map(float))


@given(st.lists(standing, min_size=1, max_size=20))
def test_the_strong_carry_four_fifths_and_no_fewer_could(domains: list[Standing]) -> None:
    placed = quadrants(domains)
    for strong, value in (
        (("champions", "authority only"), lambda one: one.search),
        (("champions", "people only"), lambda one: one.engaged),
    ):
        inside = [value(one) for one in domains if placed[one.domain] in strong]
        total = sum(map(value, domains))
        assert sum(inside) >= CARRIED * total * (1 - 1e-9)
        without_last = [one for one in inside if one > min(inside)] if inside else []
        assert not total or sum(without_last) < CARRIED * total


def test_overlap_needs_ten_domains_known_on_both_sides() -> None:
    nine = [Standing(str(at), at / 100, at) for at in range(9)]
    assert overlap(nine) == Overlap(10, None, None)
    assert overlap([*nine, Standing("x", None, 5)]).shared is None
    both = overlap([*nine, Standing("x", 0.5, 50)])
    assert both.shared == 9, "a domain without an engaged visit is not among the best by people"
    assert both.correlation == pytest.approx(1)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, 2, 3], [10, 20, 400], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        ([1, 2, 3], [5, 5, 5], None),
        # Worked in Kendall & Gibbons, Rank Correlation Methods, by average ranks of ties.
        ([1, 2, 2, 3], [1, 2, 3, 4], 0.9486832980505138),
    ],
)
def test_spearman(left: list[float], right: list[float], expected: float | None) -> None:
    found = spearman(left, right)
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("flow", "begins"),
    [
        (None, "Which matters more here cannot be told without a log"),
        (Flow(1, 2, 0, 0), "Which matters more here cannot be told: only 3 engaged visits"),
        (Flow(0, 29, 0, 9), "Which matters more here cannot be told: only 29 engaged visits"),
        (Flow(0, 30, 0, 0), "Search, and so backlinks, matters more here"),
        (Flow(90, 10, 0, 0), "Referral links matter more here"),
        (Flow(10, 90, 1, 2), "Search, and so backlinks, matters more here"),
        (Flow(51, 49, 0, 0), "Backlinks and referral links matter about alike here"),
        (Flow(10, 90, 30, 2), "Referral links matter more here"),
    ],
)
def test_the_sentence_follows_the_evidence(flow: Flow | None, begins: str) -> None:
    said = sentence(flow, Overlap(10, 3, 0.25))
    assert said.startswith(begins)
    assert said.endswith("3 coincide (rank correlation 0.25).")


def test_the_sentence_is_sure_only_beyond_chance() -> None:
    """The verdict turns once, and only where the interval leaves one half."""
    said = [
        sentence(Flow(links, 100 - links, 0, 0), Overlap(10, None, None)) for links in range(101)
    ]
    turns = [a.split(" here")[0] != b.split(" here")[0] for a, b in pairwise(said)]
    assert sum(turns) == 2
    assert "about alike" in said[50]


def test_a_sentence_without_a_backlink_says_nothing_of_backlinks() -> None:
    said = sentence(Flow(10, 90, 0, 0), Overlap(10, None, None), linked=False)
    assert said.startswith("Which matters more here cannot be told, for no backlink is known")
    assert "and so backlinks" not in said


def test_the_sentence_names_its_days_and_its_interval() -> None:
    said = sentence(
        Flow(10, 90, 0, 0), Overlap(10, 3, None), period="1 to 28 May 2026", since="1 March 2026"
    )
    assert "10 of the 100 engaged visits" in said
    assert "(1 to 28 May 2026), which is 6 to 17 % at 95 % confidence" in said
    assert "by people since 1 March 2026, 3 coincide" in said
