"""Importing files: dropped or chosen, looked at before anything is stored, watched, taken back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from backref.errors import AmbiguousSite, BackrefError, UnknownSite
from backref.faces.query import Site
from backref.faces.serve.asking import Reads, Sent, SiteName, Works
from backref.faces.serve.pages.forms import Fields, begun
from backref.faces.serve.pages.frame import Edge, page
from backref.faces.serve.pages.rows import part
from backref.faces.serve.reading import Reading
from backref.ingest.preview import preview

router = APIRouter()

ROWS = 100
REJECTS = 100
Number = Annotated[int, Path(ge=0, lt=1 << 62)]


def _site(reading: Reading, name: str | None) -> Site | None:
    """The site that the page is about, if it is about any: imports are of all."""
    try:
        return reading.site(name or None)
    except (AmbiguousSite, UnknownSite):
        return None


@router.get("/import")
def imports(
    request: Request,
    reading: Reads,
    works: Works,
    site: SiteName = None,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """The place to drop files, the jobs that run, and what was imported, the newest first."""
    _, found = reading.imports(site or None)
    return page(
        request,
        reading,
        "imports",
        "Import",
        _site(reading, site),
        names=reading.store().sites,
        jobs=[job for job in works.all() if not job.ended],
        window=part(found[::-1], lambda row: str(row.id), after=after, before=before, limit=ROWS),
    )


@router.get("/import/preview")
def previewed(
    request: Request,
    reading: Reads,
    uploads: Sent,
    upload: Annotated[str, Query(max_length=40)],
    site: SiteName = None,
    stream: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """What a file that was sent is, and how its first records would be read."""
    waiting = uploads.get(upload)
    refused, files = "", []
    try:
        files = preview(
            reading.lake,
            str(waiting.path),
            site=site or None,
            stream=stream,
            within=waiting.within,
        )
    except BackrefError as error:
        refused = uploads.named(str(error).partition("\n")[0])
    return page(
        request, reading, "preview", "Preview", None, waiting=waiting, files=files, refused=refused
    )


@router.get("/import/jobs/{number}")
def job(request: Request, reading: Reads, works: Works, number: Number) -> Response:
    """How far a job is, or what came of it."""
    return page(request, reading, "job", "Job", None, job=works.get(number))


@router.post("/import/jobs/{number}/stop")
def stop(request: Request, works: Works, number: Number, sent: Fields) -> Response:
    """Stop a job as soon as it can be."""
    del sent
    return begun(request, works.stop(number))


@router.get("/import/{number}")
def rejects(
    request: Request,
    reading: Reads,
    number: Number,
    site: SiteName = None,
    after: Annotated[int, Query(ge=0, lt=1 << 62)] = 0,
) -> Response:
    """One import and what it could not store, where that stood and why."""
    _, found = reading.imports()
    row = next((row for row in found if row.id == number), None)
    held = reading.rejects(number)
    return page(
        request,
        reading,
        "rejects",
        f"Import {number}",
        _site(reading, site),
        row=row,
        rejects=held.rows(after, after + REJECTS),
        total=len(held),
        after=after,
    )
