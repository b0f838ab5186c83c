"""What people did, by the definitions of several tools side by side."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from backref.faces.query import EngagementRow
from backref.faces.query.engagement import GROUPINGS
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Days, Edge, page
from backref.faces.serve.pages.rows import part

router = APIRouter()

ROWS = 100
By = Literal["", "channel", "source", "page", "link"]


def name_of(row: EngagementRow) -> str:
    """What tells a row from the others."""
    return f"{row.definition} {row.group}"


def chosen(reading: Reads, asked: Chosen, days: Days = 28, by: By = "") -> list[EngagementRow]:
    """The measures that an address chooses: every definition of one group after the other."""
    return list(reading.engagement(asked, days, by or None))


Found = Annotated[list[EngagementRow], Depends(chosen)]


@router.get("/engagement")
def engagement(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Found,
    days: Days = 28,
    by: By = "",
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """The measures side by side, and what a log cannot tell of each definition."""
    unmeasurable = {row.definition: row.not_measurable for row in found if row.not_measurable}
    return page(
        request,
        reading,
        "engagement",
        "Engagement",
        asked,
        days=days,
        by=by,
        groupings=GROUPINGS,
        unmeasurable=unmeasurable,
        window=part(found, name_of, after=after, before=before, limit=ROWS),
    )


@router.get("/engagement.{how}")
def export_engagement(found: Found, how: export.Format) -> Response:
    """The same measures as a file."""
    return export.rows(found, EngagementRow, how, "engagement")
