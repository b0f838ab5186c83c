"""Links for people: two lines each, the lifeline and what it carries, the visits and who links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from backref.faces import lifeline
from backref.faces.listing import cut, number, percent
from backref.faces.terminal import paint, visible
from backref.ledger.lifeline import WEEKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.query import LinkRow

STATE_COLOURS = {
    "live": "green",
    "suspect": "yellow",
    "lost": "red",
    "reported lost": "red",
    "unknown": "dim",
    "never verified": "dim",
}
HEAD = f"{'52 weeks':<{WEEKS}}  {'state':<14}  {'visits/mo':>11}  {'conv':>5}  {'search':>7}"


def cards(rows: Sequence[LinkRow], width: int, *, colours: bool) -> str:
    """Two lines a link under one heading."""
    lines = [paint(HEAD, "bold", wanted=colours)]
    for row in rows:
        lines += [_first(row, colours=colours), _second(row, width)]
    return "\n".join(lines) + "\n"


def _first(row: LinkRow, *, colours: bool) -> str:
    strip = lifeline.painted(lifeline.strip(row.lifeline), wanted=colours)
    state = paint(f"{row.state:<14}", STATE_COLOURS.get(row.state, ""), wanted=colours)
    visits = row.not_measurable or number(row.monthly_visits)
    return (
        f"{strip}  {state}  {visits:>11}  {number(row.conversions):>5}  "
        f"{percent(row.search_share):>7}{_declared(row)}"
    )


def _declared(row: LinkRow) -> str:
    """What the placement sheet says, where it says something."""
    cost = None if row.cost is None else f"{number(row.cost)} {row.currency or ''}".strip()
    declared = [part for part in (row.acquired, cost, row.owner) if part]
    return "  " + visible(", ".join(declared)) if declared else ""


def _second(row: LinkRow, width: int) -> str:
    bars = f"{lifeline.bars(row.weekly_visits):<{WEEKS}}"
    told = f"{row.source_page} → {row.target_page or 'an unknown page'}"
    if row.anchor:
        told += f" “{row.anchor}”"
    told = visible(told)
    room = max(20, width - WEEKS - 2)
    return f"{bars}  {told if cell_len(told) <= room else cut(told, room)}".rstrip()
