"""The week of a site: the headline, and five rows with their lifelines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from backref.faces import lifeline
from backref.faces.alerting.wording import safe
from backref.faces.drawing import words
from backref.faces.drawing.strip import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.faces.query import LinkRow, Site

ROWS = 5
WEEK = timedelta(days=7)
COLOURS = {
    "verified": "#1f6f5c",
    "archive": "#7fb3a5",
    "vendor": "#b9d6ce",
    "verified nofollow": "#c9a227",
    "archive nofollow": "#dcc36e",
    "vendor nofollow": "#ead9a0",
    "lost": "#b3261e",
    "reported": "#d98880",
    "": "#eceae4",
}
"""Of the cells in mail, where neither patterns nor style sheets are safe to use."""


class Run(NamedTuple):
    """Weeks of one kind in a row: how many, in which colour."""

    weeks: int
    colour: str


@dataclass(frozen=True)
class Row:
    """A link of the week. `what` is lost, new or brought people; `runs` and `strip` are its 52
    weeks for HTML and for text, `life` tells them in words."""

    what: str
    title: str
    source: str
    target: str
    standing: str
    visits: str
    runs: tuple[Run, ...]
    strip: str
    life: str
    link_id: str


@dataclass(frozen=True)
class Week:
    """What the weekly mail tells. `numbers` are the five, each with its value and its change."""

    site: str
    headline: str
    rows: tuple[Row, ...]
    numbers: tuple[tuple[str, str, str], ...]
    until: str
    legend: str = lifeline.LEGEND


def week(asked: Site) -> Week:
    """The week of a site up to its newest evidence."""
    from backref.faces.drawing.summary import figure

    found = asked.overview(days=WEEK.days)
    figures = [figure(number, WEEK.days) for number in found.numbers]
    return Week(
        asked.name,
        found.headline,
        tuple(_row(what, row) for what, row in _chosen(asked)),
        tuple((one.label, one.value, one.delta) for one in figures),
        words.day(asked.as_of),
    )


def _chosen(asked: Site) -> list[tuple[str, LinkRow]]:
    """What was lost this week, then what is new, then what brought most people: five links."""
    since = asked.as_of - WEEK
    lost = asked.links(state="lost", since=since, limit=ROWS)
    new = [
        row
        for row in asked.links(state="live", since=since, limit=ROWS)
        if row.first_seen and row.first_seen > since
    ]
    best = [row for row in asked.links(state="live", limit=ROWS) if row.visits]
    chosen: dict[str, tuple[str, LinkRow]] = {}
    for what, rows in (("lost", lost), ("new", new), ("brought people", best)):
        for row in rows:
            chosen.setdefault(row.link_id, (what, row))
    return list(chosen.values())[:ROWS]


def _row(what: str, row: LinkRow) -> Row:
    return Row(
        what,
        safe(row.title or row.source_page),
        safe(row.source_page),
        safe(row.target_page),
        safe(words.standing(row)),
        words.count(None if row.visits is None else row.monthly_visits),
        runs(row.lifeline),
        lifeline.strip(row.lifeline),
        told(row.lifeline, row.weekly_visits),
        row.link_id,
    )


def runs(cells: Sequence[str]) -> tuple[Run, ...]:
    """Weeks of one kind as one cell: 52 a row are many for a mail."""
    return tuple(
        Run(len(list(group)), COLOURS.get(cell, COLOURS[""])) for cell, group in groupby(cells)
    )
