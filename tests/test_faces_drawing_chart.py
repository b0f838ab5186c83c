"""The chart: every domain has a place, also those a logarithm cannot show."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from backref.faces.drawing.chart import NARROW, WIDE, Point, Size, chart

points = st.builds(
    Point,
    name=st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=40),
    search=st.none() | st.floats(0, 1),
    engaged=st.none() | st.floats(0, 1e7),
    group=st.sampled_from(
        ["champions", "authority only", "people only", "neither", "not measurable"]
    ),
    is_new=st.booleans(),
    is_lost=st.booleans(),
)


@given(st.lists(points, max_size=30), st.sampled_from([WIDE, NARROW]))
@settings(deadline=None)
def test_every_domain_stands_inside_the_frame(found: list[Point], size: Size) -> None:
    root = ElementTree.fromstring(chart(found, size))
    titles = [title.text or "" for title in root.iter("title")]
    others = [re.search(r" and ([\d,]+) more$", title) for title in titles]
    told = sum(1 + (int(more[1].replace(",", "")) if more else 0) for more in others)
    assert told == len(found)
    for mark in root.iter("circle"):
        assert 0 <= float(mark.get("cx", "-1")) <= size.width
        assert 0 <= float(mark.get("cy", "-1")) <= size.height


def test_a_drawing_does_not_grow_with_what_stands_in_one_place() -> None:
    crowd = [Point(f"other{at}.example", 0.01, 2.0, "neither") for at in range(3_000)]
    best = Point("best.example", 0.9, 2.0, "neither")
    fresh = Point("new.example", 0.01, 2.0, "neither", is_new=True)
    drawing = chart([best, fresh, *crowd], WIDE)
    titles = [title.text for title in ElementTree.fromstring(drawing).iter("title")]
    assert titles == ["new.example", "other2999.example and 2,999 more", "best.example"]


def test_what_cannot_be_measured_stands_below_zero() -> None:
    found = [
        Point("none.example", 0.1, 0.0, "authority only"),
        Point("unknown.example", 0.1, None, "not measurable"),
        Point("some.example", 0.1, 10.0, "champions"),
    ]
    root = ElementTree.fromstring(chart(found, WIDE))
    height = {m.find("title").text: float(m.find("circle").get("cy")) for m in root.iter("g")}  # type: ignore[union-attr, arg-type]
    assert height["some.example"] < height["none.example"] < height["unknown.example"]


def test_names_from_outside_are_escaped() -> None:
    hostile = Point('<script>alert(1)</script>"', 0.5, 50.0, "champions")
    assert "<script" not in chart([hostile], WIDE)


@given(st.lists(points, max_size=30), st.sampled_from([WIDE, NARROW]), st.floats(0.001, 1))
@settings(deadline=None)
def test_no_name_leaves_the_plot(found: list[Point], size: Size, share: float) -> None:
    leader = Point("the-longest-name-of-all.example", share, 50.0, "champions")
    for label in ElementTree.fromstring(chart([*found, leader], size)).iter("text"):
        if label.get("class") == "label":
            at = float(label.get("x", "-1"))
            wide = len(label.text or "") * size.text * 0.6
            left = at - wide if label.get("text-anchor") == "end" else at
            assert left > 64
            assert left + wide < size.width - 18 + 0.2


def test_leaders_are_named_rather_than_what_has_room() -> None:
    crowd = [Point(f"other{at}.example", 0.2, 10.0 + at, "neither") for at in range(9)]
    drawing = chart([*crowd, Point("best.example", 0.01, 90.0, "champions")], NARROW)
    labels = [
        text.text
        for text in ElementTree.fromstring(drawing).iter("text")
        if text.get("class") == "label"
    ]
    assert labels == ["best.example"]
