"""Shrunk rates: the rate of one sender drawn towards that of all, the more the fewer its visits.

Each sender's true rate is taken to come from Beta(a, b), and its x successes in n visits to be
binomial: then the rate is Beta(a + x, b + n - x), whose mean (a + x) / (a + b + n) is shown, with
its 95 % interval. The prior is fitted to all senders at once by moments (J. C. Kleinman,
Proportions with extraneous variance, JASA 68, 1973, weights nᵢ): with p = Σx / Σn, N = Σn, k
senders and S = Σ nᵢ (xᵢ/nᵢ - p)²,

    ρ = (S / (p (1 - p)) - (k - 1)) / (N - Σnᵢ²/N - (k - 1))
    a = p (1/ρ - 1),  b = (1 - p) (1/ρ - 1)

for S is in expectation p (1 - p) ((k - 1) + ρ (N - Σnᵢ²/N - (k - 1))). Fewer than `LEAST` senders,
no success, no failure, or no more variation than chance alone makes (ρ ≤ 0) fit no prior: not
enough data. Visits may be shares of visits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backref.ledger.beta import quantile

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST = 5
TAIL = 0.025


class Rate(NamedTuple):
    """A rate with its 95 % interval."""

    mean: float
    low: float
    high: float


class Prior(NamedTuple):
    """Beta(a, b), from which the senders' rates come: as much as a successes in a + b visits."""

    a: float
    b: float

    def shrunk(self, successes: float, visits: float) -> Rate:
        """The rate of a sender with so many successes among its visits."""
        a = self.a + min(max(successes, 0.0), visits)
        b = self.b + visits - min(max(successes, 0.0), visits)
        return Rate(a / (a + b), quantile(TAIL, a, b), quantile(1 - TAIL, a, b))


def fitted(senders: Iterable[tuple[float, float]]) -> Prior | None:
    """The prior of senders, each with its successes and visits; None when there is not enough."""
    told = [(min(max(x, 0.0), n), n) for x, n in senders if n > 0]
    visits = sum(n for _, n in told)
    if len(told) < LEAST:
        return None
    rate = sum(x for x, _ in told) / visits
    if not 0 < rate < 1:
        return None
    spread = sum(n * (x / n - rate) ** 2 for x, n in told) / (rate * (1 - rate))
    freedom = len(told) - 1
    room = visits - sum(n * n for _, n in told) / visits - freedom
    extra = (spread - freedom) / room if room > 0 else 0.0
    if not 0 < extra < 1:
        return None
    strength = 1 / extra - 1
    return Prior(rate * strength, (1 - rate) * strength)
