"""The lifeline as text: 52 weeks of a link's life, and under it the people it sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.terminal import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

GLYPHS = {
    "verified": "█",
    "archive": "▓",
    "vendor": "░",
    "lost": "×",
    "reported": "x",
    "": "·",
}
NOFOLLOW = "▒"
COLOURS = {
    "█": "green",
    "▓": "green",
    "░": "cyan",
    "▒": "yellow",
    "×": "red",
    "x": "red",
    "·": "dim",
}
BARS = "▁▂▃▄▅▆▇█"
LEGEND = (
    "█ verified  ▓ seen by an archive  ░ a vendor says live  ▒ nofollow  "
    "× lost  x reported lost  · not checked"
)


def strip(cells: Sequence[str]) -> str:
    """One glyph a week."""
    return "".join(
        NOFOLLOW if cell.endswith(" nofollow") else GLYPHS.get(cell, "·") for cell in cells
    )


def painted(text: str, *, wanted: bool) -> str:
    """A strip in colours, each run of equal glyphs painted once."""
    runs: list[str] = []
    for glyph in text:
        if runs and runs[-1][0] == glyph:
            runs[-1] += glyph
        else:
            runs.append(glyph)
    return "".join(paint(run, COLOURS.get(run[0], ""), wanted=wanted) for run in runs)


def bars(visits: Sequence[float] | None) -> str:
    """Visits of the same weeks as bars against the largest; nothing where not measurable."""
    if visits is None:
        return ""
    top = max(visits, default=0.0)
    return "".join(_bar(count, top) for count in visits)


def _bar(count: float, top: float) -> str:
    if count <= 0:
        return " "
    return BARS[min(len(BARS) - 1, int(count / top * len(BARS)))]
