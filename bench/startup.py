"""How long `backref --help` takes beside a bare Python: people wait for it each time."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from bench.measure import Measure, stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.measure import Size

RUNS = {"small": 7, "full": 21}
BAR_MILLISECONDS = 300.0
HELP = "from backref.faces.cli import main; import sys; sys.argv = ['backref', '--help']; main()"


def run(size: Size) -> Iterator[Measure]:
    """The quickest of several starts, interleaved with those of a bare Python: other work on the
    machine only ever adds to a start."""
    ours, bare = [], []
    for _ in range(RUNS[size]):
        ours.append(_milliseconds([sys.executable, "-c", HELP]))
        bare.append(_milliseconds([sys.executable, "-c", "pass"]))
    yield Measure(
        "backref --help",
        min(ours),
        min(bare),
        min(ours),
        BAR_MILLISECONDS,
        "ms",
        better="lower",
        note="theirs: a bare Python",
    )


def _milliseconds(command: Sequence[str]) -> float:
    with stopwatch() as watch:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return watch.seconds * 1000
