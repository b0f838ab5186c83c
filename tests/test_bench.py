"""The benchmarks' harness: what holds, what is shown, and how a missed bar ends."""

from __future__ import annotations

import json

import pytest

from bench.__main__ import MISSED, _judge, names
from bench.measure import Measure


def measure(score: float | None, bar: float | None, better: str = "higher") -> Measure:
    return Measure("lines", 1.0, 2.0, score, bar, "lines/s", better)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("taken", "holds"),
    [
        (measure(2.0, 1.0), True),
        (measure(0.5, 1.0), False),
        (measure(0.5, 1.0, "lower"), True),
        (measure(2.0, 1.0, "lower"), False),
        (measure(2.0, None), True),
        (measure(None, 1.0), False),
        (measure(None, None), False),
    ],
)
def test_a_measure_holds_on_the_right_side_of_its_bar(taken: Measure, holds: bool) -> None:
    assert taken.holds == holds


def test_one_missed_bar_tells_in_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert _judge(iter([measure(2.0, 1.0)]), as_json=True) == 0
    assert _judge(iter([measure(2.0, 1.0), measure(0.5, 1.0)]), as_json=True) == MISSED
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["holds"] for line in printed] == [True, True, False]


def test_every_promised_benchmark_is_there() -> None:
    promised = "dashboard day fetch harmonic log pagerank startup store truth warc wat whatif"
    assert set(promised.split()) <= set(names())
