"""The life of a link and the visits of days, drawn as SVG that says in words what it shows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from backref.faces.drawing import days, life
from backref.faces.drawing.strip import NAMES, WEEKS

FIRST = date(2025, 12, 1)
SHOWN = [FIRST + timedelta(weeks=week) for week in range(WEEKS)]
counts = st.floats(0, 1e9, allow_nan=False)


def label(svg: str) -> str:
    return etree.fromstring(svg).get("aria-label") or ""


@given(
    st.lists(st.sampled_from(list(NAMES)), min_size=WEEKS, max_size=WEEKS),
    st.lists(counts, min_size=WEEKS, max_size=WEEKS),
    st.lists(counts, min_size=WEEKS, max_size=WEEKS),
)
def test_bars_stack_within_the_frame(
    cells: list[str], one: list[float], other: list[float]
) -> None:
    drawing = life.drawn(cells, SHOWN, {"page": one, "only candidate": other})
    root = etree.fromstring(drawing)
    floor = life.CELL_HEIGHT + life.GAP + life.BARS
    for path in root.xpath("//*[starts-with(@class, 'c-')]/@d"):
        heights = [float(found) for found in re.findall(r"V(-?[\d.]+)", path)]
        assert all(life.CELL_HEIGHT - 0.1 <= height <= floor + 0.1 for height in heights)
    assert f"{sum(one) + sum(other):.0f} visits" in label(drawing)


def test_a_life_that_cannot_be_measured_says_so() -> None:
    drawing = life.drawn([""] * WEEKS, SHOWN, None)
    assert "not measurable" in label(drawing)
    assert "c-" not in drawing


@pytest.mark.parametrize(("most", "top"), [(0, 1), (1, 1), (1.2, 2), (37, 50), (501, 1000)])
def test_the_scale_ends_with_a_round_number(most: float, top: int) -> None:
    assert life.ceiling(most) == top


def test_days_without_a_figure_break_the_line() -> None:
    shown = [FIRST + timedelta(days=day) for day in range(5)]
    drawing = days.drawn(shown, [1, 2, None, 4, 5], [None] * 5)
    now = etree.fromstring(drawing).xpath("//*[@class='now']/@d")[0]
    assert (now.count("M"), now.count("L")) == (2, 2)
    assert etree.fromstring(drawing).xpath("//*[@class='before']/@d") == [""]
    assert "12 visits" in label(drawing)
    assert "no log" in label(drawing)


@pytest.mark.parametrize("width", [days.WIDE, days.NARROW])
@pytest.mark.parametrize("count", [1, 7, 28, 365])
def test_names_of_days_do_not_run_into_each_other(width: int, count: int) -> None:
    shown = [FIRST + timedelta(days=day) for day in range(count)]
    root = etree.fromstring(days.drawn(shown, [1.0] * count, [1.0] * count, width))
    places = [float(at) for at in root.xpath("//*[@text-anchor='middle']/@x")]
    assert all(later - sooner > 40 for sooner, later in pairwise(places))
