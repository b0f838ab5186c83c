"""Surges: days on which a source sent far more people than it does.

The usual is the mean of the 28 days before. Counts of such days are scattered wider than chance
alone would scatter them, by the ratio of their variance to their mean; the tail is that of the
counts' square roots, which are nearly normal (Anscombe 1948). Of all sources of a day those are
told whose tails pass together (Benjamini and Hochberg 1995), so that a site with very many sources
is not told of chance.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta
from math import erfc, sqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

USUAL = 28
LEAST_KNOWN = 14
"""Days of a log before anything is unusual."""
LEAST = 5
"""Visits of a day below which nothing is a surge."""
CHANCE = 0.001


class Surge(NamedTuple):
    """A source's first day of far more people: `visits` of that day, `usual` a day before."""

    source: str
    day: date
    visits: float
    usual: float

    @property
    def times(self) -> float:
        """How many times the usual; a source that sent nobody counts as one visit in 28 days."""
        return self.visits / max(self.usual, 1 / USUAL)


def surges(
    series: Mapping[str, Mapping[date, float]],
    logged: Iterable[date],
    since: date,
    times: float = 1.0,
) -> list[Surge]:
    """The surges of sources' visits by day since a day, from so many times the usual on, by day and
    source. Days that the log does not tell of are no days. A surge that lasts is told on its first
    day."""
    days = sorted(set(logged))
    begin = max(0, bisect_left(days, since) - 1)
    told: list[Surge] = []
    lasting: set[str] = set()
    for at in range(begin, len(days)):
        known = days[_first(days, at) : at]
        of_day = _of_day(series, days[at], known) if len(known) >= LEAST_KNOWN else []
        high = [surge for surge in of_day if surge.times >= times]
        told += [surge for surge in high if surge.source not in lasting and days[at] >= since]
        lasting = {surge.source for surge in high}
    return told


def _first(days: Sequence[date], at: int) -> int:
    """Where the days begin that are the usual ones of a day."""
    since = days[at] - timedelta(days=USUAL)
    return next(place for place in range(max(0, at - USUAL), at + 1) if days[place] >= since)


def _of_day(
    series: Mapping[str, Mapping[date, float]], day: date, known: Sequence[date]
) -> list[Surge]:
    """The sources whose visits of a day are no chance, in the order of their names."""
    tried = []
    for source in sorted(series):
        visits = series[source].get(day, 0.0)
        if visits >= LEAST:
            counts = [series[source].get(before, 0.0) for before in known]
            usual = sum(counts) / len(counts)
            tried.append((tail(visits, counts), Surge(source, day, visits, usual)))
    ranked = sorted(tried)
    passing = [p <= CHANCE * rank / len(ranked) for rank, (p, _) in enumerate(ranked, start=1)]
    last = max((rank for rank, passes in enumerate(passing) if passes), default=-1)
    return sorted(surge for _, surge in ranked[: last + 1])


def tail(visits: float, counts: Sequence[float]) -> float:
    """The chance of so many visits or more, after days of such counts."""
    usual = sum(counts) / len(counts)
    spread = sum((count - usual) ** 2 for count in counts) / max(1, len(counts) - 1)
    dispersion = max(1.0, spread / usual) if usual else 1.0
    z = 2 * (sqrt(visits + 0.375) - sqrt(usual + 0.375)) / sqrt(dispersion)
    return 0.5 * erfc(z / sqrt(2))
