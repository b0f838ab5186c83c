"""What began and what ended: referring domains gained and lost in a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

LOST = {"lost": "confirmed", "reported lost": "reported"}


@dataclass(frozen=True)
class Life:
    """A referring domain's state, when its first link began (None for the baseline, which is
    never new), when its last one was gone, and the visits it sent a month (None unknown)."""

    domain: str
    state: str
    born: datetime | None
    gone: datetime | None
    monthly_visits: float | None


@dataclass(frozen=True)
class Change:
    """Domains gained and lost. `visits_lost` is what the lost ones sent a month, None when
    none of them could be measured."""

    gained: int
    confirmed: int
    reported: int
    visits_lost: float | None

    @property
    def lost(self) -> int:
        """Lost by proof or by a vendor's word."""
        return self.confirmed + self.reported


def began(life: Life, start: datetime, end: datetime) -> bool:
    """Whether a domain was gained after `start` and not after `end`."""
    return life.born is not None and start < life.born <= end


def ended(life: Life, start: datetime, end: datetime) -> bool:
    """Whether a domain was lost after `start` and not after `end`."""
    return life.state in LOST and life.gone is not None and start < life.gone <= end


def between(lives: Iterable[Life], start: datetime, end: datetime) -> Change:
    """What changed after `start` and not after `end`."""
    lives = list(lives)
    lost = [life for life in lives if ended(life, start, end)]
    measured = [life.monthly_visits for life in lost if life.monthly_visits is not None]
    return Change(
        gained=sum(1 for life in lives if began(life, start, end)),
        confirmed=sum(1 for life in lost if life.state == "lost"),
        reported=sum(1 for life in lost if life.state == "reported lost"),
        visits_lost=sum(measured) if measured else None,
    )


def headline(week: Change, days: str = "", span: str = "this week") -> str:
    """The week, or another `span`, in one or two sentences, what was lost first; `days` names its
    days.

    >>> headline(Change(gained=0, confirmed=2, reported=1, visits_lost=412.0))
    '3 referring domains lost this week; those sites sent 412 visits a month in their last 90 days.'
    """
    when = f"{span} ({days})" if days else span
    if not week.lost:
        return f"No referring domain was lost {when}; {_domains(week.gained)} gained."
    lost = f"{_domains(week.lost)} lost {when}"
    gained = f" {_domains(week.gained).capitalize()} gained." if week.gained else ""
    if week.visits_lost is None:
        sender = "it" if week.lost == 1 else "those sites"
        return f"{lost}; what {sender} sent is not known without a log.{gained}"
    sent = f"{_those(week.lost)} sent {_visits(week.visits_lost)} a month"
    return f"{lost}; {sent} in {'its' if week.lost == 1 else 'their'} last 90 days.{gained}"


def _domains(count: int) -> str:
    return f"{count:,} referring domain{'' if count == 1 else 's'}"


def _those(count: int) -> str:
    return "that site" if count == 1 else "those sites"


def _visits(count: float) -> str:
    whole = round(count)
    return f"{whole:,} visit{'' if whole == 1 else 's'}"
