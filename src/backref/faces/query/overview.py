"""The top of everything: the headline, five numbers, three piles, and what is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref.faces.query import moment
from backref.faces.query.broken import broken
from backref.faces.query.domains import LINKING, all_domains
from backref.faces.query.links import links
from backref.faces.query.period import last
from backref.faces.query.rows import (
    Comparison,
    DomainRow,
    LinkRow,
    Number,
    Overview,
)
from backref.faces.query.unknowns import unknowns
from backref.faces.query.view import STALE_AFTER
from backref.ledger import changes, quadrants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from backref.faces.query.period import Period
    from backref.faces.query.view import View

WEEK = 7
NO_LINKS = "import a crawl or a backlink export"
LATER = "every archive is of later; import an older crawl or a backlink export"
CLICKS = "non-brand organic clicks"
NO_BRAND = "no brand terms: run `backref init {site} --brand TERM`"
PILE = 5
RECENT = timedelta(days=91)
UNEVEN = 0.1
"""Periods are alike when their lengths differ by at most this part: February is 3 days short."""


def overview(view: View, *, days: int = 28) -> Overview:
    """The overview at the view's time, its numbers over `days` against the same span before."""
    period = last(view, days)
    domains = all_domains(view)
    flow = flow_of(view, period)
    return Overview(
        site=view.site.name,
        as_of=view.as_of,
        period_days=days,
        period=period.spoken,
        log_since=view.log_since,
        reclaim_days=RECENT.days,
        headline=_headline(view, domains),
        numbers=numbers(view, period, period.before, domains, _clicks(view)),
        fix=tuple(broken(view, limit=PILE)),
        reclaim=_reclaim(view),
        thank=_thank(domains),
        comparison=_comparison(view, domains, flow, period),
        unknowns=unknowns(view, flow, period.days),
    )


def _headline(view: View, domains: Sequence[DomainRow]) -> str:
    if view.empty:
        return "Nothing imported yet. Next: backref import FILES"
    if not view.linked:
        return who_links_is_not_known(view)
    week = last(view, WEEK)
    return changes.headline(changes.between(lives(domains), week.start, week.end), week.spoken)


def no_links(view: View) -> str:
    """What to import where links cannot be told."""
    return LATER if view.archived_later else NO_LINKS


def who_links_is_not_known(view: View) -> str:
    """The headline where links cannot be told."""
    return f"Who links to {view.site.name} is not known: {no_links(view)}."


def lives(domains: Sequence[DomainRow]) -> list[changes.Life]:
    """The lives of referring domains, as `changes` asks for them."""
    return [
        changes.Life(row.domain, row.state, row.first_seen, row.lost_before, row.monthly_visits)
        for row in domains
    ]


def numbers(
    view: View,
    period: Period,
    before: Period | None,
    domains: Sequence[DomainRow],
    clicks: Number,
) -> tuple[Number, ...]:
    """The five numbers of a period against those of the one before, where one is asked for."""
    now, then = flow_of(view, period), flow_of(view, before) if before else None
    return (
        _live_domains(view, period, before),
        _gained_and_lost(view, domains, period, before),
        clicks,
        _by_links("engaged visits from links", "engaged_visits", now, then),
        _conversions(view, now, then),
    )


def _live_domains(view: View, period: Period, before: Period | None) -> Number:
    name = "live followed referring domains"
    if not view.linked:
        return Number(name, None, why=no_links(view))
    now = _domains_at(view, period.end)
    followed = now["followed_domains"]
    return Number(
        name,
        followed,
        _domains_at(view, before.end)["followed_domains"] if before else None,
        parts={
            "live": now["domains"],
            "seen": now["seen_domains"],
            "seen share": now["seen_domains"] / followed if followed else None,
        },
    )


def _domains_at(view: View, at: datetime) -> dict[str, Any]:
    return view.row("domains_at.sql", at=at, stale=at - STALE_AFTER)


def _gained_and_lost(
    view: View, domains: Sequence[DomainRow], period: Period, before: Period | None
) -> Number:
    name = "referring domains gained less lost"
    if not view.linked:
        return Number(name, None, why=no_links(view))
    known = lives(domains)
    now = changes.between(known, period.start, period.end)
    then = changes.between(known, before.start, before.end) if before else None
    return Number(
        name,
        now.gained - now.lost,
        then.gained - then.lost if then else None,
        parts={
            "gained": now.gained,
            "lost, confirmed": now.confirmed,
            "lost, reported": now.reported,
            "gained before": then.gained if then else None,
            "lost before": then.lost if then else None,
        },
    )


def _clicks(view: View) -> Number:
    """Clicks of the newest exported period against the latest like one that ended before it."""
    if not view.site.brand:
        return Number(CLICKS, None, why=NO_BRAND.format(site=view.site.name))
    periods = click_periods(view)
    if not periods:
        return Number(CLICKS, None, why="no Search Console queries up to then: import an export")
    now = periods[0]
    return clicks_of(now, next((one for one in periods[1:] if _precedes(one, now)), None))


