"""A figure a day as a line, and that of the period before as a fainter one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from backref.faces.drawing.life import ceiling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

WIDTH, HEIGHT = 960, 170
LEFT, TOP, BOTTOM = 44, 8, 22
MOST_NAMES = 10


def drawn(days: Sequence[date], now: Sequence[float | None], before: Sequence[float | None]) -> str:
    """Both lines as one SVG element; days without a figure break them."""
    top = ceiling(max([value for value in (*now, *before) if value is not None], default=0.0))
    label = escape(
        f"Visits a day from {days[0]} to {days[-1]}: {_sum(now)}; "
        f"in as many days before: {_sum(before)}. The table below holds the same by channel."
    )
    return (
        f'<svg class="series" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="11" '
        f'aria-label="{label}">{_scale(top)}'
        f'<path class="before" d="{_line(before, top)}"/>'
        f'<path class="now" d="{_line(now, top)}"/>{_points(days, now, before, top)}'
        f"{_names(days)}</svg>"
    )


def _sum(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known):,.0f} visits" if known else "no log"


def _x(at: int, days: int) -> float:
    return LEFT + (WIDTH - LEFT - 8) * (at / max(1, days - 1))


def _y(value: float, top: int) -> float:
    floor = HEIGHT - BOTTOM
    return floor - (floor - TOP) * value / top


def _line(values: Sequence[float | None], top: int) -> str:
    parts, broken = [], True
    for at, value in enumerate(values):
        if value is None:
            broken = True
            continue
        parts.append(f"{'M' if broken else 'L'}{_x(at, len(values)):.1f} {_y(value, top):.1f}")
        broken = False
    return "".join(parts)


def _points(
    days: Sequence[date],
    now: Sequence[float | None],
    before: Sequence[float | None],
    top: int,
) -> str:
    """What a pointer that rests on a day is told."""
    width = (WIDTH - LEFT) / max(1, len(days))
    parts = []
    for at, (day, value, was) in enumerate(zip(days, now, before, strict=True)):
        x = _x(at, len(days))
        told = f"{day}: {_told(value)}, before {_told(was)}"
        mark = (
            ""
            if value is None
            else f'<circle class="at" cx="{x:.1f}" cy="{_y(value, top):.1f}" r="2.4"/>'
        )
        parts.append(
            f'<g><rect class="reach" x="{x - width / 2:.1f}" y="0" width="{width:.1f}" '
            f'height="{HEIGHT - BOTTOM}"/>{mark}<title>{told}</title></g>'
        )
    return "".join(parts)


def _told(value: float | None) -> str:
    return "no log" if value is None else f"{value:,.0f} visits"


def _scale(top: int) -> str:
    lines = []
    for value in (0, top / 2, top):
        label = f"{value:,.0f}" if value == int(value) else ""
        lines.append(
            f'<path class="grid" d="M{LEFT} {_y(value, top):.1f}H{WIDTH}"/><text class="axis" '
            f'x="{LEFT - 6}" y="{_y(value, top) + 4:.1f}" text-anchor="end">{label}</text>'
        )
    return "".join(lines)


def _names(days: Sequence[date]) -> str:
    step = -(-len(days) // MOST_NAMES)
    return "".join(
        f'<text class="axis" x="{_x(at, len(days)):.1f}" y="{HEIGHT - 6}" text-anchor="middle">'
        f"{day.day} {day:%b}</text>"
        for at, day in enumerate(days)
        if at % step == 0 and at < len(days) - step / 2 and at
    )
