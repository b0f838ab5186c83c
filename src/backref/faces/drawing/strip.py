"""The lifeline strip: 52 weeks of a link's life and, under it, the people it sent. As SVG."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WEEKS = 52
_PITCH = 6
_CELL = 5
_LIFE = 15
_BARS = 14
_GAP = 3
WIDTH = WEEKS * _PITCH
HEIGHT = _LIFE + _GAP + _BARS

NAMES = {
    "verified": "verified live",
    "archive": "seen by an archive",
    "vendor": "a vendor says live",
    "verified nofollow": "verified, nofollow",
    "archive nofollow": "archive, nofollow",
    "vendor nofollow": "vendor, nofollow",
    "lost": "lost",
    "reported": "reported lost",
    "": "not checked",
}


def strip(cells: Sequence[str], visits: Sequence[float] | None) -> str:
    """The strip as one SVG element, its meaning told in its label.

    `cells` are the keys of `NAMES`, oldest week first; `visits` the weekly visits, None when
    they cannot be measured.
    """
    return (
        f'<svg class="strip" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{told(cells, visits)}">{life(cells)}{_bars(visits)}</svg>'
    )


def life(cells: Sequence[str]) -> str:
    """The cells as paths, one a kind: 52 rectangles a row would make the page heavy."""
    shapes: dict[str, list[str]] = defaultdict(list)
    for week, cell in enumerate(cells):
        shapes[cell].append(_shape(cell, week * _PITCH))
    return "".join(
        f'<path class="{_class(cell)}" d="{"".join(parts)}"/>' for cell, parts in shapes.items()
    )


def _shape(cell: str, x: int) -> str:
    if cell == "":
        return f"M{x + 2} {_LIFE / 2}h1"
    if cell in ("lost", "reported"):
        return f"M{x} 5l5 5m0-5l-5 5"
    return f"M{x} 0h{_CELL}v{_LIFE}h-{_CELL}z"


def _class(cell: str) -> str:
    return "w-" + (cell.replace(" ", "-") or "none")


def _bars(visits: Sequence[float] | None) -> str:
    if visits is None or not any(visits):
        return f'<path class="w-rule" d="M0 {HEIGHT - 0.5}h{WIDTH - 1}"/>'
    top = max(visits)
    floor = HEIGHT
    parts = [
        f"M{week * _PITCH} {floor}v-{max(1.0, _BARS * count / top):.1f}h{_CELL}V{floor}z"
        for week, count in enumerate(visits)
        if count > 0
    ]
    return f'<path class="w-visits" d="{"".join(parts)}"/>'


def told(cells: Sequence[str], visits: Sequence[float] | None) -> str:
    """What the strip shows, in words."""
    counted = [(name, sum(1 for cell in cells if cell == key)) for key, name in NAMES.items()]
    life = ", ".join(f"{name} {weeks}" for name, weeks in counted if weeks)
    people = "visits not measurable" if visits is None else f"{sum(visits):.0f} visits"
    return f"Weeks: {life}; {people}"
