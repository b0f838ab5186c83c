"""What forms send, and where the reader goes afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request
from starlette.responses import RedirectResponse, Response

from backref.faces.serve.pages.frame import Here

if TYPE_CHECKING:
    from backref.faces.serve.jobs import Job

LARGEST = 64 * 1024
MOST_FIELDS = 100
ENCODING = "application/x-www-form-urlencoded"


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name."""
    if not request.headers.get("content-type", "").startswith(ENCODING):
        raise HTTPException(415, "Send a form as a browser does.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise HTTPException(413, f"A form holds {LARGEST:,} bytes at most.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "That is no form: send it again.") from None
    return dict(pairs)


Fields = Annotated[dict[str, str], Depends(fields)]


def back(request: Request, path: str) -> Response:
    """To a page of the same site, period and time, once something was changed."""
    return RedirectResponse(Here(request).to(path), 303)


def begun(request: Request, job: Job) -> Response:
    """To the page of a job, which tells how far it is."""
    return back(request, f"/import/jobs/{job.id}")
