"""The overview in the terminal: the headline, five numbers, three piles, and which matters more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.drawing.summary import quadrants
from backref.faces.listing import number, percent
from backref.faces.query.moment import day
from backref.faces.terminal import paint, visible

if TYPE_CHECKING:
    from backref.faces.query import BrokenRow, DomainRow, LinkRow, Number, Overview

SEEN = "seen by an archive or our own check in the last 90 days"


def text(overview: Overview, *, colours: bool) -> str:
    """The overview as lines for people."""
    return f"{headline(overview, colours=colours)}\n{body(overview)}"


def headline(overview: Overview, *, colours: bool) -> str:
    """The week in a sentence, as a line."""
    return paint(overview.headline, "bold", wanted=colours) + "\n"


def body(overview: Overview) -> str:
    """All but the headline."""
    days = f"{overview.period_days} days"
    lines = [
        f"{overview.period}, against the {days} before:",
        *(_number(one, days) for one in overview.numbers),
        "",
        *_piles(overview),
        *_quadrants(overview),
        overview.comparison.sentence,
    ]
    return "\n".join(lines) + "\n"


def _piles(overview: Overview) -> list[str]:
    """What to do, each pile with the days that its figures are of."""
    since = f", people since {day(overview.log_since)}" if overview.log_since else ""
    quarter = f", gone in the {overview.reclaim_days} days to {day(overview.as_of)}"
    return [
        *_pile(
            f"Fix dead targets{since}",
            [_broken(row) for row in overview.fix],
            "backref broken",
            overview.people_unknown,
        ),
        *_pile(
            f"Reclaim lost links{quarter}",
            [_lost(row) for row in overview.reclaim],
            f"backref links --state lost --since {overview.reclaim_days}d",
            overview.links_unknown,
        ),
        *_pile(
            f"Thank top senders{since}",
            [_sender(row) for row in overview.thank],
            "backref domains --sort engaged",
            overview.people_unknown,
        ),
    ]


def _quadrants(overview: Overview) -> list[str]:
    stand_there = any(overview.comparison.quadrants.values())
    return [quadrants(overview.comparison)] if stand_there else []


def _number(one: Number, days: str) -> str:
    if one.value is None:
        return f"  {'not known':>10}  {one.name}: {one.why}"
    if "gained" in one.parts:
        return _gained_and_lost(one, days)
    notes = [f"{number(one.before)} before"] if one.before is not None else []
    if one.parts.get("seen share") is not None:
        notes.append(f"{percent(one.parts['seen share'])} {SEEN}")
    if "brand clicks" in one.parts:
        notes.append(f"{number(one.parts['brand clicks'])} brand clicks beside")
    notes += [one.why] if one.why else []
    return f"  {number(one.value):>10}  {one.name}" + (f" ({', '.join(notes)})" if notes else "")


def _gained_and_lost(one: Number, days: str) -> str:
    """Two counts rather than their difference, which hides both."""
    parts = {name: number(value) for name, value in one.parts.items()}
    lost = number((one.parts["lost, confirmed"] or 0) + (one.parts["lost, reported"] or 0))
    both = f"+{parts['gained']} −{lost}"
    return (
        f"  {both:>10}  referring domains gained and lost "
        f"({parts['lost, confirmed']} confirmed, {parts['lost, reported']} reported; "
        f"+{parts['gained before']} −{parts['lost before']} in the {days} before)"
    )


def _pile(name: str, items: list[str], command: str, unknown: str) -> list[str]:
    if not items and unknown:
        return [f"{name}: not known: {unknown}.", ""]
    if not items:
        return [f"{name}: nothing to do.", ""]
    return [f"{name} ({command}):", *(f"  {visible(item)}" for item in items), ""]


def _broken(row: BrokenRow) -> str:
    send = f" → {row.redirect}" if row.redirect else ""
    people = "no log" if row.people is None else f"{row.people} requests of people"
    return f"{row.address}{send}: {row.domains} domains, {people}"


def _lost(row: LinkRow) -> str:
    when = row.lost_before.strftime("%Y-%m-%d") if row.lost_before else "at an unknown time"
    visits = row.not_measurable or f"{number(row.monthly_visits)} visits a month"
    return f"{row.source_page} → {row.target_page}: {row.state} by {when}, {visits}"


def _sender(row: DomainRow) -> str:
    told = f"{row.domain}: {number(row.engaged_visits)} engaged visits"
    return told if row.conversions is None else f"{told}, {number(row.conversions)} conversions"
