"""What the report shows, as plain values: made by `content`, drawn by the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.drawing.chart import Point
    from backref.faces.drawing.summary import Figure


@dataclass(frozen=True)
class Item:
    """One thing to act on: what, the detail, and the figure that ranks it."""

    title: str
    detail: str
    figure: str
    href: str = ""


@dataclass(frozen=True)
class Pile:
    """A pile of things to act on, the strongest first; `unknown` is why it cannot be told when
    it holds none."""

    name: str
    why: str
    items: tuple[Item, ...]
    command: str
    unknown: str


@dataclass(frozen=True)
class Giver:
    """A domain that links, and its part of all that referring domains hand on."""

    name: str
    share: str


@dataclass(frozen=True)
class Authority:
    """The site's authority, what the graph covers, who hands most on, and what it cannot know."""

    number: str
    coverage: str
    givers: tuple[Giver, ...]
    limits: str


@dataclass(frozen=True)
class LedgerRow:
    """One link with both sides. `cells` are the 52 weeks, oldest first; `weeks` the visits of
    the same weeks, None where they are not measurable.
    """

    title: str
    source: str
    source_href: str
    anchor: str
    target: str
    state: str
    state_note: str
    cells: tuple[str, ...]
    weeks: tuple[float, ...] | None
    visits: str
    visits_note: str
    conversions: str
    search: str
    acquired: str
    witnesses: tuple[str, ...]


@dataclass(frozen=True)
class ReferrerRow:
    """A host that sent people."""

    host: str
    channel: str
    visits: str
    engaged: str
    conversions: str
    rate: str
    certainty: tuple[tuple[str, float], ...]
    known_link: str


@dataclass(frozen=True)
class Imported:
    """One file that the report rests on."""

    file: str
    format: str
    read: str
    stored: str
    duplicate: str
    rejected: str


@dataclass(frozen=True)
class Report:
    """The whole page."""

    site: str
    as_of: date
    period: str
    headline: str
    figures: tuple[Figure, ...]
    points: tuple[Point, ...]
    verdict: str
    overlap: str
    basis: str
    piles: tuple[Pile, ...]
    rows: tuple[LedgerRow, ...]
    rows_total: int
    referrers: tuple[ReferrerRow, ...]
    unknowns: tuple[str, ...]
    imports: tuple[Imported, ...]
    version: str
    authority: Authority | None = None
