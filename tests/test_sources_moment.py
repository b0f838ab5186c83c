from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources.moment import UNDATED, interval


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "lo", "hi"),
    [
        ("2026-11-23T12:34:56Z", at(2026, 11, 23, 12, 34, 56), at(2026, 11, 23, 12, 34, 56)),
        (
            "2026-11-23T12:34:56.123456789Z",
            at(2026, 11, 23, 12, 34, 56, 123456),
            at(2026, 11, 23, 12, 34, 56, 123456),
        ),
        ("2026-11-23T12:34:56+02:00", at(2026, 11, 23, 10, 34, 56), at(2026, 11, 23, 10, 34, 56)),
        ("20080430204825", at(2008, 4, 30, 20, 48, 25), at(2008, 4, 30, 20, 48, 25)),
        ("2026-11-23T12:34Z", at(2026, 11, 23, 12, 34), at(2026, 11, 23, 12, 34, 59)),
        ("2026-11-23", at(2026, 11, 23), at(2026, 11, 23, 23, 59, 59, 999999)),
        ("2024-02", at(2024, 2, 1), at(2024, 2, 29, 23, 59, 59, 999999)),
        ("2024", at(2024, 1, 1), at(2024, 12, 31, 23, 59, 59, 999999)),
        ("2023", at(2023, 1, 1), at(2023, 12, 31, 23, 59, 59, 999999)),
    ],
)
def test_dates_mean_what_their_precision_says(text: str, lo: datetime, hi: datetime) -> None:
    assert interval(text) == (lo, hi)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-02-30", "0000-01-01T00:00:00Z", "20"]
)
def test_what_is_no_date_is_undated(text: str) -> None:
    assert interval(text) == UNDATED


@given(st.text(alphabet="0123456789-T:Z.+", max_size=30))
def test_no_text_raises_and_the_ends_are_in_order(text: str) -> None:
    lo, hi = interval(text)
    assert (lo is None) == (hi is None)
    assert lo is None or hi is None or lo <= hi
