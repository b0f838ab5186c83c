"""How sure a share or a count is: Wilson's score interval (E. B. Wilson, JASA 22, 1927) and Byar's
(in Breslow and Day, Statistical Methods in Cancer Research II, 1987, page 69).
"""

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


def byar(count: float) -> tuple[float, float]:
    """The 95 % interval of the mean of a Poisson count; a count of none has no lower end but 0.

    low = n (1 - 1/9n - z/3√n)³, high = (n+1) (1 - 1/9(n+1) + z/3√(n+1))³
    """
    more = count + 1
    high = more * (1 - 1 / (9 * more) + Z95 / (3 * sqrt(more))) ** 3
    if count <= 0:
        return 0.0, high
    low = count * (1 - 1 / (9 * count) - Z95 / (3 * sqrt(count))) ** 3
    return max(0.0, low), high
