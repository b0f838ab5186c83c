"""The five numbers in words."""

from __future__ import annotations

from backref.faces.drawing.summary import figure
from backref.faces.query.rows import Number


def test_gains_and_losses_stand_side_by_side_and_the_period_before_is_no_difference() -> None:
    parts: dict[str, float | None] = {
        "gained": 5,
        "lost, confirmed": 4,
        "lost, reported": 1,
        "gained before": 3,
        "lost before": 2,
    }
    told = figure(Number("referring domains gained less lost", 0, 1, parts=parts), 28)
    assert told.label == "Referring domains gained and lost"
    assert (told.value, told.delta) == ("+5 −5", "+3 −2 in the 28 days before")
    assert told.tone == "flat"


def test_a_difference_has_a_tone() -> None:
    assert figure(Number("conversions from links", 3, 5), 28).tone == "bad"
    assert figure(Number("conversions from links", 5, 3), 28).tone == "good"
