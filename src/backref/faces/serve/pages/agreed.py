"""What was agreed and what came of it: placements against plan, leads, disavow files."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from backref.faces.query import DisavowRow, LeadRow
from backref.faces.query.plan import PlanRow
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Edge, Search, Sort, Turn, Words, page
from backref.faces.serve.pages.rows import arranged, holds, part, searched

if TYPE_CHECKING:
    from collections.abc import Callable

router = APIRouter()

ROWS = 100
PLAN_KEYS: dict[str, Callable[[PlanRow], Any]] = {
    "page": attrgetter("page"),
    "verdict": attrgetter("verdict"),
    "proof": lambda row: row.last_verified or row.last_seen,
    "cost": lambda row: max(row.costs.values(), default=None),
    "visits": attrgetter("visits"),
    "engaged": attrgetter("engaged_visits"),
    "price": attrgetter("cost_per_engaged"),
}
LEAD_KEYS = {
    "leads": attrgetter("leads"),
    "visits": attrgetter("visits"),
    "engaged": attrgetter("engaged_visits"),
    "rate": attrgetter("rate"),
    "sender": attrgetter("sender"),
    "certainty": attrgetter("certainty"),
}
DISAVOW_KEYS = {
    "live": attrgetter("live_links"),
    "followed": attrgetter("followed_links"),
    "links": attrgetter("links"),
    "visits": attrgetter("visits"),
    "entry": attrgetter("entry"),
}
VERDICTS = (
    "as agreed", "otherwise", "lost", "reported lost", "unknown", "never seen", "off the web",
)  # fmt: skip


def chosen_plan(
    reading: Reads,
    asked: Chosen,
    q: Search = "",
    verdict: Words = (),
    sort: Sort = "",
    order: Turn = "",
) -> list[PlanRow]:
    """The placements that an address chooses, in its order."""
    rows = reading.kept(asked, "placements", asked.placements)
    found = searched(rows, q, lambda row: f"{row.page} {row.target} {row.creator} {row.campaign}")
    found = [row for row in found if holds(verdict, row.verdict)]
    return arranged(found, PLAN_KEYS, sort or "visits", turned=order == "up")


def chosen_leads(
    reading: Reads, asked: Chosen, q: Search = "", sort: Sort = "", order: Turn = ""
) -> list[LeadRow]:
    """The senders of leads that an address chooses, in its order."""
    rows = reading.kept(asked, "leads", asked.leads)
    found = searched(rows, q, lambda row: f"{row.sender} {row.campaign} {row.code}")
    return arranged(found, LEAD_KEYS, sort or "leads", turned=order == "up")


def chosen_disavow(
    reading: Reads, asked: Chosen, q: Search = "", sort: Sort = "", order: Turn = ""
) -> list[DisavowRow]:
    """The entries of disavow files that an address chooses, in its order."""
    rows = reading.kept(asked, "disavow", asked.disavow)
    found = searched(rows, q, attrgetter("entry"))
    return arranged(found, DISAVOW_KEYS, sort or "live", turned=order == "up")


Plan = Annotated[list[PlanRow], Depends(chosen_plan)]
Leads = Annotated[list[LeadRow], Depends(chosen_leads)]
Disavow = Annotated[list[DisavowRow], Depends(chosen_disavow)]


@router.get("/placements")
def placements(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Plan,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """What was agreed against what was found."""
    name = attrgetter("page", "target")
    return page(
        request,
        reading,
        "placements",
        "Placements",
        asked,
        window=part(found, lambda row: str(name(row)), after=after, before=before, limit=ROWS),
        facets=(("verdict", "Found", VERDICTS),),
    )


@router.get("/placements.{how}")
def export_placements(found: Plan, how: export.Format) -> Response:
    """The same placements as a file."""
    return export.rows(found, PlanRow, how, "placements")


@router.get("/leads")
def leads(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Leads,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """Leads and sales by what they came by."""
    name = attrgetter("certainty", "sender", "target_page", "campaign", "code")
    window = part(found, lambda row: str(name(row)), after=after, before=before, limit=ROWS)
    untold = all(row.leads is None for row in found)
    return page(request, reading, "leads", "Leads", asked, window=window, untold=untold)


@router.get("/leads.{how}")
def export_leads(found: Leads, how: export.Format) -> Response:
    """The same leads as a file."""
    return export.rows(found, LeadRow, how, "leads")


@router.get("/disavow")
def disavow(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Disavow,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """What disavow files list, and which links of today that hits."""
    window = part(found, attrgetter("entry"), after=after, before=before, limit=ROWS)
    return page(request, reading, "disavow", "Disavow", asked, window=window)


@router.get("/disavow.{how}")
def export_disavow(found: Disavow, how: export.Format) -> Response:
    """The same entries as a file."""
    return export.rows(found, DisavowRow, how, "disavow")