def click_periods(view: View) -> list[dict[str, Any]]:
    """What each exported period tells of clicks, the newest first: the rows of `clicks.sql`."""
    terms = pa.table({"term": [term.lower() for term in view.site.brand]})
    return view.rows(
        "clicks.sql",
        tables={"brand_terms": terms},
        site=view.site.name,
        until_day=view.until_day,
    )


def clicks_of(now: dict[str, Any], then: dict[str, Any] | None) -> Number:
    """The clicks of one exported period against those of another."""
    return Number(
        CLICKS,
        now["non_brand_clicks"],
        then["non_brand_clicks"] if then else None,
        why=_span(now) + (f" against {_span(then)}" if then else "") + _hidden_in_words(now),
        parts={
            "brand clicks": now["brand_clicks"],
            "clicks of hidden queries": _hidden(now),
            "all clicks": now["all_clicks"],
        },
    )


def _hidden(period: dict[str, Any]) -> float | None:
    """Clicks whose query Search Console keeps to itself; None where the total is not known."""
    if period["all_clicks"] is None:
        return None
    hidden: int = period["all_clicks"] - period["non_brand_clicks"] - period["brand_clicks"]
    return hidden


def _hidden_in_words(period: dict[str, Any]) -> str:
    hidden = _hidden(period)
    if hidden is None:
        return "; how many clicks have a hidden query is not known"
    return f"; {hidden:,} of all {period['all_clicks']:,} clicks have a hidden query"


def _precedes(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether a period ended before the other began and is as long, give or take a month's end."""
    if one["day_hi"] is None or other["day_lo"] is None:
        return False
    length, others = ((each["day_hi"] - each["day_lo"]).days + 1 for each in (one, other))
    alike: bool = abs(length - others) <= UNEVEN * max(length, others)
    before: bool = one["day_hi"] < other["day_lo"]
    return alike and before


def _span(period: dict[str, Any]) -> str:
    if period["day_lo"] is None and period["first_day"] is None:
        return "the export does not say for which days"
    if period["day_lo"] is None:
        return f"{period['first_day']} to {period['last_day']} by the chart imported beside"
    return f"{period['day_lo']} to {period['day_hi']}"


def flow_of(view: View, period: Period) -> dict[str, Any]:
    """The people of a period by how they came: the row of `period.sql`."""
    return view.row("period.sql", site=view.site.name, **period.days)


def _by_links(name: str, column: str, now: dict[str, Any], then: dict[str, Any] | None) -> Number:
    if not now["log_days"]:
        return Number(
            name, None, why="no access log that tells referrers for this period: import one"
        )
    before = then[column] or 0.0 if then and then["log_days"] else None
    return Number(name, now[column] or 0.0, before)


def _conversions(view: View, now: dict[str, Any], then: dict[str, Any] | None) -> Number:
    name = "conversions from links"
    if now["log_days"] and not view.site.goals:
        return Number(name, None, why=f"no goal: run `backref init {view.site.name} --goal PATH`")
    return _by_links(name, "conversions", now, then)


def _reclaim(view: View) -> tuple[LinkRow, ...]:
    """Links lost in the last quarter, those that brought most people first."""
    lost = links(view, states=["lost"], since=view.as_of - RECENT, sort="visits", limit=PILE)
    return tuple(lost)


def _thank(domains: Sequence[DomainRow]) -> tuple[DomainRow, ...]:
    """Live referring domains that brought the most engaged visits."""
    senders = [row for row in domains if row.engaged_visits and row.state in ("live", "suspect")]
    senders.sort(key=lambda row: (-(row.engaged_visits or 0), row.domain))
    return tuple(senders[:PILE])


def _comparison(
    view: View, domains: Sequence[DomainRow], flow: dict[str, Any], period: Period
) -> Comparison:
    linking = [row for row in domains if row.state in LINKING]
    agreement = quadrants.overlap(
        [quadrants.Standing(row.domain, row.search_share, row.engaged_visits) for row in linking]
    )
    return Comparison(
        quadrants=quadrants.counts({row.domain: row.quadrant for row in linking}),
        unlinked=len(domains) - len(linking),
        top=agreement.top,
        overlap=agreement.shared,
        correlation=agreement.correlation,
        sentence=quadrants.sentence(
            _as_flow(flow),
            agreement,
            period=period.spoken,
            since=moment.day(view.log_since) if view.log_since else "",
            linked=bool(linking),
        ),
    )


def _as_flow(flow: dict[str, Any]) -> quadrants.Flow | None:
    if not flow["log_days"]:
        return None
    return quadrants.Flow(
        by_links=flow["engaged_visits"] or 0.0,
        by_search=flow["search_engaged_visits"] or 0.0,
        links_converted=flow["conversions"] or 0.0,
        search_converted=flow["search_conversions"] or 0.0,
    )
