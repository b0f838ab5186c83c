"""How sure a share is: Wilson's score interval (E. B. Wilson, JASA 22, 1927)."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054


def wilson(successes: float, trials: float) -> tuple[float, float] | None:
    """The 95 % interval of a share of `trials`; None without a trial.

    centre = (p + z²/2n) / (1 + z²/n), half-width = z √(p(1-p)/n + z²/4n²) / (1 + z²/n)
    """
    if trials <= 0:
        return None
    share = min(max(successes / trials, 0.0), 1.0)
    spread = Z95 * Z95 / trials
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 * sqrt(share * (1 - share) / trials + spread / (4 * trials)) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
