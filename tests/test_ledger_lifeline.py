from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.lifeline import STRENGTH, Run, cells, monday, weekly, weeks

MONDAY = date(2026, 11, 16)
SHOWN = weeks(date(2026, 11, 22), 6)


def ago(count: int) -> date:
    return MONDAY - timedelta(weeks=count)


def test_weeks_end_with_the_one_that_holds_the_day() -> None:
    assert weeks(date(2026, 11, 22))[-1] == weeks(MONDAY)[-1] == MONDAY
    assert len(weeks(MONDAY)) == 52
    assert monday(date(2026, 11, 22)) == MONDAY


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], ["", "", "", "", "", ""]),
        ([Run(ago(3), ago(2), "archive")], ["", "", "archive", "archive", "", ""]),
        ([Run(ago(90), None, "vendor")], ["vendor"] * 6),
        ([Run(ago(90), ago(80), "vendor")], [""] * 6),
        ([Run(ago(-4), None, "vendor")], [""] * 6),
        (
            [Run(ago(1), None, "archive", nofollow=True)],
            ["", "", "", "", *["archive nofollow"] * 2],
        ),
        ([Run(ago(1), None, "lost", nofollow=True)], ["", "", "", "", "lost", "lost"]),
        (
            [
                Run(ago(5), None, "vendor"),
                Run(ago(2), ago(2), "verified"),
                Run(ago(0), None, "lost"),
            ],
            ["vendor", "vendor", "vendor", "verified", "vendor", "lost"],
        ),
        ([Run(ago(0), None, "reported"), Run(ago(0), ago(0), "archive")], [""] * 5 + ["archive"]),
    ],
)
def test_cells(runs: list[Run], expected: list[str]) -> None:
    assert list(cells(runs, SHOWN)) == expected


run = st.builds(
    Run,
    st.integers(-3, 10).map(ago),
    st.one_of(st.none(), st.integers(-3, 10).map(ago)),
    st.sampled_from(sorted(STRENGTH)),
    st.booleans(),
)


@given(st.lists(run, max_size=6), st.randoms())
def test_order_of_runs_never_matters(runs: list[Run], random: object) -> None:
    shuffled = sorted(runs, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert cells(runs, SHOWN) == cells(shuffled, SHOWN)


@given(st.lists(run, max_size=6))
def test_a_cell_is_the_strongest_run_of_its_week(runs: list[Run]) -> None:
    for week, cell in zip(SHOWN, cells(runs, SHOWN), strict=True):
        of_week = [one.cell for one in runs if one.week_lo <= week <= (one.week_hi or MONDAY)]
        strongest = max(of_week, key=STRENGTH.__getitem__, default="")
        assert cell.removesuffix(" nofollow") == strongest


def test_weekly_visits_are_zero_where_there_was_none() -> None:
    assert weekly({ago(1): 2.5}, SHOWN) == (0, 0, 0, 0, 2.5, 0)
