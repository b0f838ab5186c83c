"""What a whole is made of: each part as a bar that begins where the one before it ends."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from backref.faces.drawing import words

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, LEFT, RIGHT, ROW, BAR, AXIS = 720, 210, 56, 22, 14, 22
LETTERS = 30


class Part(NamedTuple):
    """A part of the whole by its name; `kind` is its class: part, rest or own."""

    name: str
    share: float
    kind: str = "part"


def drawn(parts: Sequence[Part], about: str) -> str:
    """The parts as one SVG element, from the left edge to the whole at the right one."""
    height = ROW * len(parts) + AXIS
    begun, bars = 0.0, []
    for place, part in enumerate(parts):
        bars.append(_bar(part, begun, place))
        begun += part.share
    return (
        f'<svg class="series waterfall" viewBox="0 0 {WIDTH} {height}" role="img" font-size="12" '
        f'aria-label="{escape(_told(parts, about))}">{_scale(height)}{"".join(bars)}</svg>'
    )


def _bar(part: Part, begun: float, place: int) -> str:
    x, width, top = _x(begun), max(1.0, _x(begun + part.share) - _x(begun)), ROW * place
    name = part.name if len(part.name) <= LETTERS else f"{part.name[: LETTERS - 1]}…"
    share = words.percent(part.share, "")
    return (
        f"<g><title>{escape(part.name)}: {share}</title>"
        f'<rect class="reach" x="0" y="{top}" width="{WIDTH}" height="{ROW}"/>'
        f'<text class="name" x="{LEFT - 10}" y="{top + 15}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="{part.kind}" x="{x:.1f}" y="{top + (ROW - BAR) // 2}" width="{width:.1f}" '
        f'height="{BAR}"/>'
        f'<text class="axis" x="{x + width + 6:.1f}" y="{top + 15}">{share}</text></g>'
    )


def _x(share: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, share))


def _scale(height: int) -> str:
    return "".join(
        f'<path class="grid" d="M{_x(part):.1f} 0V{height - AXIS + 4}"/>'
        f'<text class="axis" x="{_x(part):.1f}" y="{height - 4}" text-anchor="middle" '
        f'font-size="11">{part:.0%}</text>'
        for part in (0, 0.25, 0.5, 0.75, 1)
    )


def _told(parts: Sequence[Part], about: str) -> str:
    first = ", ".join(f"{part.name} {words.percent(part.share, '')}" for part in parts[:3])
    return f"{about}: {first}. The table below holds all of it."
