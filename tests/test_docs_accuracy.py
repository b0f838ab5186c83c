"""The accuracy page: every bar on it holds, and its lines say what measures say."""

from __future__ import annotations

import operator

import pytest

from bench.measure import Measure
from docs import accuracy

HOLDS = {">=": operator.ge, "<=": operator.le}


MISSED = {"small": set[str](), "medium": {"inferred is right"}}
"""What does not hold, and docs/explanation/certainty.md says so."""


@pytest.mark.parametrize("size", accuracy.PAGES)
def test_every_bar_on_the_page_holds(size: str) -> None:
    rows = [line.split("|") for line in accuracy.PAGES[size].read_text("utf-8").splitlines()]
    barred = [row for row in rows if len(row) == 7 and row[5].strip()[:2] in HOLDS]
    assert len(barred) >= 20
    missed = set()
    for row in barred:
        sign, bar = row[5].split()
        if not HOLDS[sign](float(row[3]), float(bar)):
            missed.add(row[1].strip())
    assert missed == MISSED[size]


def test_a_line_says_score_spread_and_bar() -> None:
    held = Measure("bots: recall", 9, 10, 0.9, 0.85, "share")
    line = accuracy._line(held, [0.8, 1.0])
    assert line == "| recall | 10 | 0.9000 | 0.9000 ± 0.2000 | >= 0.85 |"
    nothing = Measure("states: lost is dead", 0, 0, None, None, "share")
    assert accuracy._line(nothing, []) == "| lost is dead | 0 | nothing to judge |  |  |"
