"""Monitoring: how the pages that link here are looked at, and the proof of those looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request
from markupsafe import Markup
from starlette.responses import Response

from backref.check.settings import Manners
from backref.faces.drawing.looks import drawn, kinds
from backref.faces.query.evidence import evidence
from backref.faces.query.monitoring import looks_at, monitoring
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
    body = {
        "site": asked.name,
        "as_of": asked.as_of,
        "made": datetime.now(UTC),
        "link": found.link,
        "observations": found.observations,
        "checks": looks_at(asked.view, found.link),
        "events": [one for one in asked.events() if one.link_id == link_id],
    }
    headers = {"Content-Disposition": f'attachment; filename="backref-evidence-{link_id}.json"'}
    text = orjson.dumps(body, default=str, option=orjson.OPT_INDENT_2)
    return Response(text, headers=headers, media_type="application/json")
