"""Hosts that sent people in the period, bots and suspects counted beside."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.faces.drawing.days import NARROW, WIDE, drawn
from backref.faces.query import ReferrerRow
from backref.faces.query.arrivals import Arrivals, arrivals
from backref.faces.query.period import last
from backref.faces.serve.asking import Looks, Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.forms import Fields, begun
from backref.faces.serve.pages.frame import Chosen, Days, Edge, Search, Sort, Turn, Words, page
from backref.faces.serve.pages.rows import arranged, holds, part, searched

router = APIRouter()

ROWS = 100
LONGEST = 253
KEYS = {
    "visits": attrgetter("visits"),
    "engaged": attrgetter("engaged_visits"),
    "conversions": attrgetter("conversions"),
    "rate": attrgetter("rate"),
    "bots": attrgetter("bots"),
    "landing": attrgetter("landing_pages"),
    "first-visit": attrgetter("first_visit"),
    "host": attrgetter("host"),
    "channel": attrgetter("channel"),
}
LINKS = ("live", "lost", "unknown", "none")


def name_of(row: ReferrerRow) -> str:
    """What tells a row from the others."""
    return f"{row.host} {row.channel}"


def chosen(
    reading: Reads,
    asked: Chosen,
    days: Days = 28,
    q: Search = "",
    channel: Words = (),
    known: Words = (),
    sort: Sort = "",
    order: Turn = "",
) -> list[ReferrerRow]:
    """The hosts that an address chooses, in its order."""
    since = last(asked.view, days).start
    rows = reading.kept(asked, ("referrers", days), lambda: asked.referrers(since=since))
    found = [
        row
        for row in searched(rows, q, attrgetter("host"))
        if holds(channel, row.channel) and holds(known, row.known_link)
    ]
    return arranged(found, KEYS, sort or "visits", turned=order == "up")


Found = Annotated[list[ReferrerRow], Depends(chosen)]


@router.get("/referrers")
def referrers(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Found,
    days: Days = 28,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """One page of hosts, under the visits of each day by channel."""
    came = reading.kept(asked, ("arrivals", days), lambda: arrivals(asked.view, days))
    channels = tuple(came.channels)
    return page(
        request,
        reading,
        "referrers",
        "Referrers",
        asked,
        days=days,
        came=came,
        wide=_series(came, WIDE, "wide"),
        narrow=_series(came, NARROW, "narrow"),
        window=part(found, name_of, after=after, before=before, limit=ROWS),
        facets=(("channel", "Channel", channels), ("known", "Known link", LINKS)),
    )


@router.get("/referrers.{how}")
def export_referrers(found: Found, how: export.Format) -> Response:
    """The same hosts as a file."""
    return export.rows(found, ReferrerRow, how, "referrers")


@router.post("/referrers/find")
def find(request: Request, eyes: Looks, asked: Chosen, sent: Fields) -> Response:
    """Search a domain that sends people for the page that links here."""
    return begun(request, eyes.find(asked.name, sent.get("domain", "")[:LONGEST]))


def _series(came: Arrivals, width: int, name: str) -> Markup:
    drawing = drawn(came.days, came.now, came.before, width)
    marked = drawing.replace('class="series"', f'class="series chart {name}"', 1)
    return Markup(marked)  # noqa: S704 - figures alone
