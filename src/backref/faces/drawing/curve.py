"""How long links live as a curve: the share that still stands by days, within its 95 % interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.drawing import words

if TYPE_CHECKING:
    from backref.ledger.survival import Estimate, Survival

WIDTH, LEFT, HIGH, AXIS, TOP = 720, 44, 200, 22, 8
POINTS = 169
"""Days at which the curve is drawn, evenly up to the last that any link was followed."""
NAMED = 7


def drawn(found: Survival) -> str:
    """The curve as one SVG element, told in its label."""
    days = [found.longest * at / (POINTS - 1) for at in range(POINTS)]
    shares = [share for day in days if (share := found.share(day)) is not None]
    return (
        f'<svg class="series survival" viewBox="0 0 {WIDTH} {TOP + HIGH + AXIS}" role="img" '
        f'font-size="11" aria-label="{_told(found)}">{_scale()}{_days(found.longest)}'
        f'<path class="band" d="{_band(shares)}"/>'
        f'<path class="line" d="{_steps([share.value for share in shares])}"/></svg>'
    )


def _x(at: float) -> float:
    return LEFT + (WIDTH - LEFT - 10) * at / (POINTS - 1)


def _y(share: float) -> float:
    return TOP + HIGH * (1 - share)


def _steps(shares: list[float]) -> str:
    """A curve that stays until the day on which it falls."""
    return "M" + "H".join(
        f"{_x(at):.1f} {_y(share):.1f}" if at == 0 else f"{_x(at):.1f}V{_y(share):.1f}"
        for at, share in enumerate(shares)
    )


def _band(shares: list[Estimate]) -> str:
    """The interval: along its upper end and back along the lower one."""
    upper = [1.0 if share.high is None else share.high for share in shares]
    lower = [0.0 if share.low is None else share.low for share in shares]
    back = "".join(f"V{_y(lower[at]):.1f}H{_x(at - 1):.1f}" for at in range(len(lower) - 1, 0, -1))
    return f"{_steps(upper)}{back}V{_y(lower[0]):.1f}z" if lower else ""


def _scale() -> str:
    return "".join(
        f'<path class="grid" d="M{LEFT} {_y(part):.1f}H{WIDTH - 10}"/>'
        f'<text class="axis" x="{LEFT - 6}" y="{_y(part) + 4:.1f}" text-anchor="end">'
        f"{part:.0%}</text>"
        for part in (0, 0.5, 1)
    )


def _days(longest: float) -> str:
    return "".join(
        f'<text class="axis" x="{_x((POINTS - 1) * at / NAMED):.1f}" y="{TOP + HIGH + AXIS - 6}">'
        f"{longest * at / NAMED:,.0f}</text>"
        for at in range(NAMED)
    )


def _told(found: Survival) -> str:
    held = [(days, found.share(days)) for days in (90, 180, 365)]
    said = [
        f"{words.percent(share.value, '')} stand after {days} days" for days, share in held if share
    ]
    counts = f"Of {found.links:,} links {found.lost:,} were lost"
    return f"{counts}: {', '.join(said)}" if said else f"{counts}; none was followed for 90 days"
