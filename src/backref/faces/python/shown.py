"""The first rows of a relation for people: as text, and as HTML with lifelines.

Everything in the rows is hostile: HTML escapes it, and what commands or turns the reading order is
written out in both.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backref.faces import cards, columns, lifeline, listing
from backref.faces.drawing import style, words
from backref.faces.drawing.strip import NAMES, life, strip
from backref.faces.listing import Column
from backref.faces.query import (
    BrokenRow,
    DisavowRow,
    DomainRow,
    EngagementRow,
    GroupRow,
    ImportRecord,
    LeadRow,
    LinkRow,
    PageRow,
    ReferrerRow,
    RejectRow,
)
from backref.faces.query.plan import PlanRow
from backref.faces.terminal import UNLIMITED, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROWS = 20
"""So many rows are shown."""
LINES = 100
"""Cells of a line of text."""
COLUMNS: dict[type, tuple[Column, ...]] = {
    BrokenRow: columns.BROKEN,
    DisavowRow: columns.DISAVOW,
    DomainRow: columns.DOMAINS,
    EngagementRow: columns.ENGAGEMENT,
    GroupRow: columns.GROUPS,
    ImportRecord: columns.IMPORTS,
    LeadRow: columns.LEADS,
    PageRow: columns.PAGES,
    PlanRow: columns.PLACEMENTS,
    ReferrerRow: columns.REFERRERS,
    RejectRow: columns.REJECTS,
}
HATCH = (
    '<svg width="0" height="0" aria-hidden="true" style="position:absolute"><defs>'
    '<pattern id="hatch" width="3" height="3" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0v3" stroke="var(--live)" stroke-width="1.6"/>'
    "</pattern></defs></svg>"
)


def text(rows: Sequence[Any], names: Sequence[str], about: str) -> str:
    """Rows as the command line shows them, and below what they are."""
    if not rows:
        return f"{about}\n"
    if isinstance(rows[0], LinkRow):
        return f"{cards.cards(rows, LINES, colours=False)}{lifeline.LEGEND}\n{visible(about)}\n"
    drawn = listing.table(rows, _columns(rows[0], names), UNLIMITED)
    return f"{drawn}{visible(about)}\n"


def html(rows: Sequence[Any], names: Sequence[str], about: str) -> str:
    """Rows as a table that brings its own style."""
    linked = bool(rows) and isinstance(rows[0], LinkRow)
    body = _links(rows) if linked else _table(rows, _columns(rows[0], names) if rows else ())
    drawn = f"{HATCH}{body}{_key()}" if linked else body
    return f'<div class="backref"><style>{_css()}</style>{drawn}<p>{_safe(about)}</p></div>'


def _key() -> str:
    """What the cells of a lifeline mean."""
    told = (
        f'<svg class="cell" viewBox="0 0 6 15">{life((cell,))}</svg>{NAMES[cell]}' for cell in NAMES
    )
    return f"<p>{' '.join(told)}</p>"


def _columns(row: Any, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns that people see of a row: those of its kind, else all."""
    known = COLUMNS.get(type(row))
    return known or tuple(_plain(name, row) for name in names)


def _plain(name: str, row: Any) -> Column:
    values = listing.record(row)
    right = isinstance(values[name], (int, float)) and not isinstance(values[name], bool)
    return Column(name, lambda one: listing.record(one)[name], right=right)


LINKS: dict[str, Callable[[LinkRow], str]] = {
    "52 weeks": lambda row: strip(row.lifeline, row.weekly_visits),
    "from": lambda row: _safe(row.source_page),
    "to": lambda row: _safe(row.target_page or "an unknown page"),
    "anchor": lambda row: _safe(row.anchor or ""),
    "state": lambda row: f"{escape(row.state)}<br><small>{_safe(words.standing(row))}</small>",
    "visits a month": lambda row: escape(row.not_measurable or words.count(row.monthly_visits)),
    "conversions": lambda row: escape(words.count(row.conversions, words.NO_GOAL)),
    "search share": lambda row: escape(words.percent(row.search_share, "no rating")),
}


def _links(rows: Sequence[LinkRow]) -> str:
    lines = [[draw(row) for draw in LINKS.values()] for row in rows]
    return _grid(tuple(LINKS), lines, ("visits a month", "conversions", "search share"))


def _table(rows: Sequence[Any], shown: Sequence[Column]) -> str:
    lines = [[_safe(listing.shown(column.value(row))) for column in shown] for row in rows]
    figures = [column.head for column in shown if column.right]
    return _grid([column.head for column in shown], lines, figures)


def _grid(heads: Sequence[str], lines: Sequence[Sequence[str]], figures: Sequence[str]) -> str:
    """A table of cells that are HTML already; `figures` are the heads of those to the right."""
    marks = [' class="figure"' if head in figures else "" for head in heads]

    def line(tag: str, cells: Sequence[str]) -> str:
        drawn = (f"<{tag}{mark}>{cell}</{tag}>" for mark, cell in zip(marks, cells, strict=True))
        return f"<tr>{''.join(drawn)}</tr>"

    head = line("th", [_safe(head) for head in heads])
    body = "".join(line("td", cells) for cells in lines)
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _safe(told: str) -> str:
    return escape(visible(told))


@cache
def _css() -> str:
    """The marks of report and dashboard, with the table's own style, for this element alone."""
    text = style.sheets(Path(__file__).parent / "relation.css")
    return ".backref {" + text.replace(":root", "&") + "}"
