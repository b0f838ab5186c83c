"""Definitions of a visit: the rules by which each tool makes visits from the same hits.

A definition is data; `cutting.py` and `sessions.py` apply it. A log holds requests of pages, so of
each tool this is what can be told from those, `unmeasurable` saying what cannot: what happens on
a page without a request (scrolling, heartbeats, clicks on other sites) leaves none. A tool's script
is taken to run on every page and on no error page. All know visitors by Backref's daily hash, which
knows a visitor of the day before only when midnight fell into a visit, so that whatever a tool
remembers for longer by cookies is not measurable either. A visit carried over midnight UTC ends at
noon whatever the definition says.

Sources: Google's help pages on sessions and engagement; Matomo's default configuration and
developer documentation; Plausible's and Umami's published source code, as read in 2026.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

HALF_HOUR = 30 * 60
ON_PAGE = "time on the last page leaves no request in a log"
EVENTS = "events within a page leave no request in a log"
COOKIE = "visitors are known for a day, not by a cookie"


@dataclass(frozen=True)
class Definition:
    """How one tool makes visits from a visitor's hits, and what it says of each.

    A new visit begins after `silence` seconds without a hit (None: never), and where asked for:
    when the clock's `hour` (UTC) or the `midnight` of the site's zone is passed, when a `campaign`
    or outside `referrer` comes that is not the visit's own, and after `most_hits`. `dead` targets
    are hits too. A visit that brings no source has that of the visitor's visit before where the
    tool `remembers` it.

    Engaged is a visit of two views or with a goal, where the tool `engages` at all; bounced one
    that is not engaged, or else one of a single view. A visit of one view lasts `single` seconds.
    """

    name: str
    tool: str
    silence: int | None = HALF_HOUR
    hour: bool = False
    midnight: bool = False
    campaign: bool = False
    referrer: bool = False
    most_hits: int | None = None
    dead: bool = False
    remembers: bool = False
    engages: bool = False
    single: float | None = 0.0
    unmeasurable: Mapping[str, str] = field(default_factory=dict)


BACKREF = Definition(
    "backref",
    "Backref",
    campaign=True,
    referrer=True,
    dead=True,
    engages=True,
    single=None,
    unmeasurable={"seconds": f"{ON_PAGE}; the mean is that of visits of two and more views"},
)
GA4 = Definition(
    "ga4",
    "Google Analytics 4",
    remembers=True,
    engages=True,
    unmeasurable={
        "engaged_visits": "a lower bound: ten seconds in one view leave no request in a log",
        "bounced_visits": "an upper bound, for engaged visits are a lower one",
        "seconds": f"session duration; engagement time is not measurable: {ON_PAGE}",
        "visits": f"sources are remembered as long as a visitor: {COOKIE}",
    },
)
MATOMO = Definition(
    "matomo",
    "Matomo",
    midnight=True,
    campaign=True,
    most_hits=10_000,
    unmeasurable={
        "engaged_visits": "Matomo has no such measure",
        "views": "downloads and clicks on other sites, which are actions too, are not counted",
        "seconds": f"without a heartbeat, as Matomo counts by default: {ON_PAGE}",
        "visits": COOKIE,
    },
)
PLAUSIBLE = Definition(
    "plausible",
    "Plausible",
    unmeasurable={
        "engaged_visits": "Plausible has no such measure",
        "bounced_visits": f"an upper bound: {EVENTS}",
        "seconds": f"scroll depth and engagement are not measurable: {ON_PAGE}",
    },
)
UMAMI = Definition(
    "umami",
    "Umami",
    silence=None,
    hour=True,
    unmeasurable={
        "engaged_visits": "Umami has no such measure",
        "bounced_visits": f"an upper bound: {EVENTS}",
        "seconds": ON_PAGE,
        "visits": f"in a site of one page, visits end 30 minutes after they began; {COOKIE}",
    },
)
"""Umami names a visit by visitor and clock hour. What keeps a visit beyond that, for 30 minutes
from its start, lives in the page and dies with it: whoever requests a page anew is named anew."""

DEFINITIONS: dict[str, Definition] = {
    one.name: one for one in (BACKREF, GA4, MATOMO, PLAUSIBLE, UMAMI)
}
ALL = "all"


def chosen(name: str) -> tuple[Definition, ...]:
    """The definitions that a name means, `all` meaning each. Raises UsageError."""
    if name == ALL:
        return tuple(DEFINITIONS.values())
    if name not in DEFINITIONS:
        raise UsageError(f"No definition {name!r}; choose {', '.join(DEFINITIONS)} or {ALL}.")
    return (DEFINITIONS[name],)
