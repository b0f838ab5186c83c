"""Placements against plan: what was agreed, what was found, and what an engaged visit cost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from backref.faces.query.answer import Answer, first
from backref.faces.query.creators import creator
from backref.faces.query.evidence import Agreement, Term, terms
from backref.faces.query.links import one_of, places, rows_at
from backref.ledger.interval import byar
from backref.sources.values import OFFLINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from backref.faces.query.rows import LinkRow
    from backref.faces.query.view import View

AS_AGREED = "as agreed"
OTHERWISE = "otherwise"
NEVER_SEEN = "never seen"
OFF_THE_WEB = "off the web"
LIVE = ("live", "suspect")
GONE = ("lost", "reported lost")
MONTH = timedelta(days=365.25 / 12)
NOTHING = timedelta(0)
ENOUGH = 10
"""Of fewer engaged visits no cost is said."""
SORTS = ("visits", "cost", "day", "verdict", "page")


@dataclass(frozen=True)
class PlanRow:
    """A placement: what was agreed, and what was found. `verdict` is as agreed, otherwise (`broken`
    names the terms), lost, reported lost, unknown, never seen or off the web. Several rows of a
    sheet about one page and target are one placement, its `costs` added up by currency.
    `cost_per_engaged` is in the one currency that there is, with its 95 % interval, over all
    engaged visits so far; None where `cost_why` says why. `months` is how long the link has lived
    at least and at most, and `cost_per_month` what such a month has cost so; None for a link that
    nobody dated."""

    page: str
    live_url: str
    creator: str | None
    target: str | None
    acquired: str | None
    contact: str | None
    owner: str | None
    day: date | None
    campaign: str | None
    codes: tuple[str, ...]
    link_id: str | None
    anchor_agreed: str | None
    anchor_found: str | None
    rel_agreed: str | None
    rel_found: str | None
    verdict: str
    broken: tuple[str, ...]
    state: str | None
    last_seen: datetime | None
    last_verified: datetime | None
    lost_before: datetime | None
    costs: dict[str, float]
    visits: float | None
    engaged_visits: float | None
    not_measurable: str | None
    cost_per_engaged: float | None
    cost_low: float | None
    cost_high: float | None
    cost_why: str
    months: tuple[float, float] | None = None
    cost_per_month: tuple[float, float] | None = None
    lifeline: tuple[str, ...] = ()
    weekly_visits: tuple[float, ...] | None = None


class Price(NamedTuple):
    """What one engaged visit cost, with its 95 % interval, or why that cannot be said."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""


