"""Answers on their way out: which columns, which format, and what the reader must know beside."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from backref.faces import cards, columns, lifeline, listing, terminal
from backref.faces.listing import Format
from backref.faces.query import (
    BacklinkRow,
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
    SiteRecord,
)
from backref.faces.query.events import BreachRow, EventRow
from backref.faces.query.overview import no_links
from backref.faces.query.plan import PlanRow
from backref.faces.query.ranks import RankRow
from backref.faces.query.sums import names as names_of_sums
from backref.faces.query.survival import SurvivalRow
from backref.faces.query.tags import TagRow
from backref.faces.recorded import recorded
from backref.faces.terminal import say

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    "DISAVOW": DisavowRow,
    "TAGS": TagRow,
    "EVENTS": EventRow,
    "BREACHES": BreachRow,
    "SURVIVAL": SurvivalRow,
    "RANKS": RankRow,
}
OF_LINKS = frozenset(("LINKS", "DOMAINS", "PAGES", "GROUPS"))
"""Listings that may be empty only because no link was imported."""
OF_LOGS = frozenset(("REFERRERS", "ENGAGEMENT", "BROKEN"))
"""Listings that may be empty only because no log was imported."""
OF_SHEETS = {
    "LEADS": "the store holds no leads or sales of {site}; import a sheet of them: "
    "backref import leads.csv",
    "PLACEMENTS": "the store holds no placement sheet of {site}; print an empty one: "
    "backref placements --template",
    "DISAVOW": "the store holds no disavow file of {site}; import the one you sent to Google: "
    "backref import disavow.txt",
    "TAGS": "no tagged link of {site} was made; make one: backref tag URL --campaign NAME --code",
}
"""Listings that are empty because nothing of theirs was told, whatever is asked of them."""
IMPORT = "backref import FILES"
UNTOUCHED = {
    "IMPORTS": f"Nothing was imported yet: {IMPORT}",
    "SITES": "The store has no site yet: backref init DOMAIN",
}


def show(rows: Sequence[Any], name: str, how: Format, asked: Site | None = None) -> None:
    """Rows with the columns called `name`, and beside them what they hold for."""
    shown = rows if how is Format.TABLE else list(map(recorded, rows))
    listing.emit(shown, getattr(columns, name), how, listing.names(KINDS[name]))
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
        listing.emit(list(map(recorded, rows)), (), how, listing.names(LinkRow))
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
        say(f"No link to {sums.domain} was imported: {IMPORT}")


def _absent(name: str, asked: Site) -> str:
    """What to import where a listing is empty for want of what it comes from."""
    if name in OF_LOGS and asked.view.log_since is None:
        return f"the store holds no access log of {asked.name}; import one: {IMPORT}"
    if name in OF_LINKS and not asked.view.linked:
        return f"the store holds no links to {asked.name}; {no_links(asked.view)}: {IMPORT}"
    return OF_SHEETS.get(name, "").format(site=asked.name)


def _untold(rows: Sequence[Any], name: str) -> bool:
    """Whether nothing is told: no rows, or only placements that leads might come by."""
    return not rows or (name == "LEADS" and all(row.leads is None for row in rows))


def _nothing(name: str, asked: Site | None) -> str:
    """What to say where a listing is empty although what it comes from was imported."""
    if name in OF_LINKS and asked is not None and not asked.view.knows_links:
        return f"No link to {asked.name} is in what was imported."
    if name in OF_LINKS:
        return "Nothing fits what was asked; `backref links` without filters lists all links."
    return UNTOUCHED.get(name, "Nothing found.")


def _by_byte(row: RejectRow) -> bool:
    """Whether a record is found by its byte alone."""
    return row.unit == "byte" and row.line is None


def _tell(rows: Sequence[Any], asked: Site | None, how: Format, name: str = "") -> None:
    """What the reader must know beside: whether rows were left out or what they come from is
    absent, always; the rest to people."""
    total = getattr(rows, "total", len(rows))
    if total > len(rows):
        say(f"{len(rows):,} of {total:,}; --limit {total} shows all.")
    if _untold(rows, name) and asked is not None and (mend := _absent(name, asked)):
        say(f"Not known: {mend}.")
    elif not rows and how is Format.TABLE:
        say(_nothing(name, asked))
    if how is Format.TABLE and any(map(_by_byte, rows if name == "REJECTS" else ())):
        say("Bytes are counted in what a packed file unpacks to.")
    if asked is not None and how is Format.TABLE:
        say(f"{asked.name} as of {asked.as_of:%Y-%m-%d %H:%M} UTC")
