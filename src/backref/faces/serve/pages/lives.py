"""What happened to links, and how long they live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.faces.drawing.curve import drawn
from backref.faces.query.events import KINDS, BreachRow, EventRow
from backref.faces.query.survival import BY, DAYS, SurvivalRow, curve
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Edge, Search, Words, page
from backref.faces.serve.pages.rows import holds, part, searched

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter()

ROWS = 100


class Happened(NamedTuple):
    """Events that an address chooses, or breaches of agreements."""

    rows: Sequence[EventRow] | Sequence[BreachRow]
    kind: type


def happened(
    reading: Reads, asked: Chosen, q: Search = "", kind: Words = (), only: Search = ""
) -> Happened:
    """What an address chooses, the latest first."""
    if only == "breaches":
        broken = reading.kept(asked, "breaches", asked.breaches)
        named = searched(broken, q, lambda row: f"{row.source_page} {row.target_page}")
        return Happened([row for row in named if holds(kind, row.kind)], BreachRow)
    found = reading.happened(asked)
    return Happened(found.chosen(q, kind), EventRow)


Found = Annotated[Happened, Depends(happened)]


def name_of(row: EventRow | BreachRow) -> str:
    """What tells a row from the others."""
    return f"{row.link_id} {row.kind} {row.after} {row.before} {getattr(row, 'term', '')}"


@router.get("/events")
def events(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Found,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """One page of what happened to links."""
    return page(
        request,
        reading,
        "events",
        "Events",
        asked,
        window=part(found.rows, name_of, after=after, before=before, limit=ROWS),
        broken=found.kind is BreachRow,
        facets=(("kind", "Kind", KINDS),),
    )


@router.get("/events.{how}")
def export_events(found: Found, how: export.Format) -> Response:
    """The same as a file."""
    title = "breaches" if found.kind is BreachRow else "events"
    return export.rows(found.rows, found.kind, how, title)


def grouped(reading: Reads, asked: Chosen, by: Search = "") -> list[SurvivalRow]:
    """The groups that an address chooses."""
    chosen = by or "acquired"
    return list(reading.kept(asked, ("survival", chosen), lambda: asked.survival(by=chosen)))


Groups = Annotated[list[SurvivalRow], Depends(grouped)]


@router.get("/survival")
def survival(
    request: Request, reading: Reads, asked: Chosen, found: Groups, by: Search = ""
) -> Response:
    """The curve of all links, and their groups."""
    whole = reading.kept(asked, "curve", lambda: curve(asked.view))
    return page(
        request,
        reading,
        "survival",
        "Survival",
        asked,
        whole=whole,
        curve=Markup(drawn(whole)) if whole.links else "",  # noqa: S704 - numbers and our own words
        groups=found[:ROWS],
        by=by or "acquired",
        groupings=tuple(BY),
        days=DAYS,
    )


@router.get("/survival.{how}")
def export_survival(found: Groups, how: export.Format) -> Response:
    """The groups as a file."""
    return export.rows(found, SurvivalRow, how, "survival")
