"""A figure a day as a line, and that of the period before as a fainter one."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from backref.faces.drawing.life import ceiling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

HEIGHT = 170
LEFT, TOP, BOTTOM = 44, 8, 22
WIDE, NARROW = 960, 340
A_NAME = 92
"""Room that the name of a day takes."""


def drawn(
    days: Sequence[date],
    now: Sequence[float | None],
    before: Sequence[float | None],
    width: int = WIDE,
) -> str:
    """Both lines as one SVG element so wide; days without a figure break them."""
    top = ceiling(max([value for value in (*now, *before) if value is not None], default=0.0))
    label = escape(
        f"Visits a day from {days[0]} to {days[-1]}: {_sum(now)}; "
        f"in as many days before: {_sum(before)}. The table below holds the same by channel."
    )
    return (
        f'<svg class="series" viewBox="0 0 {width} {HEIGHT}" role="img" font-size="11" '
        f'aria-label="{label}">{_scale(top, width)}'
        f'<path class="before" d="{_line(before, top, width)}"/>'
        f'<path class="now" d="{_line(now, top, width)}"/>{_points(days, now, before, top, width)}'
        f"{_names(days, width)}</svg>"
    )


def _sum(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known):,.0f} visits" if known else "no log"


def _x(at: int, days: int, width: int) -> float:
    return LEFT + (width - LEFT - 8) * (at / max(1, days - 1))


def _y(value: float, top: int) -> float:
    floor = HEIGHT - BOTTOM
    return floor - (floor - TOP) * value / top


def _line(values: Sequence[float | None], top: int, width: int) -> str:
    parts, broken = [], True
    for at, value in enumerate(values):
        if value is None:
            broken = True
            continue
        parts.append(
            f"{'M' if broken else 'L'}{_x(at, len(values), width):.1f} {_y(value, top):.1f}"
        )
        broken = False
    return "".join(parts)


def _points(
    days: Sequence[date],
    now: Sequence[float | None],
    before: Sequence[float | None],
    top: int,
    width: int,
) -> str:
    """What a pointer that rests on a day is told."""
    reach = (width - LEFT) / max(1, len(days))
    parts = []
    for at, (day, value, was) in enumerate(zip(days, now, before, strict=True)):
        x = _x(at, len(days), width)
        told = f"{day}: {_told(value)}, before {_told(was)}"
        mark = (
            ""
            if value is None
            else f'<circle class="at" cx="{x:.1f}" cy="{_y(value, top):.1f}" r="2.4"/>'
        )
        parts.append(
            f'<g><rect class="reach" x="{x - reach / 2:.1f}" y="0" width="{reach:.1f}" '
            f'height="{HEIGHT - BOTTOM}"/>{mark}<title>{told}</title></g>'
        )
    return "".join(parts)


def _told(value: float | None) -> str:
    return "no log" if value is None else f"{value:,.0f} visits"


def _scale(top: int, width: int) -> str:
    lines = []
    for value in (0, top / 2, top):
        label = f"{value:,.0f}" if value == int(value) else ""
        lines.append(
            f'<path class="grid" d="M{LEFT} {_y(value, top):.1f}H{width}"/><text class="axis" '
            f'x="{LEFT - 6}" y="{_y(value, top) + 4:.1f}" text-anchor="end">{label}</text>'
        )
    return "".join(lines)


def _names(days: Sequence[date], width: int) -> str:
    step = -(-len(days) * A_NAME // width)
    return "".join(
        f'<text class="axis" x="{_x(at, len(days), width):.1f}" y="{HEIGHT - 6}" '
        f'text-anchor="middle">{day.day} {day:%b}</text>'
        for at, day in enumerate(days)
        if at % step == 0 and at < len(days) - step / 2 and at
    )
