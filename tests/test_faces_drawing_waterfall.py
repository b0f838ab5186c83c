"""Bars of a whole: each begins where the one before ends, and the last ends at the whole."""

from __future__ import annotations

from itertools import pairwise

import pytest
from lxml import etree

from backref.faces.drawing.waterfall import LEFT, RIGHT, WIDTH, Part, drawn

PARTS = [Part("a.example", 0.5), Part("<b>&.example", 0.3), Part("9 more", 0.2, "rest")]


def bars(parts: list[Part]) -> list[tuple[float, float]]:
    tree = etree.fromstring(drawn(parts, "Parts"))
    found = [bar for bar in tree.iter("rect") if bar.get("class") != "reach"]
    return [(float(bar.get("x")), float(bar.get("width"))) for bar in found]


def test_each_bar_begins_where_the_one_before_ends():
    drawn_bars = bars(PARTS)
    for (x, width), (following, _) in pairwise(drawn_bars):
        assert x + width == pytest.approx(following, abs=0.2)
    x, width = drawn_bars[-1]
    assert x + width == pytest.approx(WIDTH - RIGHT, abs=0.2)
    assert drawn_bars[0][0] == LEFT


def test_it_is_told_in_its_label_and_escaped():
    text = drawn(PARTS, "Parts")
    assert 'role="img"' in text
    assert "Parts: a.example 50 %" in text
    assert "<b>" not in text


def test_nothing_is_drawn_of_nothing():
    assert bars([]) == []
