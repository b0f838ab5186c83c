"""The lifeline strip: every week drawn once, told in words, with nothing from outside in it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.faces.drawing.strip import NAMES, WEEKS, strip

weeks = st.lists(st.sampled_from(sorted(NAMES)), min_size=WEEKS, max_size=WEEKS)
visits = st.none() | st.lists(st.floats(0, 1e6), min_size=WEEKS, max_size=WEEKS)


@given(weeks, visits)
def test_each_week_is_drawn_once(cells: list[str], counts: list[float] | None) -> None:
    root = ElementTree.fromstring(strip(cells, counts))
    life = [path for path in root if path.get("class") not in ("w-visits", "w-rule")]
    drawn = sum(len(re.findall(r"M\d", path.get("d", ""))) for path in life)
    crosses = sum(1 for cell in cells if cell in ("lost", "reported"))
    assert drawn == WEEKS
    assert sum(path.get("d", "").count("m0-5") for path in life) == crosses


@pytest.mark.parametrize(
    ("counts", "words"),
    [(None, "visits not measurable"), ([0.0] * WEEKS, "0 visits"), ([2.0] * WEEKS, "104 visits")],
)
def test_zero_unknown_and_a_number_are_three_things(counts: list[float] | None, words: str) -> None:
    assert words in strip([""] * WEEKS, counts)
