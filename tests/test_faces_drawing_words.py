from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from backref.faces.drawing import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "not measurable"),
        (0, "0"),
        (0.0, "0"),
        (1e-7, "0"),
        (0.04, "<0.1"),
        (8.0000004, "8"),
        (-2.25, "-2.2"),
        (0.3, "0.3"),
        (2.0, "2"),
        (12.34, "12.3"),
        (1234.56, "1,234.6"),
    ],
)
def test_a_count(value: float | None, said: str) -> None:
    assert words.count(value) == said


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (429.0000001, "429"),
        (38.54545454545, "38.545455"),
        (1234567.8, "1234567.8"),
        (0.99999999, "1"),
        (0.00012345678, "0.000123457"),
        (1.5e-9, "1.5e-09"),
        (-2.5, "-2.5"),
        (1e300, str(int(1e300))),
        (float("inf"), "inf"),
    ],
)
def test_a_number_for_programs(value: float, written: str) -> None:
    assert words.plain(value) == written


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (None, "no rating"),
        (0.0, "0 %"),
        (0.00001, "<0.01 %"),
        (0.0012, "0.12 %"),
        (0.034, "3.4 %"),
        (0.5, "50 %"),
        (1.0, "100 %"),
    ],
)
def test_a_share(share: float | None, said: str) -> None:
    assert words.percent(share, "no rating") == said


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (None, 3, ""),
        (3, None, ""),
        (3, 3.0000001, "as many as in the week before"),
        (3, 3.2, "\u22120.2 against the week before"),
        (1500, 300, "+1,200 against the week before"),
        (1, 4, "\u22123 against the week before"),
    ],
)
def test_a_change(now: float | None, before: float | None, said: str) -> None:
    assert words.change(now, before, "the week before") == said


def test_a_rate_needs_its_interval() -> None:
    assert words.rate(0.125, 0.1, 0.15) == "12.5 % (10.0\u201315.0)"
    assert words.rate(None, None, None) == "no visits"
    assert words.rate(0.1, None, None) == "no visits"


def test_a_day() -> None:
    assert words.day(date(2026, 11, 8)) == "8 November 2026"


LO, HI = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"state": "lost", "reason": "link removed", "lost_after": LO, "lost_before": HI},
            "link removed, after 1 October 2026, by 3 November 2026",
        ),
        ({"state": "reported lost", "lost_before": HI}, "by 3 November 2026"),
        ({"state": "live", "lost_before": HI, "last_seen": LO}, "last seen 1 October 2026"),
        ({"state": "live", "last_seen": LO}, "last seen 1 October 2026"),
        ({"state": "unknown"}, "undated"),
        ({"state": "unknown", "reason": "unverified", "last_seen": LO}, "last seen 1 October 2026"),
        (
            {"state": "unknown", "reason": "blocked", "last_seen": LO},
            "blocked, last seen 1 October 2026",
        ),
    ],
)
def test_what_stands_behind_a_state(row: dict[str, Any], said: str) -> None:
    known = {"reason": None, "lost_after": None, "lost_before": None, "last_seen": None, **row}
    assert words.standing(SimpleNamespace(**known)) == said  # type: ignore[arg-type]