def plan(
    view: View,
    *,
    since: datetime | None = None,
    sort: str = "visits",
    limit: int | None = None,
) -> Answer[PlanRow]:
    """Every placement that was agreed by the view's time; visits are those since `since`."""
    one_of(sort, SORTS, "sort")
    found = view.rows(
        "plan.sql",
        {"fitting": view.table("fitting.sql")},
        site=view.site.name,
        until_day=view.until_day,
        since_day=since and view.day_of(since),
    )
    links = _links(view, [row["link_id"] for row in found if row["link_id"] is not None])
    told: dict[tuple[str, str | None], list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        told[row["source_page"], row["target_page"]].append(row)
    rows = [_row(view, group, links) for group in told.values()]
    return first(sorted(rows, key=lambda row: _place(row, sort)), limit)


def _links(view: View, numbers: Sequence[int]) -> dict[int, LinkRow]:
    ids = pa.chunked_array([pa.array(sorted(set(numbers)), pa.uint64())])
    return {int(row.link_id, 16): row for row in rows_at(view, places(view, ids))}


def _place(row: PlanRow, sort: str) -> tuple[Any, ...]:
    measure = {
        "visits": -(row.visits or 0.0),
        "cost": -max(row.costs.values(), default=0.0),
        "day": -(row.day.toordinal() if row.day else 0),
        "verdict": row.verdict,
        "page": "",
    }
    return measure[sort], row.page, row.target or ""


def _row(view: View, group: list[dict[str, Any]], links: dict[int, LinkRow]) -> PlanRow:
    """One placement, of the rows that tell of it: the one that says most speaks."""
    speaking = max(group, key=_says)
    link = next((links[row["link_id"]] for row in group if row["link_id"] in links), None)
    agreed = Agreement(**{name: speaking[name] for name in Agreement.__dataclass_fields__})
    offline = speaking["source_host"] == OFFLINE
    told = terms(agreed, link) if link else ()
    verdict, broken = _verdict(link, told, offline=offline)
    unmeasured = _unmeasured(view, link)
    costs = _costs(group)
    engaged = sum(row["engaged_ever"] for row in group)
    price = price_of(costs, None if unmeasured else engaged)
    behind = creator(speaking["source_identity"], speaking["contact"])
    lived = months_of(link, view.as_of) if link else None
    return PlanRow(
        page=speaking["source_page"],
        live_url=speaking["live_url"],
        creator=str(behind) if behind else None,
        target=speaking["target_page"],
        **{name: _said(group, name) for name in ("acquired", "contact", "owner", "campaign")},
        day=speaking["day"],
        codes=tuple(sorted({row["code"] for row in group if row["code"]})),
        link_id=link.link_id if link else None,
        anchor_agreed=speaking["anchor"],
        anchor_found=link.anchor if link else None,
        rel_agreed=speaking["rel"],
        rel_found=link.rel if link else None,
        verdict=verdict,
        broken=broken,
        state=link.state if link else None,
        last_seen=link.last_seen if link else None,
        last_verified=link.last_verified if link else None,
        lost_before=link.lost_before if link else None,
        costs=costs,
        visits=None if unmeasured else round(sum(row["visits"] for row in group), 6),
        engaged_visits=None if unmeasured else _engaged(group),
        not_measurable=unmeasured,
        cost_per_engaged=price.value,
        cost_low=price.low,
        cost_high=price.high,
        cost_why=price.why,
        months=lived,
        cost_per_month=monthly_cost(costs, lived),
        lifeline=link.lifeline if link else (),
        weekly_visits=link.weekly_visits if link else None,
    )


def _says(row: dict[str, Any]) -> tuple[bool, bool, int, bytes]:
    day = row["day"].toordinal() if row["day"] else 0
    return row["cost"] is not None, row["acquired"] is not None, day, row["row_id"]


def _said(group: list[dict[str, Any]], name: str) -> str | None:
    """What the rows say under a name, the one that says most first."""
    return next((row[name] for row in sorted(group, key=_says, reverse=True) if row[name]), None)


def _engaged(group: list[dict[str, Any]]) -> float:
    return round(float(sum(row["engaged_visits"] for row in group)), 6)


def _costs(group: list[dict[str, Any]]) -> dict[str, float]:
    costs: dict[str, float] = defaultdict(float)
    for row in group:
        if row["cost"] is not None:
            costs[row["currency"] or ""] += row["cost"]
    return {currency: round(cost, 6) for currency, cost in sorted(costs.items())}


def _unmeasured(view: View, link: LinkRow | None) -> str | None:
    if link and link.not_measurable:
        return link.not_measurable
    return "no log" if view.log_since is None else None


def _verdict(
    link: LinkRow | None, told: Sequence[Term], *, offline: bool
) -> tuple[str, tuple[str, ...]]:
    if link is None or link.state == "never verified":
        return OFF_THE_WEB if offline else NEVER_SEEN, ()
    if link.state not in LIVE:
        return link.state, ()
    broken = tuple(term.name for term in told if term.kept is False)
    return (OTHERWISE, broken) if broken else (AS_AGREED, ())


def months_of(link: LinkRow, now: datetime) -> tuple[float, float] | None:
    """How many months a link has lived at least and at most: until it was seen last, and until the
    look or the report that missed it, or until now where it stands."""
    if link.first_seen is None or link.last_seen is None:
        return None
    until = link.lost_before if link.state in GONE else now if link.state in LIVE else None
    least = max(link.last_seen - link.first_seen, NOTHING) / MONTH
    return least, max(least, ((until or link.last_seen) - link.first_seen) / MONTH)


def monthly_cost(
    costs: dict[str, float], months: tuple[float, float] | None
) -> tuple[float, float] | None:
    """What a month that a link lived has cost, at least and at most; months before the first is
    over count as one. None without one currency."""
    if months is None or len(costs) != 1:
        return None
    (cost,) = costs.values()
    least, most = months
    return round(cost / max(most, 1.0), 6), round(cost / max(least, 1.0), 6)


def price_of(costs: dict[str, float], engaged: float | None) -> Price:
    """What an engaged visit cost: the cost over a Poisson count with Byar's interval."""
    if not costs:
        return Price(why="no cost is told")
    if len(costs) > 1:
        return Price(why="paid in several currencies")
    if engaged is None:
        return Price(why="visits cannot be measured")
    if engaged < ENOUGH:
        return Price(why="not enough data")
    (cost,) = costs.values()
    low, high = byar(engaged)
    return Price(cost / engaged, cost / high, cost / low)
