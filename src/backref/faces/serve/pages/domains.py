"""Referring domains: search value and people side by side."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from backref.faces.query import DomainRow
from backref.faces.query.domains import STATES
from backref.faces.query.levels import of_domains
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Edge, Search, Since, Sort, Turn, Words, page
from backref.faces.serve.pages.rows import arranged, holds, part, searched
from backref.ledger.quadrants import QUADRANTS

router = APIRouter()

ROWS = 100
KEYS = {
    "visits": attrgetter("visits"),
    "month": attrgetter("monthly_visits"),
    "engaged": attrgetter("engaged_visits"),
    "conversions": attrgetter("conversions"),
    "search": attrgetter("search_share"),
    "authority": attrgetter("authority"),
    "rating": attrgetter("rating"),
    "links": attrgetter("live_links"),
    "first-seen": attrgetter("first_seen"),
    "last-seen": attrgetter("last_seen"),
    "domain": attrgetter("domain"),
    "state": attrgetter("state"),
}
FACETS = (("state", "State", STATES), ("quadrant", "Kind", QUADRANTS))


def chosen(
    reading: Reads,
    asked: Chosen,
    q: Search = "",
    state: Words = (),
    quadrant: Words = (),
    since: Since = "",
    sort: Sort = "",
    order: Turn = "",
) -> list[DomainRow]:
    """The domains that an address chooses, in its order."""
    rows = reading.domains(asked)
    if since:
        question = f"domains since {since}"
        rows = reading.kept(asked, question, lambda: asked.domains(since=since))
    found = [
        row
        for row in searched(rows, q, attrgetter("domain"))
        if holds(state, row.state) and holds(quadrant, row.quadrant)
    ]
    return arranged(found, KEYS, sort or "visits", turned=order == "up")


Found = Annotated[list[DomainRow], Depends(chosen)]


@router.get("/domains")
def domains(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Found,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """One page of referring domains."""
    window = part(found, attrgetter("domain"), after=after, before=before, limit=ROWS)
    levels = reading.kept(asked, "levels of domains", lambda: of_domains(asked.view))
    return page(
        request, reading, "domains", "Domains", asked, window=window, facets=FACETS, levels=levels
    )


@router.get("/domains.{how}")
def export_domains(found: Found, how: export.Format) -> Response:
    """The same domains as a file."""
    return export.rows(found, DomainRow, how, "domains")
