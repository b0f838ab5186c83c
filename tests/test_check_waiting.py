"""What Retry-After asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.check.waiting import LONGEST_SECONDS, retry_after

NOW = 1_735_732_800_000_000  # Wed, 01 Jan 2025 12:00:00 GMT
DATE = "Wed, 01 Jan 2025 12:00:00 GMT"


@pytest.mark.parametrize(
    ("status", "value", "date", "seconds"),
    [
        (503, "120", None, 120.0),
        (429, " 0 ", None, 0.0),
        (301, "5", None, 5.0),
        (308, "5", None, 5.0),
        (200, "5", None, None),
        (404, "5", None, None),
        (503, None, None, None),
        (503, "", None, None),
        (503, "soon", None, None),
        (503, "-5", None, None),
        (503, "1.5", None, None),
        (503, "٣", None, None),
        (503, "9" * 400, None, LONGEST_SECONDS),
        (503, "Wed, 01 Jan 2025 12:01:00 GMT", None, 60.0),
        (503, "Wed, 01 Jan 2025 12:01:00 GMT", "Wed, 01 Jan 2025 12:00:30 GMT", 30.0),
        (503, "Wed, 01 Jan 2025 12:01:00 GMT", "Wed, 01 Jan 2025 11:00:00 GMT", 3660.0),
        (503, "Wed, 01 Jan 2025 12:01:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", 60.0),
        (503, "Wednesday, 01-Jan-25 12:01:00 GMT", DATE, 60.0),
        (503, "Wed, 01 Jan 2025 11:00:00 GMT", DATE, 0.0),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", DATE, LONGEST_SECONDS),
        (503, "Wed, 99 Jan 2025 12:01:00 GMT", DATE, None),
    ],
)
def test_seconds_and_dates(
    status: int, value: str | None, date: str | None, seconds: float | None
) -> None:
    assert retry_after(status, value, date, NOW) == seconds


@given(st.text(max_size=60), st.none() | st.text(max_size=60))
def test_any_text_asks_for_a_bounded_wait(value: str, date: str | None) -> None:
    wait = retry_after(503, value, date, NOW)
    assert wait is None or 0 <= wait <= LONGEST_SECONDS
