"""Dates of many spellings, and the ones that may mean two days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources import dates

START = date(1970, 1, 1)
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))


def read_day(cell: str, day_first: bool | None = None) -> date:
    return START + timedelta(days=dates.day(cell, day_first))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-03",
        "2026/09/03",
        "20260903",
        "2026-09-03 00:00:00",
        "03.09.2026",
        "3. 9.2026".replace(" ", ""),
        "Sep 3, 2026",
        "September 3rd, 2026",
        "3 Sept 2026",
        "3. September 2026",
        "3 sept. 2026",
        "3 de septiembre de 2026",
        "3 settembre 2026",
        "3 września 2026",
        "3-Sep-2026",
    ],
)
def test_one_day_in_many_spellings(cell: str) -> None:
    assert read_day(cell) == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("cell", "day_first", "expected"),
    [
        ("03/04/2026", True, date(2026, 4, 3)),
        ("03/04/2026", False, date(2026, 3, 4)),
        ("13/04/2026", None, date(2026, 4, 13)),
        ("04/13/2026", None, date(2026, 4, 13)),
        ("04/04/2026", None, date(2026, 4, 4)),
        ("13/04/2026", False, date(2026, 4, 13)),
    ],
)
def test_numeric_days(cell: str, day_first: bool | None, expected: date) -> None:
    assert read_day(cell, day_first) == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("03/04/2026", "nothing in the file tells"),
        ("2026-02-30", "not a date"),
        ("13/13/2026", "not a date"),
        ("0001-01-01", "not plausible"),
        ("3 Foo 2026", "not the name of a month"),
        ("3/4/26", "not a date that can be read"),
        ("yesterday", "not a date that can be read"),
    ],
)
def test_days_refused(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        dates.day(cell, None)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-05-09 22:51:08", datetime(2026, 5, 9, 22, 51, 8, tzinfo=UTC)),
        ("2026-05-09T22:51:08Z", datetime(2026, 5, 9, 22, 51, 8, tzinfo=UTC)),
        ("2026-05-09T22:51:08+02:00", datetime(2026, 5, 9, 20, 51, 8, tzinfo=UTC)),
        ("31/07/2013 14:05", datetime(2013, 7, 31, 14, 5, tzinfo=UTC)),
        ("Sep 3, 2026 2:05 PM", datetime(2026, 9, 3, 14, 5, tzinfo=UTC)),
        ("Sep 3, 2026, 12:05 AM", datetime(2026, 9, 3, 0, 5, tzinfo=UTC)),
    ],
)
def test_times_of_day_are_exact(cell: str, expected: datetime) -> None:
    micros = int(expected.timestamp()) * 1_000_000
    assert dates.moment(cell, None) == (micros, micros)


@pytest.mark.parametrize("cell", ["2026-05-09", "2026-05-09 00:00:00", "09.05.2026 00:00"])
def test_a_mere_day_is_all_of_it(cell: str) -> None:
    start = int(datetime(2026, 5, 9, tzinfo=UTC).timestamp()) * 1_000_000
    assert dates.moment(cell, None) == (start, start + 86_400_000_000 - 1)


@pytest.mark.parametrize("cell", ["2026-05-09 25:00:00", "31/07/2013 24:61", "2026-05-09 noon"])
def test_times_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        dates.moment(cell, None)


@given(DAYS, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%b %d, %Y", "%d %B %Y"]))
def test_what_is_certain_is_read_back(day: date, pattern: str) -> None:
    assert read_day(day.strftime(pattern)) == day


@given(st.lists(DAYS, min_size=1), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"]))
def test_a_file_never_tells_the_wrong_order(days: list[date], pattern: str) -> None:
    told = dates.order_of(day.strftime(pattern) for day in days)
    assert told in (None, pattern.startswith("%d"))
    assert told is not None or all(day.day <= 12 for day in days)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2026-09-04", "2026-09-04", "2026-09-04"),
        ("2026-09", "2026-09-01", "2026-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-09-04,2026-09-10", "2026-09-04", "2026-09-10"),
        ("From 2026-09-04 to 2026-09-10", "2026-09-04", "2026-09-10"),
    ],
)
def test_spans(cell: str, first: str, last: str) -> None:
    days = dates.span(cell, None)
    assert [str(START + timedelta(days=each)) for each in days] == [first, last]


@pytest.mark.parametrize("cell", ["2026-13", "2026-09-10,2026-09-04", "last week", "0001"])
def test_spans_that_are_none(cell: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        dates.span(cell, None)
