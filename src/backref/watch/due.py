"""When a page is due for a look of our own, and which of those due is worth the next one.

The rhythm is that of the young: a new link is looked at after 1, 3 and 7 days, then weekly for
two months, then monthly. A link that one look missed is looked at again after a day, for two looks
at least 24 hours apart prove a loss. What could not be seen is tried again after 1, 3 and 7 days,
then weekly. A page that lost its link, or had it reported lost, is looked at monthly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nsmallest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CONFIRM = timedelta(hours=24)
YOUNG = (1 * DAY, 2 * DAY, 4 * DAY)
"""From one look to the next, so that they fall on days 1, 3 and 7."""
WEEKLY, WEEKS = 7 * DAY, 8
MONTHLY = 30 * DAY
OLD = 90 * DAY
"""A link known for longer than this when it is first looked at is no young one."""
TRIES = (1 * DAY, 2 * DAY, 4 * DAY)
RESTART = timedelta(hours=1)
"""A page whose look was interrupted may have been asked just now: so long it is left alone."""
LONGEST_WAIT = 30 * DAY
"""A server that asks for more patience than this is asked again then."""


@dataclass(frozen=True)
class Page:
    """What is known of a page that may be looked at. `suspect`: one look missed a link of it or saw
    one changed; `standing`: a link of it may stand; `reported`: somebody says that one is lost.
    `newest` is when its newest link was first seen. `telling` and `blind` count looks that told
    something, and those since that told nothing. `search_share` in [0, 1] and `monthly_visits` are
    at stake."""

    page: str
    domain: str
    url: str
    purpose: str = "page"
    suspect: bool = False
    standing: bool = True
    reported: bool = False
    search_share: float = 0.0
    monthly_visits: float = 0.0
    paid: bool = False
    newest: datetime | None = None
    looks: int = 0
    telling: int = 0
    blind: int = 0
    last_at: datetime | None = None
    told_at: datetime | None = None
    last_told: str | None = None
    next_allowed: datetime | None = None


@dataclass(frozen=True)
class Due:
    """A page, when its look is due, why, and how much that matters beside other pages."""

    page: Page
    at: datetime
    why: str
    weight: float


def due(page: Page) -> tuple[datetime, str]:
    """When a page is due, and why then. Never looked at is due at once."""
    if page.last_at is None:
        return EPOCH, "never checked"
    at, why = _next(page, page.last_at)
    if page.next_allowed is not None and page.next_allowed > at:
        return min(page.next_allowed, page.last_at + LONGEST_WAIT), "its server asked to wait"
    return at, why


def _next(page: Page, last: datetime) -> tuple[datetime, str]:
    if page.last_told == "interrupted":
        return last + RESTART, "its look was interrupted"
    if page.purpose == "target":
        return last + WEEKLY, "weekly"
    if page.blind:
        step = TRIES[page.blind - 1] if page.blind <= len(TRIES) else WEEKLY
        return last + step, f"could not be seen ({page.last_told})"
    if page.suspect:
        return last + CONFIRM, "a link is missing or changed there"
    if not page.standing:
        return last + MONTHLY, "lost, may return"
    return _rhythm(page, last)


def _rhythm(page: Page, last: datetime) -> tuple[datetime, str]:
    known = page.newest is not None and last - page.newest <= OLD
    looks = page.telling if known else page.telling + len(YOUNG)
    if looks <= len(YOUNG):
        return last + YOUNG[max(looks, 1) - 1], "new link"
    if looks <= len(YOUNG) + WEEKS:
        return last + WEEKLY, "weekly"
    return last + MONTHLY, "monthly"


class Stakes(NamedTuple):
    """Of many pages the largest stakes, how many are due, and when the next one will be; None
    where none will."""

    visits: float
    share: float
    due: int
    later: datetime | None


def stakes(pages: Iterable[Page], now: datetime) -> Stakes:
    """What must be known of all pages before any two can be compared."""
    visits = share = 0.0
    waiting = 0
    later: datetime | None = None
    for page in pages:
        visits, share = max(visits, page.monthly_visits), max(share, page.search_share)
        at, _ = due(page)
        if at <= now:
            waiting += 1
        elif later is None or at < later:
            later = at
    return Stakes(visits, share, waiting, later)


def ordered(pages: Iterable[Page], now: datetime, known: Stakes, most: int) -> list[Due]:
    """The pages that are due, the one that matters most first: at most so many, and no more are
    held at a time."""
    found = (
        Due(page, at, why, round(_stake(page, known) * _urgency(page, at, now), 9))
        for page in pages
        for at, why in [due(page)]
        if at <= now
    )
    return nsmallest(
        most, found, key=lambda each: (-each.weight, each.page.page, each.page.purpose)
    )


def _stake(page: Page, known: Stakes) -> float:
    """What is at stake, each kind of it against the page with most; never nothing."""
    visits = page.monthly_visits / known.visits if known.visits > 0 else 0.0
    share = page.search_share / known.share if known.share > 0 else 0.0
    return 0.05 + visits + share + page.paid


def _urgency(page: Page, at: datetime, now: datetime) -> float:
    """More for a loss that waits for its proof and for what nobody ever looked at; and the more
    the longer it has been due against its own rhythm."""
    if page.last_at is None:
        return 3.0
    rhythm = max((at - page.last_at) / DAY, 0.25)
    overdue = 1 + min(max((now - at) / DAY, 0.0) / rhythm, 4.0)
    return overdue * (4.0 if page.suspect else 2.0 if page.reported else 1.0)
