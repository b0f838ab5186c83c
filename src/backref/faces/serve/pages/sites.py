"""All sites by trouble, and what is set of each."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from backref.errors import AmbiguousSite, UnknownSite
from backref.faces import listing
from backref.faces.query.portfolio import RECENT_DAYS, SiteTrouble
from backref.faces.serve.asking import Reads, SiteName
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import page

router = APIRouter()


@router.get("/sites")
def sites(request: Request, reading: Reads, site: SiteName = None) -> Response:
    """Every site with what it lost lately and what is set of it."""
    store = reading.store()
    try:
        asked = reading.site(site or None)
    except (AmbiguousSite, UnknownSite):
        asked = None
    return page(
        request,
        reading,
        "sites",
        "Sites",
        asked,
        rows=reading.portfolio(),
        settings={record.name: record for record in store.settings},
        days=RECENT_DAYS,
    )


@router.get("/sites.{how}")
def export_sites(reading: Reads, how: export.Format) -> Response:
    """The same sites as a file."""
    rows = map(listing.record, reading.portfolio())
    return export.file(rows, listing.names(SiteTrouble), how, "sites")
