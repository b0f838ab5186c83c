"""Monitoring: how the pages that link here are looked at, and the proof of those looks."""

from __future__ import annotations

from datetime import UTC, datetime
from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from backref.check.settings import Manners
from backref.faces.drawing.looks import drawn, kinds
from backref.faces.proof import IN_MEMORY, told, write
from backref.faces.query.evidence import evidence
from backref.faces.query.monitoring import monitoring
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages.frame import Chosen, page

router = APIRouter()

LinkId = Annotated[str, Path(pattern="^[0-9a-f]{16}$")]


@router.get("/monitoring")
def watched(request: Request, reading: Reads, asked: Chosen) -> Response:
    """The watch over a site, and the domains that were asked today."""
    found = monitoring(asked.view, datetime.now(UTC))
    return page(
        request,
        reading,
        "monitoring",
        "Monitoring",
        asked,
        found=found,
        kinds=kinds(found.days),
        chart=Markup(drawn(found.days)),  # noqa: S704 - numbers and our own words
        cap=Manners.daily_cap,
    )


@router.get("/links/{link_id}/evidence.json")
def proof(reading: Reads, asked: Chosen, link_id: LinkId) -> Response:
    """All that is known of a link, with the digests that prove it, as a file."""
    found = reading.kept(asked, ("link", link_id), lambda: evidence(asked.view, link_id))
    headers = {"Content-Disposition": f'attachment; filename="backref-evidence-{link_id}.json"'}
    return Response(told(asked, found), headers=headers, media_type="application/json")


@router.get("/links/{link_id}/evidence.zip")
def proof_of_looks(reading: Reads, asked: Chosen, link_id: LinkId) -> Response:
    """The same, with the records of what our own eyes were given on the link's page."""
    found = reading.kept(asked, ("link", link_id), lambda: evidence(asked.view, link_id))
    held = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - it is read after this has returned
    try:
        write(asked, reading.lake, [found], held)  # type: ignore[arg-type]
    except BaseException:
        held.close()
        raise
    held.seek(0)
    headers = {"Content-Disposition": f'attachment; filename="backref-evidence-{link_id}.zip"'}
    return StreamingResponse(
        iter(lambda: held.read(1 << 16), b""),
        headers=headers,
        media_type="application/zip",
        background=BackgroundTask(held.close),
    )
