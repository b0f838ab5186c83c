"""A link's life at full width: its 52 weeks, and under them the visits by level of certainty."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from backref.faces.drawing.strip import life, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

PITCH = 18
LEFT = 44
CELL_HEIGHT = 26
BARS = 96
GAP = 12
AXIS = 20


def drawn(
    cells: Sequence[str], weeks: Sequence[date], visits: Mapping[str, Sequence[float]] | None
) -> str:
    """The life as one SVG element; `visits` is None where they cannot be measured."""
    width = LEFT + len(weeks) * PITCH
    height = CELL_HEIGHT + GAP + BARS + AXIS
    sums = [sum(week) for week in zip(*visits.values(), strict=True)] if visits else []
    top = ceiling(max(sums, default=0.0))
    return (
        f'<svg class="series" viewBox="0 0 {width} {height}" role="img" font-size="11" '
        f'aria-label="{escape(told(cells, sums if visits is not None else None))}">'
        f'<g transform="translate({LEFT} 0) scale(3 1.73)">{life(cells)}</g>'
        f"{_scale(top, width)}{_bars(visits or {}, top)}{_months(weeks)}</svg>"
    )


def ceiling(most: float) -> int:
    """A round number that no week exceeds."""
    for digits in range(12):
        for first in (1, 2, 5):
            if first * 10**digits >= most:
                return int(first * 10**digits)
    return int(most) + 1


def _scale(top: int, width: int) -> str:
    floor = CELL_HEIGHT + GAP + BARS
    lines = []
    for part in (0, 0.5, 1):
        y = floor - BARS * part
        label = f"{top * part:,.0f}" if part * top == int(part * top) else ""
        lines.append(
            f'<path class="grid" d="M{LEFT} {y:.1f}H{width}"/>'
            f'<text class="axis" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'
        )
    return "".join(lines)


def _bars(visits: Mapping[str, Sequence[float]], top: int) -> str:
    """One path a level, stacked on the surer ones."""
    floor = CELL_HEIGHT + GAP + BARS
    at: list[float] = []
    paths = []
    for level, counts in visits.items():
        at = at or [0.0] * len(counts)
        parts = []
        for week, count in enumerate(counts):
            if count > 0:
                low, high = (floor - BARS * value / top for value in (at[week], at[week] + count))
                x = LEFT + week * PITCH
                parts.append(f"M{x} {low:.1f}V{high:.1f}h{PITCH - 3}V{low:.1f}z")
                at[week] += count
        paths.append(f'<path class="c-{level.replace(" ", "-")}" d="{"".join(parts)}"/>')
    return "".join(paths)


def _months(weeks: Sequence[date]) -> str:
    y = CELL_HEIGHT + GAP + BARS + AXIS - 5
    names = []
    for week, monday in enumerate(weeks):
        if monday.day <= 7 and week < len(weeks) - 1:
            year = f" {monday.year}" if monday.month == 1 else ""
            names.append(
                f'<text class="axis" x="{LEFT + week * PITCH}" y="{y}">{monday:%b}{year}</text>'
            )
    return "".join(names)
