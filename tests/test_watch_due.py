from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.watch.due import EPOCH, Due, Page, due, ordered, stakes

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PAGE = Page("blog.example/post", "blog.example", "https://blog.example/post")


def looked(days_ago: float, **known: object) -> Page:
    """A page that was looked at so many days ago, its newest link first seen just before."""
    at = NOW - days_ago * DAY
    told = {
        "looks": 1,
        "telling": 1,
        "last_at": at,
        "told_at": at,
        "newest": at,
        "last_told": "page",
    }
    return replace(PAGE, **(told | known))


RHYTHM = [
    # telling looks, days until the next
    (1, 1), (2, 2), (3, 4), (4, 7), (11, 7), (12, 30), (50, 30),
]  # fmt: skip


@pytest.mark.parametrize(("telling", "days"), RHYTHM)
def test_a_new_link_is_looked_at_on_days_1_3_and_7_then_weekly_then_monthly(
    telling: int, days: int
) -> None:
    page = looked(0, telling=telling, looks=telling)
    assert due(page)[0] == NOW + days * DAY


def test_an_old_link_begins_weekly() -> None:
    page = looked(0, newest=NOW - 200 * DAY)
    assert due(page) == (NOW + 7 * DAY, "weekly")
    assert due(replace(page, newest=None))[0] == NOW + 7 * DAY


CASES = [
    (PAGE, EPOCH, "never checked"),
    (looked(0, suspect=True), NOW + DAY, "a link is missing or changed there"),
    (looked(0, standing=False), NOW + 30 * DAY, "lost, may return"),
    (looked(0, last_told="interrupted"), NOW + DAY / 24, "its look was interrupted"),
    (looked(0, blind=1, last_told="blocked"), NOW + DAY, "could not be seen (blocked)"),
    (looked(0, blind=2, last_told="blocked"), NOW + 2 * DAY, "could not be seen (blocked)"),
    (looked(0, blind=9, last_told="blocked"), NOW + 7 * DAY, "could not be seen (blocked)"),
    (looked(0, purpose="target"), NOW + 7 * DAY, "weekly"),
    (looked(0, next_allowed=NOW + 3 * DAY), NOW + 3 * DAY, "its server asked to wait"),
    (looked(0, next_allowed=NOW + 9_000 * DAY), NOW + 30 * DAY, "its server asked to wait"),
]


@pytest.mark.parametrize(("page", "at", "why"), CASES, ids=str)
def test_when_a_page_is_due_and_why(page: Page, at: datetime, why: str) -> None:
    assert due(page) == (at, why)


def test_what_is_not_due_is_not_listed_and_its_time_is_told() -> None:
    assert in_order([looked(0.5)]) == []
    known = stakes([looked(0.5), looked(0.1), PAGE], NOW)
    assert (known.due, known.later) == (1, NOW + 0.5 * DAY)
    assert stakes([], NOW).later is None


def in_order(pages: list[Page], most: int = 1000) -> list[Due]:
    return ordered(pages, NOW, stakes(pages, NOW), most)


def urls(pages: list[Page]) -> list[str]:
    return [each.page.page for each in in_order(pages)]


def test_more_at_stake_comes_first_and_a_loss_that_waits_for_its_proof_before_all() -> None:
    plain = replace(looked(2), page="plain")
    visited = replace(looked(2), page="visited", monthly_visits=90.0)
    paid = replace(looked(2), page="paid", paid=True)
    ranked = replace(looked(2), page="ranked", search_share=0.4)
    assert urls([plain, visited])[0] == "visited"
    assert urls([plain, paid])[0] == "paid"
    assert urls([plain, ranked])[0] == "ranked"
    suspect = replace(looked(1), page="suspect", suspect=True, monthly_visits=90.0)
    assert urls([plain, visited, suspect])[0] == "suspect"


def test_the_longer_overdue_comes_first() -> None:
    assert urls([replace(looked(2), page="b"), replace(looked(5), page="c")]) == ["c", "b"]


PAGES = st.builds(
    lambda ago, telling, blind, visits, share, suspect, paid, page: replace(
        looked(ago, telling=telling, blind=blind, suspect=suspect, paid=paid),
        page=page,
        monthly_visits=visits,
        search_share=share,
    ),
    st.floats(-2, 100),
    st.integers(0, 30),
    st.integers(0, 9),
    st.floats(0, 1e6),
    st.floats(0, 1),
    st.booleans(),
    st.booleans(),
    st.text("abc", min_size=1),
)


@given(st.lists(PAGES), st.randoms(use_true_random=False))
def test_the_order_is_total_and_no_page_within_its_gap_is_in_it(pages: list[Page], chance) -> None:
    found = in_order(pages)
    assert all(each.page.last_at + DAY <= NOW for each in found if each.page.last_at)
    shuffled = list(pages)
    chance.shuffle(shuffled)
    again = in_order(shuffled)
    key = [(each.weight, each.page.page, each.page.purpose) for each in found]
    assert key == [(each.weight, each.page.page, each.page.purpose) for each in again]
    assert in_order(pages, 3) == found[:3], "a shorter list is the beginning of a longer one"
    assert stakes(pages, NOW).due == len(found)
