"""Answers on their way out: which columns, which format, and what the reader must know beside."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from backref.faces import cards, columns, lifeline, listing, terminal
from backref.faces.listing import Format
from backref.faces.query import (
    BacklinkRow,
    BrokenRow,
    DomainRow,
    EngagementRow,
    GroupRow,
    ImportRecord,
    LeadRow,
    LinkRow,
    PageRow,
    ReferrerRow,
    RejectRow,
    SiteRecord,
)
from backref.faces.query.events import BreachRow, EventRow
from backref.faces.query.overview import NO_LINKS
from backref.faces.query.plan import PlanRow
from backref.faces.query.sums import names as names_of_sums
from backref.faces.query.survival import SurvivalRow
from backref.faces.query.tags import TagRow
from backref.faces.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from backref.faces.query import LinkedDomain, Site


KINDS = {
    "LINKS": LinkRow,
    "DOMAINS": DomainRow,
    "GROUPS": GroupRow,
    "REFERRERS": ReferrerRow,
    "LEADS": LeadRow,
    "ENGAGEMENT": EngagementRow,
    "BROKEN": BrokenRow,
    "PAGES": PageRow,
    "IMPORTS": ImportRecord,
    "REJECTS": RejectRow,
    "SITES": SiteRecord,
    "PLACEMENTS": PlanRow,
    "TAGS": TagRow,
    "EVENTS": EventRow,
    "BREACHES": BreachRow,
    "SURVIVAL": SurvivalRow,
}
OF_LINKS = frozenset(("LINKS", "DOMAINS", "PAGES"))
"""Listings that may be empty only because no link was imported."""
OF_LOGS = frozenset(("REFERRERS", "ENGAGEMENT", "BROKEN"))
"""Listings that may be empty only because no log was imported."""


def show(rows: Sequence[Any], name: str, how: Format, asked: Site | None = None) -> None:
    """Rows with the columns called `name`, and beside them what they hold for."""
    listing.emit(rows, getattr(columns, name), how, listing.names(KINDS[name]))
    _tell(rows, asked, how, name)


def show_engagement(rows: Sequence[EngagementRow], how: Format, asked: Site) -> None:
    """Visits by definition, and to people what of each a log cannot tell."""
    show(rows, "ENGAGEMENT", how, asked)
    if how is Format.TABLE:
        for name, told in {row.definition: row.not_measurable for row in rows}.items():
            for measure, why in told.items():
                say(f"{name}, {measure.replace('_', ' ')}: {why}.")


def show_sums(rows: Sequence[Any], name: str, how: Format, asked: Site) -> None:
    """The groups of the listing called `name`."""
    listing.emit(rows, columns.sums(rows), how, names_of_sums(name))
    _tell(rows, asked, how, name.upper())


def show_links(rows: Sequence[LinkRow], asked: Site, how: Format) -> None:
    """Links with their lifelines."""
    if how is not Format.TABLE:
        listing.emit([_with_strip(row) for row in rows], (), how, listing.names(LinkRow))
    elif rows:
        out = sys.stdout
        listing.write(cards.cards(rows, terminal.width(out), colours=terminal.coloured(out)))
        say(lifeline.LEGEND)
    _tell(rows, asked, how, "LINKS")


def show_backlinks(rows: Sequence[Any], sums: LinkedDomain, how: Format) -> None:
    """The first links to any domain, and beside them how many there are."""
    listing.emit(rows, columns.BACKLINKS, how, listing.names(BacklinkRow))
    say(
        f"{sums.domain}: {sums.live_links:,} live links of {sums.links:,}, from "
        f"{sums.live_domains:,} domains of {sums.referring_domains:,}."
    )
    if how is Format.TABLE and not rows:
        say("Nothing found.")


def _with_strip(row: LinkRow) -> dict[str, Any]:
    """The row with its lifeline as one text, a glyph a week."""
    return listing.record(row) | {"lifeline": lifeline.strip(row.lifeline)}


def _absent(name: str, asked: Site) -> str:
    """What to import where a listing is empty for want of what it comes from."""
    if name in OF_LOGS and asked.view.log_since is None:
        return f"the store holds no access log of {asked.name}; import access logs"
    if name in OF_LINKS and not asked.view.linked:
        return f"the store holds no links to {asked.name}; {NO_LINKS}"
    return ""


def _tell(rows: Sequence[Any], asked: Site | None, how: Format, name: str = "") -> None:
    """What the reader must know beside: whether rows were left out or what they come from is
    absent, always; the rest to people."""
    total = getattr(rows, "total", len(rows))
    if total > len(rows):
        say(f"{len(rows):,} of {total:,}; --limit {total} shows all.")
    if not rows and asked is not None and (mend := _absent(name, asked)):
        say(f"Not known: {mend}.")
    elif not rows and how is Format.TABLE:
        say("Nothing found.")
    if asked is not None and how is Format.TABLE:
        say(f"{asked.name} as of {asked.as_of:%Y-%m-%d %H:%M} UTC")


def write_report(asked: Site, imports: Sequence[Any], path: Path) -> None:
    """Write the report of how a site stands."""
    from importlib.metadata import version

    from backref.faces.report import content, render
    from backref.faces.report.writing import write

    write(path, render(content(asked, imports, version("backref"))).encode())
