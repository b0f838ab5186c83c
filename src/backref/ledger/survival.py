"""How long links live: Kaplan and Meier's curve (JASA 53, 1958) with Greenwood's variance in
log-log intervals, and what a living link may still expect.

A loss is only known to lie between two looks. The curve is drawn thrice, with each loss at the
first, the middle and the last instant that it may have had: the middle one speaks, and intervals
reach from the lower end of the first to the upper end of the last. A link that lives, or that
nobody can tell of any more, is followed until it was seen last. All times are days since a link
was first seen, which is not when it was made.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from backref.ledger.interval import Z95, byar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ENOUGH = 5
"""Of fewer losses no median and no expectation is said."""
PLACES = (0.0, 0.5, 1.0)
"""Where between its first and last instant a loss is thought to stand."""


class Lives(NamedTuple):
    """Days of many links: each stood until `low` at least, and was lost not after `high`, which is
    not a number for one that was not lost."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @property
    def lost(self) -> NDArray[np.bool_]:
        """Which of them were lost."""
        return ~np.isnan(self.high)

    def ends(self, place: float) -> NDArray[np.float64]:
        """When each life ended, its loss standing so far between its first and last instant."""
        return np.where(self.lost, self.low + place * (self.high - self.low), self.low)

    def some(self, chosen: NDArray[Any]) -> Lives:
        """The lives in these places."""
        return Lives(self.low[chosen], self.high[chosen])


class Step(NamedTuple):
    """The curve from a day on: the share that still lives, with its 95 % interval."""

    day: float
    share: float
    low: float
    high: float


class Estimate(NamedTuple):
    """A value with its 95 % interval; an end that the data do not reach is None."""

    value: float
    low: float | None
    high: float | None


def kaplan_meier(ends: NDArray[np.float64], lost: NDArray[np.bool_]) -> list[Step]:
    """The curve of lives that ended, by loss or by nobody looking any longer, on these days: a
    step for each day of losses. Who left on a day of losses was there when they happened.

    S(t) = Π (1 - d/n); its variance by Greenwood is S² Σ d/(n (n - d)), and the interval is
    S^exp(± z √Σ / ln S).
    """
    steps: list[Step] = []
    share, spread = 1.0, 0.0
    order = np.argsort(ends, kind="stable")
    days, gone = ends[order], lost[order]
    times, first = np.unique(days, return_index=True)
    deaths = np.add.reduceat(gone.astype(int), first) if len(days) else ()
    for day, start, died in zip(times.tolist(), first.tolist(), deaths, strict=True):
        if not died:
            continue
        at_risk = len(days) - start
        share *= 1 - int(died) / at_risk
        if at_risk > died:
            spread += int(died) / (at_risk * (at_risk - int(died)))
        steps.append(Step(day, share, *_interval(share, spread)))
    return steps


def _interval(share: float, spread: float) -> tuple[float, float]:
    """The log-log interval; where none lives on nothing is known of the variance."""
    if not 0 < share < 1:
        return 0.0, 1.0
    reach = Z95 * sqrt(spread) / log(share)
    return share ** exp(-reach), share ** exp(reach)


def share_at(steps: Sequence[Step], day: float) -> Step:
    """The step that holds on a day."""
    held = bisect_right([step.day for step in steps], day)
    return steps[held - 1] if held else Step(0.0, 1.0, 1.0, 1.0)


@dataclass(frozen=True)
class Survival:
    """The three curves of a group of lives; `followed` are the days until which each was followed
    at least, in order, and `longest` is the last day that any was."""

    links: int
    lost: int
    days: float
    longest: float
    followed: list[float]
    early: list[Step]
    middle: list[Step]
    late: list[Step]

    def share(self, day: float) -> Estimate | None:
        """How large a part lives for so many days; None after the last that was followed."""
        if not self.links or day > self.longest:
            return None
        steps = [share_at(curve, day) for curve in (self.early, self.middle, self.late)]
        lows = [step.low if step.share < 1 else self._unlost(day) for step in steps]
        return Estimate(steps[1].share, min(lows), max(step.high for step in steps))

    def _unlost(self, day: float) -> float:
        """The low end of the interval where none was lost, for which Greenwood's variance is
        nothing: Clopper and Pearson's (Biometrika 26, 1934) of those followed so long."""
        at_risk = len(self.followed) - bisect_left(self.followed, day)
        return float(0.025 ** (1 / at_risk)) if at_risk else 0.0

    @property
    def median(self) -> Estimate | None:
        """The day that half do not reach, where Brookmeyer and Crowley's interval (Biometrics 38,
        1982) begins and ends; None where it cannot be told."""
        value = _first(self.middle, "share")
        if value is None or self.lost < ENOUGH:
            return None
        return Estimate(value, _first(self.early, "low"), _first(self.late, "high"))


def _first(steps: Sequence[Step], of: str) -> float | None:
    """The first day on which a part of the curve is at half or below."""
    return next((step.day for step in steps if getattr(step, of) <= 0.5), None)


def survival(lives: Lives) -> Survival:
    """The curves of these lives."""
    lost, ends = lives.lost, [lives.ends(place) for place in PLACES]
    curves = [kaplan_meier(days, lost) for days in ends]
    longest = float(ends[-1].max(initial=0.0))
    followed = sorted(ends[0].tolist())
    return Survival(len(lost), int(lost.sum()), float(ends[1].sum()), longest, followed, *curves)


class Expectation:
    """What a link of a group may still expect at its age: the days that the group's links lived
    beyond that age for each that was lost beyond it, with Byar's interval of their number. It
    supposes that links beyond this age go on being lost as they were."""

    def __init__(self, lives: Lives) -> None:
        self._curves = [_Beyond(lives.ends(place), lives.lost) for place in PLACES]

    def at(self, age: float) -> Estimate | None:
        """The days to be expected beyond an age; None where too few were lost to say."""
        early, middle, late = (curve.at(age) for curve in self._curves)
        if middle[1] < ENOUGH or not middle[0]:
            return None
        fewest, most = byar(early[1])[1], byar(late[1])[0]
        return Estimate(middle[0] / middle[1], early[0] / fewest, late[0] / most if most else inf)


class _Beyond:
    """Days lived and links lost beyond any age, from sums over the lives in order of their end."""

    def __init__(self, ends: NDArray[np.float64], lost: NDArray[np.bool_]) -> None:
        order = np.argsort(ends, kind="stable")
        self._ends = ends[order]
        self._days = np.append(np.cumsum(self._ends[::-1])[::-1], 0.0)
        self._lost = np.append(np.cumsum(lost[order][::-1])[::-1], 0)

    def at(self, age: float) -> tuple[float, float]:
        first = int(np.searchsorted(self._ends, age, side="right"))
        days = float(self._days[first]) - age * (len(self._ends) - first)
        return max(days, 0.0), float(self._lost[first])
