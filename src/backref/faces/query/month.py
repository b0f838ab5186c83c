"""A calendar month as it was known at its end: what a report to a client rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from backref.faces.query import moment
from backref.faces.query.broken import broken
from backref.faces.query.certainty import certainty
from backref.faces.query.domains import all_domains
from backref.faces.query.links import places, rows_at
from backref.faces.query.overview import (
    CLICKS,
    NO_BRAND,
    click_periods,
    clicks_of,
    flow_of,
    lives,
    numbers,
    who_links_is_not_known,
)
from backref.faces.query.plan import PlanRow, plan
from backref.faces.query.referrers import referrers
from backref.faces.query.rows import Number, Unknown
from backref.faces.query.unknowns import unknowns
from backref.faces.query.view import NO_LIMIT
from backref.ledger import changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from backref.faces.query.calendar import Month
    from backref.faces.query.period import Period
    from backref.faces.query.rows import BrokenRow, DomainRow, LinkRow, ReferrerRow
    from backref.faces.query.view import View

OF_THE_LOG = ("engaged visits from links", "conversions from links")
SHOWN = 12
"""Rows of each list of what changed, and of each pile."""
NEARLY_WHOLE = 0.9
"""An export tells of a month when it holds this part of its days, and no other day."""


@dataclass(frozen=True)
class Changed:
    """What began and what ended in the month: domains first, then links. The rows are the strongest
    of each; the counts are of all."""

    domains_gained: tuple[DomainRow, ...]
    domains_lost: tuple[DomainRow, ...]
    domains: changes.Change
    links_gained: tuple[LinkRow, ...]
    links_lost: tuple[LinkRow, ...]
    gained: int
    confirmed: int
    reported: int


@dataclass(frozen=True)
class ChannelRow:
    """The visits through links that came by a channel; `before` those of the compared month, None
    where there is none or no log tells of it."""

    channel: str
    visits: float
    before: float | None
    engaged_visits: float
    conversions: float | None
    certainty: dict[str, float]


@dataclass(frozen=True)
class LeadRow:
    """Leads and sales that a sheet tells, at one stage and in one currency; `linked` carry the code
    or campaign of a placement."""

    stage: str
    currency: str | None
    leads: int
    linked: int
    value: float | None


@dataclass(frozen=True)
class Monthly:
    """A month of a site. `through` is the last day that evidence tells of, `log_days` how many of
    the month's days a log tells of; `contacts` name whom to write to by a source's identity."""

    site: str
    month: Month
    compared: Month | None
    as_of: datetime
    through: date | None
    log_days: int
    log_days_before: int
    headline: str
    numbers: tuple[Number, ...]
    placements: tuple[PlanRow, ...]
    beyond_plan: int
    changed: Changed
    channels: tuple[ChannelRow, ...]
    leads: tuple[LeadRow, ...]
    leads_before: int | None
    fix: tuple[BrokenRow, ...]
    thank: tuple[ReferrerRow, ...]
    contacts: dict[str, str]
    unknowns: tuple[Unknown, ...]


def monthly(view: View, month: Month, compared: Month | None) -> Monthly:
    """The month, asked of a view whose time is its end."""
    zone = view.site.zone
    period, before = month.period(zone), compared.period(zone) if compared else None
    domains = all_domains(view)
    changed = _changed(view, period, domains)
    flow, then = flow_of(view, period), flow_of(view, before) if before else {"log_days": 0}
    told = numbers(view, period, before, domains, _clicks(view, month, compared))
    uneven = _uneven(month, flow, compared, then)
    placements = tuple(plan(view, since=_first(period)))
    return Monthly(
        site=view.site.name,
        month=month,
        compared=compared,
        as_of=view.as_of,
        through=view.day_of(min(view.newest, view.as_of)) if view.newest else None,
        log_days=flow["log_days"],
        log_days_before=then["log_days"],
        headline=_headline(view, month, changed.domains),
        numbers=tuple(_uncompared(one, uneven) for one in told),
        placements=placements,
        beyond_plan=_beyond(view, placements),
        changed=changed,
        channels=_channels(view, period, before if not uneven else None),
        leads=_leads(view, period),
        leads_before=sum(row.leads for row in _leads(view, before)) if before else None,
        fix=tuple(broken(view, since=_first(period), limit=SHOWN)),
        thank=_thank(view, period),
        contacts=_contacts(view),
        unknowns=unknowns(view, flow, period.days),
    )


def _uneven(
    month: Month, flow: dict[str, Any], compared: Month | None, then: dict[str, Any]
) -> str:
    """Why visits of two months cannot be compared: a log that tells of less of one than of the
    other. Nothing when they can."""
    if compared is None:
        return ""
    now, before = ((flow["log_days"], month.days), (then["log_days"], compared.days))
    if abs(now[0] / now[1] - before[0] / before[1]) <= 1 - NEARLY_WHOLE:
        return ""
    (days, whole), named = (
        (now, month) if now[0] / now[1] < before[0] / before[1] else (before, compared)
    )
    return f"not compared: the log tells of {days} of the {whole} days of {named}"


def _uncompared(number: Number, uneven: str) -> Number:
    """A number of visits without those of a month that it cannot be compared with."""
    if number.name not in OF_THE_LOG or number.value is None or not uneven:
        return number
    return replace(number, before=None, why=uneven)


def _first(period: Period) -> datetime:
    """The first moment of a period."""
    return period.start + timedelta(microseconds=1)


def _headline(view: View, month: Month, change: changes.Change) -> str:
    if view.empty:
        return "Nothing imported yet. Next: backref import FILES"
    if not view.linked:
        return who_links_is_not_known(view)
    return changes.headline(change, span=f"in {month}")


def _changed(view: View, period: Period, domains: Sequence[DomainRow]) -> Changed:
    span = period.start, period.end
    known = list(zip(domains, lives(domains), strict=True))
    gained = [row for row, life in known if changes.began(life, *span)]
    lost = [row for row, life in known if changes.ended(life, *span)]
    seen = view.standing.filter(
        (pc.field("row_kind") == "link") & (pc.field("state") != "never verified")
    )
    since, until = _first(period), period.end
    new = seen.filter((pc.field("first_seen_lo") >= since) & (pc.field("first_seen_lo") <= until))
    gone = seen.filter(
        pc.field("gone") & (pc.field("lost_hi") >= since) & (pc.field("lost_hi") <= until)
    )
    confirmed = pc.sum(pc.equal(gone["state"], "lost")).as_py() or 0
    return Changed(
        domains_gained=tuple(gained[:SHOWN]),
        domains_lost=tuple(lost[:SHOWN]),
        domains=changes.between([life for _, life in known], *span),
        links_gained=_strongest(view, new),
        links_lost=_strongest(view, gone),
        gained=new.num_rows,
        confirmed=confirmed,
        reported=gone.num_rows - confirmed,
    )


def _strongest(view: View, standing: Any) -> tuple[LinkRow, ...]:
    """Those of some links that brought most people."""
    order = [("monthly_visits", "descending"), ("search_share", "descending")]
    ids = standing.sort_by([*order, ("link_id", "ascending")]).slice(0, SHOWN)["link_id"]
    return tuple(rows_at(view, places(view, ids)))


def _clicks(view: View, month: Month, compared: Month | None) -> Number:
    """Clicks of the export that tells of the month, against that of the compared one."""
    if not view.site.brand:
        return Number(CLICKS, None, why=NO_BRAND.format(site=view.site.name))
    periods = click_periods(view)
    now = _of(periods, month)
    if now is None:
        why = f"no Search Console export tells of {month} alone: export its days by themselves"
        return Number(CLICKS, None, why=why)
    return clicks_of(now, _of(periods, compared) if compared else None)


def _of(periods: Sequence[dict[str, Any]], month: Month) -> dict[str, Any] | None:
    """The longest exported period within a month that holds nearly all of it."""
    inside = [
        one
        for one in periods
        if one["day_lo"] and month.first <= one["day_lo"] and one["day_hi"] <= month.last
    ]
    longest = max(inside, key=_days, default=None)
    return longest if longest and _days(longest) >= NEARLY_WHOLE * month.days else None


def _days(period: dict[str, Any]) -> int:
    days: int = (period["day_hi"] - period["day_lo"]).days + 1
    return days


def _beyond(view: View, placements: Sequence[PlanRow]) -> int:
    """Live links on agreed pages that no agreement names."""
    pages = {row.page for row in placements}
    named = {int(row.link_id, 16) for row in placements if row.link_id}
    live = view.standing.filter((pc.field("row_kind") == "link") & pc.field("live"))
    pairs = zip(live["source_page"].to_pylist(), live["link_id"].to_pylist(), strict=True)
    return sum(1 for page, link in pairs if page in pages and link not in named)


def _channels(view: View, period: Period, before: Period | None) -> tuple[ChannelRow, ...]:
    now, then = _by_channel(view, period), _by_channel(view, before) if before else {}
    rows = [
        ChannelRow(
            channel=channel,
            visits=values["visits"],
            before=then.get(channel, {}).get("visits", 0.0) if before else None,
            engaged_visits=values["engaged_visits"],
            conversions=values["conversions"],
            certainty=certainty(values),
        )
        for channel, values in now.items()
    ]
    return tuple(rows)


def _by_channel(view: View, period: Period) -> dict[str, dict[str, Any]]:
    days = period.days
    rows = view.rows(
        "channels.sql",
        site=view.site.name,
        since_day=days["day_lo"],
        until_day=days["day_hi"],
        limit=NO_LIMIT,
    )
    return {row["group_key"]: row for row in rows}


def _leads(view: View, period: Period) -> tuple[LeadRow, ...]:
    span = {"from_at": _first(period), "to_at": period.end, **period.days}
    rows = view.rows("month_leads.sql", None, site=view.site.name, **span)
    return tuple(LeadRow(**row) for row in rows)


def _thank(view: View, period: Period) -> tuple[ReferrerRow, ...]:
    """Hosts with a live link that sent the most engaged visits in the month."""
    senders = [
        row
        for row in referrers(view, since=_first(period), sort="engaged")
        if row.known_link == "live" and row.engaged_visits
    ]
    return tuple(senders[:SHOWN])


def _contacts(view: View) -> dict[str, str]:
    """The contact that was agreed last with each source."""
    rows = view.rows("contacts.sql", site=view.site.name)
    return {row["source_identity"]: row["contact"] for row in rows}


def incomplete(month: Monthly) -> str:
    """A sentence where evidence ends before the month, else nothing."""
    if month.through is None or month.through >= month.month.last:
        return ""
    return f"Evidence ends on {moment.day(month.through)}, before the month does."
