"""The top of everything in words: the five numbers, the points of the chart, what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from backref.faces.drawing import words
from backref.faces.drawing.chart import Point

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from backref.faces.query import rows as answers

Tone = Literal["good", "bad", "flat"]
LOST = ("lost", "reported lost")
_FLOW = "referring domains gained less lost"


@dataclass(frozen=True)
class Figure:
    """One of the five numbers: its value, the change against the previous period, and what
    the figure rests on. `delta` is empty where no comparison is possible.
    """

    label: str
    value: str
    delta: str = ""
    tone: Tone = "flat"
    note: str = ""


def figure(number: answers.Number, days: int, span: str = "") -> Figure:
    """One of the five numbers, against the period before; `span` names it where it is not as many
    days."""
    told = _TOLD.get(number.name, number.name)
    title = told[0].upper() + told[1:]
    if number.value is None:
        return Figure(title, "not known", note=number.why)
    said = _SPOKEN.get(number.name, _plain)
    value, note = said(number)
    return Figure(title, value, _delta(number, days, span), _tone(number), note)


def _delta(number: answers.Number, days: int, span: str) -> str:
    span = span or (f"the {days} days before" if not number.why else "the export before")
    if "gained before" in number.parts and number.before is not None:
        gained, lost = (int(number.parts[f"{what} before"] or 0) for what in ("gained", "lost"))
        return f"+{gained} {words.MINUS}{lost} in {span}"
    return words.change(number.value, number.before, span)


def _plain(number: answers.Number) -> tuple[str, str]:
    return words.count(number.value), number.why


def _live(number: answers.Number) -> tuple[str, str]:
    seen = words.percent(number.parts["seen share"], "none")
    note = f"{seen} seen by an archive or our own check in the last 90 days"
    return words.count(number.value), note


def _flow(number: answers.Number) -> tuple[str, str]:
    gained, confirmed, reported = (
        int(number.parts[name] or 0) for name in ("gained", "lost, confirmed", "lost, reported")
    )
    value = f"+{gained} {words.MINUS}{confirmed + reported}"
    return value, f"of the losses, {confirmed} confirmed and {reported} a vendor's word"


_SPOKEN: dict[str, Callable[[answers.Number], tuple[str, str]]] = {
    "live followed referring domains": _live,
    _FLOW: _flow,
}
_TOLD = {_FLOW: "referring domains gained and lost"}  # both stand there, not their difference


def _tone(number: answers.Number) -> Tone:
    if number.name == _FLOW:
        return "flat"  # what stands under it is the period before as it was, no difference to it
    if number.value is None or number.before is None or number.value == number.before:
        return "flat"
    return "good" if number.value > number.before else "bad"


def point(row: answers.DomainRow, start: datetime) -> Point:
    """A referring domain on the chart; it is new when it was first seen after `start`."""
    return Point(
        name=row.domain,
        search=row.search_share,
        engaged=row.engaged_visits,
        group=row.quadrant,
        is_new=row.first_seen is not None and row.first_seen > start,
        is_lost=row.state in LOST,
    )


def quadrants(comparison: answers.Comparison) -> str:
    """How many referring domains stand in each part of the chart, and how many in none."""
    named = [f"{number} {name}" for name, number in comparison.quadrants.items()]
    others = comparison.unlinked
    without = f"; {others} more have no live link and stand in none" if others else ""
    return f"Referring domains: {', '.join(named)}{without}."


def basis(domains: Iterable[answers.DomainRow]) -> str:
    """What the search value rests on: our own authority, and for domains that no ranked graph
    knows whose ratings."""
    rows = list(domains)
    own = sorted({row.authority_by for row in rows if row.authority_by})
    others = sorted({row.rating_by for row in rows if row.rating_by and not row.authority_by})
    word = f"{', '.join(others)}: others' word, named as such."
    if own:
        known = sum(1 for row in rows if row.authority_by)
        told = f"Search value rests on {', '.join(own)}, which knows {known:,} of {len(rows):,}"
        return f"{told}; for others on {word}" if others else f"{told}."
    if not others:
        return "No graph, export or published rank rates them: none has a share of search value."
    return f"Search value rests on {word}"
