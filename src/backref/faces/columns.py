"""Which columns people see of each kind of row; JSON and CSV hold all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces.listing import Column, number, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from backref.faces.query import DomainRow, GroupRow, ReferrerRow


def _left(head: str, name: str, *, flexible: bool = False) -> Column:
    return Column(head, lambda row: getattr(row, name), right=False, flexible=flexible)


def _right(head: str, name: str) -> Column:
    return Column(head, lambda row: getattr(row, name))


def _share(head: str, name: str) -> Column:
    return Column(head, lambda row: percent(getattr(row, name)))


def _rating(row: DomainRow) -> str:
    return "-" if row.rating is None else f"{number(row.rating)} {row.rating_by or ''}".strip()


def _costs(row: GroupRow) -> str:
    return ", ".join(f"{number(cost)} {currency}".strip() for currency, cost in row.costs.items())


def certainty(levels: dict[str, float]) -> str:
    """How much of a sum stands on which level, in per cent of it."""
    total = sum(levels.values())
    return ", ".join(f"{level} {visits / total * 100:.0f} %" for level, visits in levels.items())


def _rate(row: ReferrerRow) -> str:
    if row.rate is None or row.rate_low is None or row.rate_high is None:
        return "-"
    return f"{percent(row.rate)} ({row.rate_low * 100:.1f}–{row.rate_high * 100:.1f})"


def _seconds(row: Any) -> str:
    return "-" if row.seconds is None else f"{row.seconds:.1f}"


DOMAINS = (
    _left("domain", "domain", flexible=True),
    _left("state", "state"),
    Column("links", lambda row: f"{row.live_links}/{row.links}"),
    _right("followed", "followed_links"),
    _left("first seen", "first_seen"),
    _left("last seen", "last_seen"),
    Column("rating", _rating),
    _share("search", "search_share"),
    _right("visits/mo", "monthly_visits"),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
    _right("reported", "reported_visits"),
    _left("quadrant", "quadrant"),
)


GROUPS = (
    _left("group", "group", flexible=True),
    Column("domains", lambda row: f"{row.live_domains}/{row.domains}"),
    Column("links", lambda row: f"{row.live_links}/{row.links}"),
    _right("followed", "followed_links"),
    _right("lost", "lost_links"),
    _share("search", "search_share"),
    _right("visits/mo", "monthly_visits"),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
    Column("cost", _costs),
    Column("certainty", lambda row: certainty(row.certainty), right=False),
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
    return tuple(_sum(name) for name in rows[0]) if rows else ()


def _sum(name: str) -> Column:
    if name == "group":
        return Column(name, lambda row: row[name], right=False, flexible=True)
    if name == "search_share":
        return Column(_SUM_HEADS[name], lambda row: percent(row[name]))
    return Column(_SUM_HEADS.get(name, name), lambda row: row[name])


REFERRERS = (
    _left("host", "host", flexible=True),
    _left("channel", "channel"),
    _right("visits", "visits"),
    Column("engaged", lambda row: percent(row.engaged_visits / row.visits if row.visits else None)),
    _right("conv", "conversions"),
    Column("rate (95 %)", _rate),
    _left("known link", "known_link"),
    _right("suspects", "suspects"),
    _right("bots", "bots"),
    Column("certainty", lambda row: certainty(row.certainty), right=False),
)


BROKEN = (
    _left("dead page", "page", flexible=True),
    _right("status", "status"),
    _right("domains", "domains"),
    _right("links", "links"),
    _right("people", "people"),
    _right("bots", "bots"),
    _left("last hit", "last_hit"),
    _left("send to", "redirect", flexible=True),
)

PAGES = (
    _left("page", "page", flexible=True),
    _right("domains", "domains"),
    _right("followed", "followed_links"),
    _right("links", "links"),
    _right("lost", "lost_links"),
    _share("search", "search_share"),
    _right("visits", "visits"),
    _right("engaged", "engaged_visits"),
    _right("conv", "conversions"),
)

IMPORTS = (
    _right("id", "id"),
    Column("at", lambda row: row.started.strftime("%Y-%m-%d %H:%M"), right=False),
    _left("file", "file", flexible=True),
    _left("format", "format"),
    _left("state", "state"),
    _right("read", "read"),
    _right("stored", "stored"),
    _right("duplicate", "duplicate"),
    _right("rejected", "rejected"),
    Column("seconds", _seconds),
)


REJECTS = (
    _right("import", "import_id"),
    _left("file", "file", flexible=True),
    _right("position", "position"),
    _left("reason", "reason"),
    _left("sample", "sample", flexible=True),
)
