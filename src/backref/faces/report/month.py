"""What the monthly report says: the month's answers, put into words."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from backref.faces.drawing import words
from backref.faces.drawing.summary import figure
from backref.faces.query.broken import redirects
from backref.faces.query.month import incomplete
from backref.faces.query.plan import AS_AGREED, NEVER_SEEN, OFF_THE_WEB, OTHERWISE
from backref.faces.report.content import href, unknown
from backref.faces.report.month_view import (
    ChangeLine,
    ChangeList,
    ChannelLine,
    FixLine,
    LeadLine,
    MonthPage,
    PlacementLine,
    TermLine,
)
from backref.ledger import redirects as rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from backref.faces.drawing.summary import Figure
    from backref.faces.query import rows as answers
    from backref.faces.query.month import ChannelRow, LeadRow, Monthly
    from backref.faces.query.plan import PlanRow

TONES = {AS_AGREED: "good", OFF_THE_WEB: "flat", "unknown": "flat"}
IN_WORDS = {
    AS_AGREED: "as agreed",
    OTHERWISE: "otherwise than agreed",
    "lost": "lost",
    "reported lost": "lost by a vendor's word",
    "unknown": "unseen for 90 days",
    NEVER_SEEN: "never seen",
    OFF_THE_WEB: "off the web",
}
SURE = ("tagged", "page", "only candidate")


def page(month: Monthly, zone: str, logo: str, version: str) -> MonthPage:
    """Everything that the page shows of a month."""
    span = str(month.compared) if month.compared else ""
    dead = redirects(list(month.fix))
    beside = f", compared with {span}" if span else ""
    return MonthPage(
        site=month.site,
        month=str(month.month),
        lead=f"As known at the end of {words.day(month.month.last)} ({zone}){beside}",
        warnings=tuple(filter(None, (incomplete(month), _logged(month)))),
        logo=logo,
        headline=month.headline,
        figures=tuple(_figure(number, span) for number in month.numbers),
        plan=tuple(_plan(month)),
        placements=tuple(_placement(row, month.site) for row in month.placements),
        changed=tuple(_changed(month)),
        domain_lists=_domain_lists(month),
        link_lists=_link_lists(month),
        channels=tuple(map(_channel, month.channels)),
        channels_lead=_channels_lead(month),
        span=span,
        leads=tuple(map(_lead, month.leads)),
        leads_lead=_leads_lead(month, span),
        fix=tuple(map(_fix, month.fix)),
        nginx=tuple(rules.nginx(dead)),
        apache=tuple(rules.apache(dead)),
        reclaim=tuple(_reclaim(row, month.contacts) for row in month.changed.links_lost),
        thank=tuple(_thank(row, month.contacts) for row in month.thank),
        unknowns=tuple(map(unknown, month.unknowns)),
        foot=f"Made by Backref {version}",
    )


def _figure(number: answers.Number, span: str) -> Figure:
    """One of the five numbers; what came and went before is neither good nor bad."""
    found = figure(number, 0, span or "before")
    return replace(found, tone="flat") if "gained before" in number.parts else found


def _logged(month: Monthly) -> str:
    if month.log_days >= month.month.days:
        return ""
    if not month.log_days:
        return f"No access log tells of {month.month}, so visits are not known."
    return f"The access log tells of {month.log_days} of the {month.month.days} days."


def _plan(month: Monthly) -> Iterable[str]:
    """How much was agreed, how it stands, and what it cost."""
    rows = month.placements
    new = [row for row in rows if row.day and row.day >= month.month.first]
    if not rows:
        return
    verdicts = Counter(row.verdict for row in rows)
    stands = [f"{verdicts[name]} {said}" for name, said in IN_WORDS.items() if verdicts[name]]
    yield (
        f"{_many(len(rows), 'placement')} agreed so far, {len(new)} of them in {month.month}: "
        f"{', '.join(stands)}."
    )
    under = sum(verdicts[name] for name in IN_WORDS if name not in (AS_AGREED, OFF_THE_WEB))
    beyond = _many(month.beyond_plan, "further live link")
    yield f"Under plan: {under}. Beyond plan: {beyond} on the agreed pages that nobody agreed."
    if paid := _money(_added(row.costs for row in rows)):
        now = _money(_added(row.costs for row in new))
        yield f"Agreed cost: {paid} in all, {now or 'nothing'} of it in {month.month}."


def _added(costs: Iterable[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    for each in costs:
        for currency, cost in each.items():
            total[currency] += cost
    return dict(sorted(total.items()))


def _money(costs: dict[str, float]) -> str:
    return ", ".join(f"{_amount(cost)} {currency}".strip() for currency, cost in costs.items())


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _placement(row: PlanRow, site: str) -> PlacementLine:
    (currency, _), *_ = [*row.costs.items(), ("", 0.0)]
    about = (row.acquired, row.creator, row.owner and f"owner {row.owner}", _agreed_on(row))
    host, slash, path = row.page.partition("/")
    price = row.cost_why if row.costs else ""
    return PlacementLine(
        page=row.page if row.verdict == OFF_THE_WEB else host,
        path="" if row.verdict == OFF_THE_WEB else slash + path,
        href=href(row.live_url),
        about=", ".join(filter(None, about)),
        terms=tuple(_terms(row, site)),
        verdict=row.verdict,
        tone=TONES.get(row.verdict, "bad"),
        proof=_proof(row),
        strip=row.lifeline,
        weeks=row.weekly_visits,
        cost=_money(row.costs) or words.DASH,
        cost_note=_monthly(row),
        visits=words.count(row.visits),
        engaged=words.count(row.engaged_visits),
        price=_price(row.cost_per_engaged, currency) or words.DASH,
        price_note=price if row.cost_per_engaged is None else _between(row),
    )


def _between(row: PlanRow) -> str:
    return f"{_amount_of(row.cost_low)}{words.DASH}{_amount_of(row.cost_high)} at 95 %"


def _monthly(row: PlanRow) -> str:
    """What a month that the link lived has cost."""
    if row.cost_per_month is None:
        return ""
    low, high = map(_amount_of, row.cost_per_month)
    return f"{low if low == high else f'{low}{words.DASH}{high}'} a month that it lived"


def _agreed_on(row: PlanRow) -> str:
    return f"{words.day(row.day)}" if row.day else ""


def _price(value: float | None, currency: str) -> str:
    return "" if value is None else f"{_amount_of(value)} {currency}".strip()


def _amount_of(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _terms(row: PlanRow, site: str) -> Iterable[TermLine]:
    """What was agreed, each with what was found where that is something else."""
    known = row.verdict not in (NEVER_SEEN, OFF_THE_WEB)
    agreed = (
        ("target", row.target and _own(row.target, site), None),
        ("anchor", row.anchor_agreed, row.anchor_found),
        ("rel", row.rel_agreed, row.rel_found),
    )
    for name, wanted, found in agreed:
        if wanted is None:
            continue
        broken = name in row.broken
        mark = "broken" if broken else "kept" if known else "open"
        shown = {"target": "\u2192 {}", "anchor": "\u201c{}\u201d", "rel": "rel {}"}[name]
        other = f"found: {found or 'none'}" if broken and name != "target" else ""
        yield TermLine(mark, shown.format(wanted or "none"), other)
    for code in row.codes:
        yield TermLine("open", f"code {code}")


def _own(page: str, site: str) -> str:
    """An own page without its host where that is the main one."""
    host, _, path = page.partition("/")
    return f"/{path}" if host == site else page


def _proof(row: PlanRow) -> str:
    if row.verdict in ("lost", "reported lost") and row.lost_before:
        return f"gone by {words.day(row.lost_before)}"
    if row.last_verified and row.verdict == NEVER_SEEN:
        return f"page last looked at {words.day(row.last_verified)}"
    if row.last_verified:
        return f"verified {words.day(row.last_verified)}"
    if row.last_seen and row.verdict != NEVER_SEEN:
        return f"last told {words.day(row.last_seen)}"
    return "no proof yet" if row.verdict != OFF_THE_WEB else ""


def _changed(month: Monthly) -> Iterable[str]:
    change, links = month.changed.domains, month.changed
    yield (
        f"Referring domains: {change.gained} gained; {change.lost} lost, {change.confirmed} "
        f"confirmed and {change.reported} by a vendor's word."
    )
    yield (
        f"Links: {links.gained:,} gained; {links.confirmed + links.reported:,} lost, "
        f"{links.confirmed:,} confirmed and {links.reported:,} by a vendor's word."
    )


def _domain_lists(month: Monthly) -> tuple[ChangeList, ...]:
    changed = month.changed
    gained = [_domain(row, "first seen", row.first_seen) for row in changed.domains_gained]
    lost = [_domain(row, f"{row.state} by", row.lost_before) for row in changed.domains_lost]
    return (
        _list("Domains gained", gained, changed.domains.gained),
        _list("Domains lost", lost, changed.domains.lost),
    )


def _domain(row: answers.DomainRow, what: str, at: datetime | None) -> ChangeLine:
    rating = f"; rated {words.count(row.rating)} by {row.rating_by}" if row.rating else ""
    when = f"{what} {words.day(at)}" if at else what
    return ChangeLine(row.domain, f"{when}{rating}", _monthly_visits(row.monthly_visits))


def _link_lists(month: Monthly) -> tuple[ChangeList, ...]:
    changed = month.changed
    return (
        _list("Links gained", map(_link, changed.links_gained), changed.gained),
        _list("Links lost", map(_link, changed.links_lost), changed.confirmed + changed.reported),
    )


def _list(name: str, lines: Iterable[ChangeLine], total: int) -> ChangeList:
    held = tuple(lines)
    rest = f"and {total - len(held):,} more" if total > len(held) else ""
    return ChangeList(name, held, rest)


def _link(row: answers.LinkRow) -> ChangeLine:
    begun = f"first seen {words.day(row.first_seen)}" if row.first_seen else "undated"
    gone = row.state in ("lost", "reported lost")
    when = f"{row.state}: {words.standing(row)}" if gone else begun
    return ChangeLine(
        row.title or row.source_page,
        f"{row.source_page} \u2192 {row.target_page or 'target not known'}; {when}",
        row.not_measurable or _monthly_visits(row.monthly_visits),
        href(row.source_url),
    )


def _monthly_visits(value: float | None) -> str:
    return "visits unknown" if value is None else f"{words.count(value)} visits a month"


def _channel(row: ChannelRow) -> ChannelLine:
    total = sum(row.certainty.values()) or 1.0
    sure = sum(row.certainty.get(level, 0.0) for level in SURE) / total
    return ChannelLine(
        channel=row.channel,
        visits=words.count(row.visits),
        change=_signed(row.visits, row.before),
        engaged=words.count(row.engaged_visits),
        conversions=words.count(row.conversions, words.NO_GOAL),
        certainty=tuple((level, held / total) for level, held in row.certainty.items()),
        sure=words.percent(sure, ""),
    )


def _signed(now: float, before: float | None) -> str:
    if before is None:
        return words.DASH
    difference = round(now - before)
    sign = "+" if difference > 0 else words.MINUS if difference < 0 else "\u00b1"
    return f"{sign}{abs(difference):,}"


def _channels_lead(month: Monthly) -> str:
    visits = sum(row.visits for row in month.channels)
    return (
        f"{words.count(visits)} visits of people came through links in {month.month}. The bar "
        "shows how surely they are matched to a link; sure are those with a tag, a full referrer "
        "or only one link that could have sent them."
    )


def _lead(row: LeadRow) -> LeadLine:
    value = "" if row.value is None else f"{_amount(row.value)} {row.currency or ''}".strip()
    return LeadLine(row.stage, words.count(row.leads), words.count(row.linked), value or "not told")


def _leads_lead(month: Monthly, span: str) -> str:
    if not month.leads:
        return "Not known: no sheet of leads or sales tells of this month."
    beside = f", {month.leads_before:,} in {span}" if month.leads_before is not None else ""
    total = sum(row.leads for row in month.leads)
    return f"{total:,} told by your own sheets{beside}."


def _fix(row: answers.BrokenRow) -> FixLine:
    people = "no log" if row.people is None else f"{row.people:,}"
    redirect = row.redirect or "no page of yours is like it"
    return FixLine(row.address, str(row.status), f"{row.domains:,}", people, redirect)


def _reclaim(row: answers.LinkRow, contacts: dict[str, str]) -> ChangeLine:
    contact = contacts.get(row.source_identity, "")
    return ChangeLine(
        row.source_page,
        f"to {row.target_page or 'a page not known'}; {words.standing(row)}",
        row.not_measurable or _monthly_visits(row.monthly_visits),
        href(row.source_url),
        contact,
    )


def _thank(row: answers.ReferrerRow, contacts: dict[str, str]) -> ChangeLine:
    return ChangeLine(
        row.host,
        f"{words.count(row.visits)} visits in the month",
        f"{words.count(row.engaged_visits)} engaged",
        "",
        contacts.get(row.domain, ""),
    )
