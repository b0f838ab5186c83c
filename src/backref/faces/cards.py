"""Links for people: two lines each, the lifeline and what it carries, the visits and who links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces import lifeline
from backref.faces.columns import values
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
FIGURES = f"  {'state':<14}  {'visits/mo':>11}  {'conv':>5}  {'search':>7}"
FEWEST = 13


def cards(rows: Sequence[LinkRow], width: int, *, colours: bool) -> str:
    """Two lines a link under one heading."""
    weeks = max(FEWEST, min(WEEKS, width - len(FIGURES)))
    lines = [paint(f"{f'{weeks} weeks':<{weeks}}{FIGURES}", "bold", wanted=colours)]
    for row in rows:
        lines += [_first(row, width, weeks, colours=colours), _second(row, width, weeks)]
    return "\n".join(lines) + "\n"


def _first(row: LinkRow, width: int, weeks: int, *, colours: bool) -> str:
    strip = lifeline.painted(lifeline.strip(row.lifeline[-weeks:]), wanted=colours)
    state = paint(f"{row.state:<14}", STATE_COLOURS.get(row.state, ""), wanted=colours)
    visits = row.not_measurable or number(row.monthly_visits)
    return (
        f"{strip}  {state}  {visits:>11}  {number(row.conversions):>5}  "
        f"{percent(row.search_share):>7}{_declared(row, width - weeks - len(FIGURES))}"
    )


def _declared(row: LinkRow, room: int) -> str:
    """What sheets of leads and placements say, where they say something and there is room."""
    cost = None if row.cost is None else f"{number(row.cost)} {row.currency or ''}".strip()
    leads = f"{row.leads} lead{'s' * (row.leads > 1)} {values(row)}".strip() if row.leads else ""
    declared = [part for part in (leads, row.acquired, cost, row.owner) if part]
    return "  " + cut(visible(", ".join(declared)), room - 2) if declared and room > 6 else ""


def _second(row: LinkRow, width: int, weeks: int) -> str:
    shown = None if row.weekly_visits is None else row.weekly_visits[-weeks:]
    bars = f"{lifeline.bars(shown):<{weeks}}"
    told = f"{row.source_page} → {row.target_page or 'an unknown page'}"
    if row.anchor:
        told += f" “{row.anchor}”"
    told = visible(told)
    return f"{bars}  {cut(told, max(20, width - weeks - 2))}".rstrip()
