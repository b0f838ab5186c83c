"""The Beta distribution: its share below a point, and the point below which a share lies.

I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) · 1 / (1 + d₁ / (1 + d₂ / (1 + …))), where
d₂ₘ = m (b - m) x / ((a + 2m - 1)(a + 2m)) and
d₂ₘ₊₁ = -(a + m)(a + b + m) x / ((a + 2m)(a + 2m + 1)):
the continued fraction of DLMF 8.17.22, evaluated by Lentz's method as Thompson and Barnett changed
it (1986) until a step changes less than 1e-15, on the side of x < (a + 1) / (a + b + 2), where it
converges quickly; I_x(a, b) = 1 - I_{1-x}(b, a) on the other. Quantiles are found by halving.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p

TINY = 1e-300
CLOSE = 1e-15
NEAR = 1e-12
STEPS = 100_000
MOST = 200


def below(x: float, a: float, b: float) -> float:
    """The share of Beta(a, b), both positive, below x."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b))
    if x > (a + 1) / (a + b + 2):
        return 1 - front / b / _fraction(1 - x, b, a)
    return front / a / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 + d₁ / (1 + d₂ / …), two terms a step: whole listings wait for it."""
    value = upper = 1 - (a + b) * x / (a + 1) or TINY
    lower = 1.0
    for half in range(1, STEPS):
        twice = a + 2 * half
        even = half * (b - half) * x / ((twice - 1) * twice)
        odd = -(a + half) * (a + b + half) * x / (twice * (twice + 1))
        lower = 1 / (1 + even * lower or TINY)
        upper = 1 + even / upper or TINY
        value *= upper * lower
        lower = 1 / (1 + odd * lower or TINY)
        upper = 1 + odd / upper or TINY
        value *= upper * lower
        if abs(upper * lower - 1) < CLOSE:
            break
    return value


@lru_cache(1 << 14)
def quantile(share: float, a: float, b: float) -> float:
    """The point below which that share of Beta(a, b) lies: by Newton's steps, and by halving what
    holds it where they would leave it."""
    low, high = 0.0, 1.0
    point = a / (a + b)
    beta = lgamma(a) + lgamma(b) - lgamma(a + b)
    for _ in range(MOST):
        excess = below(point, a, b) - share
        low, high = (low, point) if excess > 0 else (point, high)
        slope = exp((a - 1) * log(point) + (b - 1) * log1p(-point) - beta)
        step = point - excess / slope if slope > TINY else -1.0
        last, point = point, step if low < step < high else (low + high) / 2
        if abs(point - last) <= NEAR * point or not low < point < high:
            break
    return point
