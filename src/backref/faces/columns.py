"""Which columns people see of each kind of row; JSON and CSV hold all of them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from backref.faces.drawing import words
from backref.faces.listing import UNKNOWN, Column, number, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from backref.faces.query import (
        BacklinkRow,
        DomainRow,
        GroupRow,
        ImportRecord,
        LeadRow,
        LinkRow,
        ReferrerRow,
        RejectRow,
    )
    from backref.faces.query.plan import PlanRow
    from backref.faces.query.ranks import RankRow
    from backref.faces.query.survival import SurvivalRow

HASH = 12
"""Digits of a hash that people see: enough to tell files apart."""
MOST_SURE = 99.0
"""From here on a percentile is told to more places, for there stands most of what is known."""


def _left(head: str, name: str, *, flexible: bool = False, spare: int = 0) -> Column:
    return Column(head, lambda row: getattr(row, name), right=False, flexible=flexible, spare=spare)


def _right(head: str, name: str, spare: int = 0) -> Column:
    return Column(head, lambda row: getattr(row, name), spare=spare)


def _price(row: PlanRow) -> str:
    if row.cost_per_engaged is None:
        return row.cost_why if row.costs else "-"
    return f"{row.cost_per_engaged:,.2f} ({row.cost_low:,.2f}–{row.cost_high:,.2f})"


def _monthly_cost(row: PlanRow) -> str:
    """What a month that the link lived has cost."""
    if row.cost_per_month is None:
        return "-"
    low, high = (f"{end:,.2f}" for end in row.cost_per_month)
    return low if low == high else f"{low}–{high}"


def _share(head: str, name: str, spare: int = 0) -> Column:
    return Column(head, lambda row: percent(getattr(row, name)), spare=spare)


def _authority(row: DomainRow | BacklinkRow) -> str:
    """With its interval, where the row tells one."""
    told = words.authority(
        row.authority, getattr(row, "authority_low", None), getattr(row, "authority_high", None)
    )
    return told or UNKNOWN


def _rating(row: DomainRow | BacklinkRow) -> str:
    return "-" if row.rating is None else f"{number(row.rating)} {row.rating_by or ''}".strip()


def _costs(row: GroupRow | PlanRow) -> str:
    return ", ".join(f"{number(cost)} {currency}".strip() for currency, cost in row.costs.items())


def certainty(levels: dict[str, float]) -> str:
    """How much of a sum stands on which level, in per cent of it."""
    total = sum(levels.values())
    return ", ".join(f"{level} {visits / total * 100:.0f} %" for level, visits in levels.items())


def _shrunk(row: ReferrerRow | LeadRow) -> str:
    if row.shrunk_rate is None:
        return "-" if row.rate is None else "not enough data"
    return _interval(row.shrunk_rate, row.shrunk_low, row.shrunk_high)


def _interval(rate: float | None, low: float | None, high: float | None) -> str:
    if rate is None or low is None or high is None:
        return "-"
    return f"{percent(rate)} ({low * 100:.1f}–{high * 100:.1f})"


def _shrunk_rate(head: str, kind: str, spare: int) -> Column:
    """A rate of a row of the ledger, drawn towards those of all its rows."""

    def told(row: DomainRow | GroupRow) -> str:
        if getattr(row, f"shrunk_{kind}") is None:
            return "-" if getattr(row, f"{kind}_rate") is None else "not enough data"
        return _interval(*(getattr(row, f"shrunk_{kind}{end}") for end in ("", "_low", "_high")))

    return Column(head, told, spare=spare)


def values(row: DomainRow | GroupRow | LeadRow | LinkRow) -> str:
    """What leads are worth, a sum for each currency."""
    return ", ".join(f"{number(sum_)} {currency}".strip() for currency, sum_ in row.value.items())


def _rate(row: ReferrerRow | LeadRow) -> str:
    return _interval(row.rate, row.rate_low, row.rate_high)


_PEOPLE = (
    _right("leads", "leads", 10),
    Column("value", values, spare=11),
    _shrunk_rate("engaged, shrunk (95 %)", "engagement", 12),
    _shrunk_rate("converted, shrunk (95 %)", "conversion", 13),
)


def _seconds(row: Any) -> str:
    return "-" if row.seconds is None else f"{row.seconds:.1f}"


def _between(after: datetime | None, before: datetime) -> str:
    """Between which days something happened."""
    return f"{after:%Y-%m-%d} and {before:%Y-%m-%d}" if after else f"before {before:%Y-%m-%d}"


def _lives(row: SurvivalRow, days: int) -> str:
    """The part that lives for so many days."""
    share, low, high = (getattr(row, f"share_{days}{end}") for end in ("", "_low", "_high"))
    return "-" if share is None else f"{percent(share)} ({low * 100:.0f}–{high * 100:.0f})"


def _median(row: SurvivalRow) -> str:
    """How many days half of the links do not reach."""
    if row.median_days is None:
        return row.median_why
    high = "?" if row.median_high is None else f"{row.median_high:,.0f}"
    low = "?" if row.median_low is None else f"{row.median_low:,.0f}"
    return f"{row.median_days:,.0f} ({low}–{high})"


def _monthly(row: SurvivalRow) -> str:
    costs = row.costs_per_month.items()
    return ", ".join(f"{cost:,.2f} {currency}".strip() for currency, cost in costs)


def _duration(seconds: float | None) -> str:
    """A duration as minutes and seconds."""
    if seconds is None:
        return "-"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"


BACKLINKS = (
    _left("page", "source_url", flexible=True),
    Column("authority", _authority, spare=2, seldom=True),
    Column("rating", _rating, spare=2),
    _left("state", "state"),
    Column("followed", lambda row: "yes" if row.followed else "no", right=False, spare=3),
    _left("anchor", "anchor", flexible=True, spare=4),
    _left("target", "target_page", flexible=True, spare=5),
    _left("first seen", "first_seen", spare=6),
    _left("last seen", "last_seen", spare=7),
)

DOMAINS = (
    _left("domain", "domain", flexible=True),
    _left("state", "state"),
    Column("links", lambda row: f"{row.live_links}/{row.links}", spare=2),
    _right("followed", "followed_links", 6),
    _left("first seen", "first_seen", spare=7),
    _left("last seen", "last_seen", spare=8),
    Column("authority", _authority, spare=4, seldom=True),
    Column("rating", _rating, spare=4),
    _share("search", "search_share"),
    _right("visits/mo", "monthly_visits"),
    _right("visits", "visits", 5),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions", 1),
    *_PEOPLE,
    _right("reported", "reported_visits", 9),
    _left("quadrant", "quadrant", spare=3),
)


GROUPS = (
    _left("group", "group", flexible=True),
    Column("domains", lambda row: f"{row.live_domains}/{row.domains}"),
    Column("links", lambda row: f"{row.live_links}/{row.links}", spare=4),
    _right("followed", "followed_links", 7),
    _right("lost", "lost_links", 8),
    _share("search", "search_share"),
    _right("visits/mo", "monthly_visits", 6),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
    *_PEOPLE,
    Column("cost", _costs, spare=5),
    Column("certainty", lambda row: certainty(row.certainty), right=False, spare=9),
)


_SUM_HEADS = {
    "live_links": "live",
    "followed_links": "followed",
    "lost_links": "lost",
    "search_share": "search",
    "monthly_visits": "visits/mo",
    "engaged_visits": "engaged",
    "converted_visits": "converted",
    "conversions": "conv",
    "reported_visits": "reported",
}


def sums(rows: Sequence[Mapping[str, object]]) -> tuple[Column, ...]:
    """The columns of a grouped listing, whose rows are mappings with the same names."""
    return tuple(map(_sum, rows[0], count())) if rows else ()


def _sum(name: str, place: int) -> Column:
    """A column, the more dispensable the further it stands behind the first ones."""
    spare = max(0, place - 3)
    if name == "group":
        return Column(name, lambda row: row[name], right=False, flexible=True)
    if name == "search_share":
        return Column(_SUM_HEADS[name], lambda row: percent(row[name]), spare=spare)
    return Column(_SUM_HEADS.get(name, name), lambda row: row[name], spare=spare)


REFERRERS = (
    _left("host", "host", flexible=True),
    _left("channel", "channel"),
    _right("visits", "visits"),
    Column("engaged", lambda row: percent(row.engaged_visits / row.visits if row.visits else None)),
    _right("conv", "conversions"),
    Column("rate (95 %)", _rate, spare=5),
    Column("shrunk (95 %)", _shrunk, spare=8),
    _left("known link", "known_link", spare=4),
    _right("suspects", "suspects", 6),
    _right("bots", "bots", 7),
    Column("certainty", lambda row: certainty(row.certainty), right=False, spare=9),
)


LEADS = (
    _left("certainty", "certainty"),
    _left("from", "sender", flexible=True),
    _left("campaign", "campaign", flexible=True, spare=4),
    _left("code", "code", spare=5),
    _right("leads", "leads"),
    Column("value", values),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits", 3),
    _right("conv", "conversions", 2),
    Column("rate (95 %)", _rate, spare=6),
    Column("shrunk (95 %)", _shrunk, spare=1),
)


DISAVOW = (
    _left("entry", "entry", flexible=True),
    _right("live", "live_links"),
    _right("followed", "followed_links", 3),
    _right("links", "links", 4),
    _right("visits", "visits", 1),
    _right("engaged", "engaged_visits", 2),
    _left("one live link", "example", flexible=True, spare=5),
)


ENGAGEMENT = (
    _left("definition", "definition"),
    _left("group", "group", flexible=True),
    _right("visits", "visits"),
    _share("engaged", "engagement_rate"),
    _share("bounced", "bounce_rate"),
    _right("pages/visit", "pages_per_visit"),
    Column("duration", lambda row: _duration(row.seconds)),
    _right("views", "views", 5),
    _right("conv", "conversions", 4),
)


BROKEN = (
    _left("dead page", "address", flexible=True),
    _right("status", "status"),
    _right("domains", "domains"),
    _right("links", "links", 4),
    _right("people", "people"),
    _right("bots", "bots", 5),
    _left("last hit", "last_hit", spare=6),
    _left("send to", "redirect", flexible=True),
)

PAGES = (
    _left("page", "address", flexible=True),
    _right("domains", "domains"),
    _right("followed", "followed_links"),
    _right("links", "links", 4),
    _right("lost", "lost_links", 5),
    _share("search", "search_share"),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
)

PLACEMENTS = (
    _left("page", "page", flexible=True),
    _left("creator", "creator", flexible=True, spare=5),
    _left("target", "target", flexible=True, spare=4),
    _left("found", "verdict"),
    Column("broken", lambda row: ", ".join(row.broken), right=False, spare=6),
    Column("proof", lambda row: row.last_verified or row.last_seen, right=False, spare=3),
    Column("cost", _costs, spare=1),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    Column("per engaged visit (95 %)", _price, spare=2),
    Column("a month", _monthly_cost, spare=7),
)

EVENTS = (
    Column("known", lambda row: row.known_at.strftime("%Y-%m-%d"), right=False),
    _left("what", "kind"),
    _left("certainty", "certainty", spare=2),
    _left("page", "source_url", flexible=True),
    _left("target", "target_page", flexible=True, spare=5),
    _left("from", "value_before", flexible=True, spare=3),
    _left("to", "value_after", flexible=True, spare=1),
    Column("between", lambda row: _between(row.after, row.before), right=False, spare=4),
    _right("visits/mo", "monthly_visits", 6),
)

BREACHES = (
    Column("known", lambda row: row.known_at.strftime("%Y-%m-%d"), right=False),
    _left("term", "term"),
    _left("what", "kind"),
    _left("certainty", "certainty", spare=3),
    _left("page", "live_url", flexible=True),
    _left("agreed", "agreed", flexible=True, spare=4),
    _left("now", "value_after", flexible=True, spare=1),
    Column("mended", lambda row: row.mended_at, right=False, spare=5),
    _left("contact", "contact", flexible=True, spare=6),
    _right("visits/mo", "monthly_visits", 2),
)


def _ahead(name: str) -> Callable[[RankRow], str]:
    """The share of all that stand behind a domain, to as many places as tell the first apart."""

    def told(row: RankRow) -> str:
        share = getattr(row, name)
        return "-" if share is None else f"{share:.{4 if share > MOST_SURE else 1}f} %"

    return told


def _release(row: RankRow) -> str:
    if row.release is None:
        return "-" if row.harmonic_pos else "not fetched"
    return row.release if row.harmonic_pos else f"{row.release}: not ranked"


RANKS = (
    _left("domain", "domain", flexible=True),
    _left("which", "what", spare=4),
    Column("release", _release, right=False),
    _right("harmonic rank", "harmonic_pos"),
    Column("ahead of", _ahead("harmonic_percentile")),
    _right("PageRank rank", "pagerank_pos", 1),
    Column("ahead of", _ahead("pagerank_percentile"), spare=1),
    _right("of", "ranked", 2),
    _right("hosts", "hosts", 3),
)

SURVIVAL = (
    _left("group", "group", flexible=True),
    _right("links", "links"),
    _right("lost", "lost"),
    _right("months", "months", 4),
    Column("90 days", lambda row: _lives(row, 90), spare=3),
    Column("180 days", lambda row: _lives(row, 180), spare=2),
    Column("a year (95 %)", lambda row: _lives(row, 365)),
    Column("half-life in days (95 %)", _median),
    Column("cost a month", _monthly, spare=1),
)

TAGS = (
    _left("code", "code"),
    _left("campaign", "campaign", flexible=True),
    _left("placement", "placement", flexible=True),
    _left("creator", "creator", flexible=True, spare=4),
    _left("link", "link", flexible=True, spare=3),
    _left("since", "day", spare=2),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
    _left("last visit", "last_visit", spare=1),
)


def _span(row: ImportRecord) -> str:
    """From which day to which its records are."""
    days = [at.strftime("%Y-%m-%d") for at in (row.earliest, row.latest) if at]
    return " to ".join(dict.fromkeys(days)) or "-"


IMPORTS = (
    _right("id", "id"),
    Column("at", lambda row: row.started.strftime("%Y-%m-%d %H:%M"), right=False, spare=5),
    _left("file", "file", flexible=True),
    Column("format", lambda row: row.dialect or row.format, right=False, flexible=True),
    _left("site", "site", flexible=True),
    _left("state", "state", spare=4),
    _right("read", "read"),
    _right("stored", "stored"),
    _right("duplicate", "duplicate", 3),
    _right("rejected", "rejected"),
    Column("records of", _span, right=False, spare=7),
    Column("sha256", lambda row: (row.sha256 or "-")[:HASH], right=False, spare=8),
    Column("seconds", _seconds, spare=6),
)


def _place(row: RejectRow) -> str:
    """Where people find it: the line, and where the file has none what is counted in it."""
    return f"{row.unit} {row.position:,}" if row.line is None else f"line {row.line:,}"


REJECTS = (
    _right("import", "import_id"),
    _left("file", "file", flexible=True),
    Column("position", _place, right=False),
    _left("reason", "reason", flexible=True),
    _left("sample", "sample", flexible=True),
)


SITES = (
    _left("site", "name"),
    Column("also", lambda row: ", ".join(row.also), right=False),
    Column("was", lambda row: ", ".join(row.was), right=False),
    Column("brand", lambda row: ", ".join(row.brand), right=False),
    Column("goals", lambda row: ", ".join(row.goals), right=False),
    _left("zone", "zone"),
)
