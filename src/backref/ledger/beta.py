"""The Beta distribution: its share below a point, and the point below which a share lies.

I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) · 1 / (1 + d₁ / (1 + d₂ / (1 + …))), where
d₂ₘ = m (b - m) x / ((a + 2m - 1)(a + 2m)) and
d₂ₘ₊₁ = -(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1)):
the continued fraction of DLMF 8.17.22, evaluated by Lentz's method as Thompson and Barnett changed
it (1986) until a step changes less than 1e-15, on the side of x < (a + 1) / (a + b + 2), where it
converges quickly; I_x(a, b) = 1 - I_{1-x}(b, a) on the other. Quantiles are found by halving.
"""

from __future__ import annotations

from math import exp, lgamma, log, log1p

TINY = 1e-300
CLOSE = 1e-15
STEPS = 100_000
HALVINGS = 200


def below(x: float, a: float, b: float) -> float:
    """The share of Beta(a, b), both positive, below x."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - below(1 - x, b, a)
    front = a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b) - log(a)
    return exp(front) / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d₁ / (1 + d₂ / …)."""
    value, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, STEPS):
        term = _term(step, x, a, b)
        lower = 1 / (1 + term * lower or TINY)
        upper = 1 + term / upper or TINY
        value *= upper * lower
        if abs(upper * lower - 1) < CLOSE:
            break
    return value


def _term(step: int, x: float, a: float, b: float) -> float:
    half, odd = divmod(step, 2)
    if odd:
        return -(a + half) * (a + b + half) * x / ((a + step - 1) * (a + step))
    return half * (b - half) * x / ((a + step - 1) * (a + step))


def quantile(share: float, a: float, b: float) -> float:
    """The point below which that share of Beta(a, b) lies."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if below(middle, a, b) < share else (low, middle)
    return (low + high) / 2
