"""Looks of our own by day and by what they told, as stacked bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.drawing.life import ceiling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

TOLD = (
    "page",
    "unchanged",
    "gone",
    "blocked",
    "robots",
    "unreachable",
    "unreadable",
    "interrupted",
)
"""What a look can tell, from the surest to the least; further words stand behind."""
PITCH, WIDE, LEFT, HIGH, AXIS = 22, 16, 40, 130, 20


def drawn(days: Mapping[date, Mapping[str, int]]) -> str:
    """The bars as one SVG element, their sum told in its label."""
    width = LEFT + PITCH * len(days)
    most = max((sum(told.values()) for told in days.values()), default=0)
    top = ceiling(most)
    bars = "".join(_bar(told, LEFT + PITCH * at, top) for at, told in enumerate(days.values()))
    return (
        f'<svg class="series looks" viewBox="0 -8 {width} {HIGH + AXIS + 12}" role="img" '
        f'font-size="11" aria-label="{_told(days)}">{_scale(top, width)}{bars}{_names(days)}</svg>'
    )


def kinds(days: Mapping[date, Mapping[str, int]]) -> list[str]:
    """What the looks told, in the order of the bars."""
    seen = {name for told in days.values() for name in told}
    return [name for name in TOLD if name in seen] + sorted(seen.difference(TOLD))


def _bar(told: Mapping[str, int], x: int, top: int) -> str:
    parts, at = [], float(HIGH + 2)
    for name in kinds({None: told}):  # type: ignore[dict-item]
        height = HIGH * told[name] / top
        at -= height
        parts.append(
            f'<rect class="l-{name if name in TOLD else "other"}" x="{x}" y="{at:.1f}" '
            f'width="{WIDE}" height="{height:.1f}"/>'
        )
    return "".join(parts)


def _scale(top: int, width: int) -> str:
    return "".join(
        f'<path class="grid" d="M{LEFT} {HIGH + 2 - HIGH * part:.1f}H{width}"/>'
        f'<text class="axis" x="{LEFT - 6}" y="{HIGH + 6 - HIGH * part:.1f}" text-anchor="end">'
        f"{top * part:,.0f}</text>"
        for part in (0, 1)
    )


def _names(days: Mapping[date, Mapping[str, int]]) -> str:
    return "".join(
        f'<text class="axis" x="{LEFT + PITCH * at}" y="{HIGH + AXIS}">{day.day} {day:%b}</text>'
        for at, day in enumerate(days)
        if at % 7 == 0
    )


def _told(days: Mapping[date, Mapping[str, int]]) -> str:
    sums = {name: sum(told.get(name, 0) for told in days.values()) for name in kinds(days)}
    said = ", ".join(f"{name} {count:,}" for name, count in sums.items())
    return f"Looks of the last {len(days)} days by what they told: {said or 'none'}"
