from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backref.ledger.changes import Change, Life, between, headline

END = datetime(2026, 11, 22, tzinfo=UTC)
START = END - timedelta(days=7)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("life", "gained", "confirmed", "reported"),
    [
        (Life("new", "live", END - DAY, None, None), 1, 0, 0),
        (Life("baseline", "live", None, None, None), 0, 0, 0),
        (Life("old", "live", START - DAY, None, None), 0, 0, 0),
        (Life("edge", "live", START, None, None), 0, 0, 0),
        (Life("just now", "live", END, None, None), 1, 0, 0),
        (Life("lost", "lost", None, END - DAY, None), 0, 1, 0),
        (Life("reported", "reported lost", None, END - DAY, None), 0, 0, 1),
        (Life("suspect", "suspect", None, END - DAY, None), 0, 0, 0),
        (Life("long lost", "lost", None, START - DAY, None), 0, 0, 0),
        (Life("brief", "lost", END - 2 * DAY, END - DAY, None), 1, 1, 0),
    ],
)
def test_what_counts_as_a_change(life: Life, gained: int, confirmed: int, reported: int) -> None:
    change = between([life], START, END)
    assert (change.gained, change.confirmed, change.reported) == (gained, confirmed, reported)
    assert change.lost == confirmed + reported


def test_visits_of_the_lost_are_summed_where_measured() -> None:
    lives = [Life(str(sent), "lost", None, END, sent) for sent in (400.0, 12.0, None)]
    assert between(lives, START, END).visits_lost == 412
    assert between(lives[2:], START, END).visits_lost is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            Change(0, 2, 1, 412.0),
            (
                "3 referring domains lost this week; those sites sent 412 visits a month in "
                "their last 90 days."
            ),
        ),
        (
            Change(2, 1, 0, 1.2),
            (
                "1 referring domain lost this week; that site sent 1 visit a month in its last 90 "
                "days. 2 referring domains gained."
            ),
        ),
        (
            Change(0, 1, 0, None),
            "1 referring domain lost this week; what it sent is not known without a log.",
        ),
        (
            Change(1, 0, 0, None),
            "No referring domain was lost this week; 1 referring domain gained.",
        ),
    ],
)
def test_headline(change: Change, sentence: str) -> None:
    assert headline(change) == sentence


def test_a_headline_names_its_days() -> None:
    said = headline(Change(0, 2, 1, 412.0), "16 to 22 November 2026")
    assert said.startswith("3 referring domains lost this week (16 to 22 November 2026);")
