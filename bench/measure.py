"""What a benchmark says: one figure of ours beside a peer's or the truth, and a bar to hold."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Size = Literal["small", "full"]


@dataclass(frozen=True)
class Measure:
    """One judged figure.

    `score` is what the bar judges: a ratio to the peer, an error against the truth, or the
    figure itself. `bar` None means that the figure is shown and not judged. A measure that could
    not be taken has `score` None and says why in `note`; it never holds.
    """

    name: str
    ours: float | None
    theirs: float | None
    score: float | None
    bar: float | None
    unit: str
    better: Literal["higher", "lower"] = "higher"
    note: str = ""

    @property
    def holds(self) -> bool:
        """Whether the score is on the right side of the bar."""
        if self.score is None:
            return False
        if self.bar is None:
            return True
        return self.score >= self.bar if self.better == "higher" else self.score <= self.bar

    def as_dict(self) -> dict[str, object]:
        """The measure as one flat object, for `--json`."""
        return {**asdict(self), "holds": self.holds}


@dataclass
class Watch:
    """Seconds that a `stopwatch` block took."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Watch]:
    """Time a block by the wall clock."""
    watch = Watch()
    begin = time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - begin


def figure(value: float | None) -> str:
    """A figure for people: at least three digits, thousands separated, `-` for none."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
