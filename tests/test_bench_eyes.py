"""How what was said of watched links is judged against what happened."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backref.world import links
from backref.world.mischief import Happening
from bench import eyes
from bench.watching import START, Watched

WEB = links.build(7, date(2026, 1, 1), START + 56, 45)
ONE, TWO = WEB.links[0], WEB.links[1]


def said(link: links.Link, kind: str, after: float, before: float, known: float) -> dict[str, Any]:
    return {
        "source_page": link.page.key, "target_page": link.target_key, "kind": kind,
        "certainty": "confirmed", "after": WEB.moment(after), "before": WEB.moment(before),
        "confirmed_at": WEB.moment(known),
    }  # fmt: skip


def world(events: list[dict[str, Any]], happened: list[Happening]) -> Watched:
    named = {(link.page.key, link.target_key): link for link in (ONE, TWO)}
    return Watched(WEB, named, {ONE.number}, happened, events, events[:1], 100, 56.0)


def test_what_is_said_counts_where_it_happened_between_its_looks() -> None:
    events = [
        said(ONE, "lost", 35, 40, 42),
        said(TWO, "lost", 35, 40, 42),
        {**said(TWO, "lost", 50, 55, 57), "certainty": "once"},
    ]
    happened = [Happening(ONE, "lost", 38.0), Happening(TWO, "lost", 41.0)]
    found = eyes.judged(world(events, happened), "lost")
    assert found[:4] == (2, 1, 2, 1)
    assert found.days == [pytest.approx(4.0)]
    assert eyes.judged(world(events, happened), "lost", agreed=True)[:4] == (1, 1, 1, 1)
    assert eyes.judged(world(events, happened), "nofollowed")[:4] == (0, 0, 0, 0)


def test_what_happened_at_the_end_is_no_miss() -> None:
    late = [Happening(ONE, "lost", START + 56 - eyes.LATEST + 1)]
    assert eyes.judged(world([], late), "lost")[:4] == (0, 0, 0, 0)


def test_false_alarms_are_counted_by_links_and_months() -> None:
    events = [said(ONE, "lost", 35, 40, 42)]
    measures = {measure.name: measure for measure in eyes.measures([world(events, [])])}
    alarms = measures["eyes: false alarms"]
    assert alarms.score == pytest.approx(1000 / (2 * 56 / 30))
    assert not alarms.holds
    assert measures["eyes: lost, precision"].score == 0.0
    assert "eyes: lost, recall" not in measures
