"""When a page is due for a look of our own, and which of those due is worth the next one.

The rhythm is that of the young: a new link is looked at after 1, 3 and 7 days, then weekly for
two months, then monthly. A link that one look missed is looked at again after a day, for two looks
at least 24 hours apart prove a loss. What could not be seen is tried again after 1, 3 and 7 days,
then weekly. A page that lost its link, or had it reported lost, is looked at monthly.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

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


def ordered(pages: Iterable[Page], now: datetime) -> list[Due]:
    """The pages that are due, the one that matters most first."""
    known = list(pages)
    most_visits = max((page.monthly_visits for page in known), default=0.0)
    most_share = max((page.search_share for page in known), default=0.0)
    found = []
    for page in known:
        at, why = due(page)
        if at <= now:
            stake = _stake(page, most_visits, most_share)
            found.append(Due(page, at, why, round(stake * _urgency(page, at, now), 9)))
    return sorted(found, key=lambda each: (-each.weight, each.page.page, each.page.purpose))


def next_time(pages: Iterable[Page], now: datetime) -> datetime | None:
    """When the next page is due after now; None when none will be."""
    times = (due(page)[0] for page in pages)
    return min((at for at in times if at > now), default=None)


def _stake(page: Page, most_visits: float, most_share: float) -> float:
    """What is at stake, each kind of it against the page with most; never nothing."""
    visits = page.monthly_visits / most_visits if most_visits > 0 else 0.0
    share = page.search_share / most_share if most_share > 0 else 0.0
    return 0.05 + visits + share + page.paid


def _urgency(page: Page, at: datetime, now: datetime) -> float:
    """More for a loss that waits for its proof and for what nobody ever looked at; and the more
    the longer it has been due against its own rhythm."""
    if page.last_at is None:
        return 3.0
    rhythm = max((at - page.last_at) / DAY, 0.25)
    overdue = 1 + min(max((now - at) / DAY, 0.0) / rhythm, 4.0)
    return overdue * (4.0 if page.suspect else 2.0 if page.reported else 1.0)
