"""What the report says of a site: the answers of the query layer, put into words."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING

from backref.faces.drawing import words
from backref.faces.drawing.summary import basis, figure, point, quadrants
from backref.faces.report.authority import authority
from backref.faces.report.view import (
    Imported,
    Item,
    LedgerRow,
    Pile,
    ReferrerRow,
    Report,
)
from backref.url import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.faces.query import rows as answers
    from backref.faces.query.site import Site
    from backref.lake.records import ImportRecord

LEDGER_ROWS = 40
REFERRER_ROWS = 25


def content(site: Site, imports: Iterable[ImportRecord], version: str, days: int = 28) -> Report:
    """Everything that the page shows of a site at its `as_of`, its numbers over `days`."""
    overview = site.overview(days=days)
    links, domains = site.links(), site.domains()
    start = overview.as_of - timedelta(days=days)
    return Report(
        site=site.name,
        as_of=overview.as_of.date(),
        period=f"{words.day(start + timedelta(days=1))} to {words.day(overview.as_of)}",
        headline=overview.headline,
        figures=tuple(figure(number, days) for number in overview.numbers),
        points=tuple(point(row, start) for row in domains),
        verdict=overview.comparison.sentence,
        overlap=quadrants(overview.comparison),
        basis=basis(domains),
        authority=authority(site, domains),
        piles=_piles(overview),
        rows=tuple(_ledger_row(row) for row in links[:LEDGER_ROWS]),
        rows_total=len(links),
        referrers=tuple(_referrer(row) for row in site.referrers(limit=REFERRER_ROWS)),
        unknowns=tuple(unknown(row) for row in overview.unknowns),
        imports=tuple(_imported(row) for row in imports if row.read),
        version=version,
    )


def _piles(overview: answers.Overview) -> tuple[Pile, ...]:
    since = f" Counted since {words.day(overview.log_since)}." if overview.log_since else ""
    quarter = f"the {overview.reclaim_days} days to {words.day(overview.as_of)}"
    return (
        Pile(
            "Fix dead targets",
            f"Pages of yours that are gone while links or people still lead to them.{since}",
            tuple(_dead(row) for row in overview.fix),
            "backref broken --nginx",
            overview.people_unknown,
        ),
        Pile(
            "Reclaim lost links",
            f"Links that went in {quarter}, those that sent most people first.",
            tuple(_lost(row) for row in overview.reclaim),
            "backref links --state lost --since 91d",
            overview.links_unknown,
        ),
        Pile(
            "Thank the top senders",
            f"Live referring domains whose people stay.{since}",
            tuple(_sender(row) for row in overview.thank),
            "backref domains --sort engaged",
            overview.people_unknown,
        ),
    )


def _dead(row: answers.BrokenRow) -> Item:
    hits = f"{row.domains} referring domains, {row.links} links; status {row.status}"
    mend = f"; redirect to {row.redirect}" if row.redirect else "; no page of yours is like it"
    people = "no log" if row.people is None else f"{row.people:,} people"
    return Item(row.address, hits + mend, people)


def _lost(row: answers.LinkRow) -> Item:
    if row.monthly_visits is None:
        figure = "visits unknown"
    else:
        figure = f"{words.count(row.monthly_visits)} visits a month"
    return Item(
        row.title or row.source_page,
        f"{row.source_page}: {words.standing(row)}",
        figure,
        href(row.source_url),
    )


def _sender(row: answers.DomainRow) -> Item:
    converted = f"{words.count(row.conversions, words.NO_GOAL)} conversions"
    detail = f"{words.count(row.visits)} visits, {converted}"
    return Item(
        row.domain, f"{detail}, {row.quadrant}", f"{words.count(row.engaged_visits)} engaged"
    )


def _ledger_row(row: answers.LinkRow) -> LedgerRow:
    return LedgerRow(
        title=row.title or "",
        source=row.source_page,
        source_href=href(row.source_url),
        anchor=row.anchor or "",
        target=row.target_page or "",
        state=row.state,
        state_note=words.standing(row),
        cells=row.lifeline,
        weeks=row.weekly_visits,
        visits=words.count(row.monthly_visits if row.visits is not None else None),
        visits_note=row.not_measurable or _levels(row),
        conversions=words.count(row.conversions, words.NO_GOAL),
        search=words.percent(row.search_share, "no rating"),
        acquired=row.acquired or "not known",
        witnesses=row.witnesses,
    )


def _levels(row: answers.LinkRow) -> str:
    """How much of the visits stands on which level of certainty."""
    total = sum(row.certainty.values())
    return ", ".join(
        f"{words.percent(visits / total, '')} {level}" for level, visits in row.certainty.items()
    )


def href(url: str) -> str:
    """The address if it may be a link: http or https, in its normal form."""
    parsed = parse(url)
    return parsed.href if parsed else ""


def _referrer(row: answers.ReferrerRow) -> ReferrerRow:
    total = sum(row.certainty.values()) or 1
    engaged = row.engaged_visits / row.visits if row.visits else None
    return ReferrerRow(
        host=row.host,
        channel=row.channel,
        visits=words.count(row.visits),
        engaged=words.percent(engaged, "no visits"),
        conversions=words.count(row.conversions, words.NO_GOAL),
        rate=words.rate(row.rate, row.rate_low, row.rate_high)
        if row.conversions is not None
        else words.NO_GOAL,
        certainty=tuple((level, visits / total) for level, visits in row.certainty.items()),
        known_link=_known_link(row),
    )


def _known_link(row: answers.ReferrerRow) -> str:
    if row.known_link in ("live", "lost"):
        return {"live": "yes", "lost": "yes, lost"}[row.known_link]
    return "no: find it" if "host" in row.certainty else "none needed"


def unknown(row: answers.Unknown) -> str:
    """What is not known, why, and the mend, in a sentence."""
    amount = "" if row.amount is None else f"{words.count(row.amount)} "
    return f"{amount}{row.what}: {row.why}. Mend: {row.mend}."


def _imported(row: ImportRecord) -> Imported:
    return Imported(
        file=PurePath(row.file).name,
        format=row.dialect or row.format,
        read=words.count(row.read),
        stored=words.count(row.stored),
        duplicate=words.count(row.duplicate),
        rejected=words.count(row.rejected),
    )
