"""The overview in the terminal: the headline, five numbers, three piles, and which matters more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.listing import number, percent
from backref.faces.terminal import paint, visible

if TYPE_CHECKING:
    from backref.faces.query import BrokenRow, DomainRow, LinkRow, Number, Overview


def text(overview: Overview, *, colours: bool) -> str:
    """The overview as lines for people."""
    return f"{headline(overview, colours=colours)}\n{body(overview)}"


def headline(overview: Overview, *, colours: bool) -> str:
    """The week in a sentence, as a line."""
    return paint(overview.headline, "bold", wanted=colours) + "\n"


def body(overview: Overview) -> str:
    """All but the headline."""
    lines = [
        *(_number(one) for one in overview.numbers),
        "",
        *_pile("Fix dead targets", [_broken(row) for row in overview.fix], "backref broken"),
        *_pile(
            "Reclaim lost links",
            [_lost(row) for row in overview.reclaim],
            "backref links --state lost --sort visits",
        ),
        *_pile("Thank top senders", [_sender(row) for row in overview.thank], "backref domains"),
        "  ".join(f"{name} {count}" for name, count in overview.comparison.quadrants.items()),
        overview.comparison.sentence,
    ]
    return "\n".join(lines) + "\n"


def _number(one: Number) -> str:
    if one.value is None:
        return f"  {'not known':>10}  {one.name}: {one.why}"
    if "gained" in one.parts:
        return _gained_and_lost(one)
    notes = [f"{number(one.before)} before"] if one.before is not None else []
    if one.parts.get("verified share") is not None:
        notes.append(f"{percent(one.parts['verified share'])} verified")
    if "brand clicks" in one.parts:
        notes.append(f"{number(one.parts['brand clicks'])} brand clicks beside")
    notes += [one.why] if one.why else []
    return f"  {number(one.value):>10}  {one.name}" + (f" ({', '.join(notes)})" if notes else "")


def _gained_and_lost(one: Number) -> str:
    """Two counts rather than their difference, which hides both."""
    parts = {name: number(value) for name, value in one.parts.items()}
    lost = number((one.parts["lost, confirmed"] or 0) + (one.parts["lost, reported"] or 0))
    both = f"+{parts['gained']} −{lost}"
    return (
        f"  {both:>10}  referring domains gained and lost "
        f"({parts['lost, confirmed']} confirmed, {parts['lost, reported']} reported; "
        f"+{parts['gained before']} −{parts['lost before']} before)"
    )


def _pile(name: str, items: list[str], command: str) -> list[str]:
    if not items:
        return [f"{name}: nothing to do.", ""]
    return [f"{name} ({command}):", *(f"  {visible(item)}" for item in items), ""]


def _broken(row: BrokenRow) -> str:
    send = f" → {row.redirect}" if row.redirect else ""
    return f"{row.page}{send}: {row.domains} domains, {row.people} requests of people"


def _lost(row: LinkRow) -> str:
    when = row.lost_before.strftime("%Y-%m-%d") if row.lost_before else "at an unknown time"
    visits = row.not_measurable or f"{number(row.monthly_visits)} visits a month"
    return f"{row.source_page} → {row.target_page}: {row.state} by {when}, {visits}"


def _sender(row: DomainRow) -> str:
    engaged, converted = number(row.engaged_visits), number(row.conversions)
    return f"{row.domain}: {engaged} engaged visits, {converted} conversions"
