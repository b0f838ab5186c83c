"""Imports: what was imported and rejected, files sent, jobs that import them or take them back."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any

import orjson
from anyio.to_thread import run_sync
from fastapi import APIRouter, Body, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from backref.errors import NotHeld
from backref.faces import listing
from backref.faces.query import ImportRecord, RejectRow, SiteRecord
from backref.faces.query.ordered import Held
from backref.faces.recorded import recorded
from backref.faces.serve.api import models
from backref.faces.serve.api.answering import json, listed, marked
from backref.faces.serve.api.params import Part
from backref.faces.serve.asking import Reads, Sent, SiteName, Works
from backref.faces.serve.jobs import described
from backref.ingest.preview import preview

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from backref.faces.serve.jobs import Job, Jobs
    from backref.faces.serve.uploads import Receiving, Upload

router = APIRouter(tags=["imports"])

GATHERED = 1 << 20
"""Bytes of a file that are written at once."""
LOOK_AGAIN = 0.4
"""Seconds between two looks at a job that somebody watches."""

ImportId = Annotated[int, Path(ge=0, lt=1 << 62, description="The import's number.")]
JobId = Annotated[int, Path(ge=0, lt=1 << 62, description="The job's number.")]
UploadId = Annotated[str, Path(max_length=40, description="What the upload answered with.")]
FileName = Annotated[
    str, Query(min_length=1, max_length=1_000, description="What the file is called.")
]
Stream = Annotated[
    str,
    Query(
        max_length=200,
        description="Tells servers apart whose equal log lines are different hits.",
    ),
]


@router.get("/sites.csv", include_in_schema=False)
@router.get("/sites", responses=models.answers(models.page_of(models.SITE)), tags=["a store"])
def sites(request: Request, reading: Reads, part: Part) -> Response:
    """The sites of the store: their domains, brand terms, goals and time zones."""
    store = reading.store()
    rows = Held(store.settings, attrgetter("name"))
    names = listing.names(SiteRecord)
    return marked(request, store.version, lambda: listed(request, rows, part, names))


@router.get("/imports.csv", include_in_schema=False)
@router.get("/imports", responses=models.answers(models.page_of(models.IMPORT)))
def imports(request: Request, reading: Reads, part: Part, site: SiteName = None) -> Response:
    """Files that were imported, the newest first: read = stored + duplicate + rejected."""
    version, found = reading.imports(site or None)
    rows = Held(found[::-1], lambda row: str(row.id))
    names = listing.names(ImportRecord)
    return marked(request, version, lambda: listed(request, rows, part, names))


@router.get("/imports/{import_id}", responses=models.answers(models.IMPORT))
def one_import(request: Request, reading: Reads, import_id: ImportId) -> Response:
    """One import."""
    version, found = reading.imports()
    row = next((row for row in found if row.id == import_id), None)
    if row is None:
        raise NotHeld(f"There is no import {import_id}; `imports` tells which there are.")
    return marked(request, version, lambda: json(recorded(row)))


@router.get("/imports/{import_id}/rejects.csv", include_in_schema=False)
@router.get("/imports/{import_id}/rejects", responses=models.answers(models.page_of(models.REJECT)))
def rejects(request: Request, reading: Reads, part: Part, import_id: ImportId) -> Response:
    """What an import could not store, where it stood and why, in the order of the file."""
    version, _ = reading.imports()
    rows = reading.rejects(import_id)
    names = listing.names(RejectRow)
    return marked(request, version, lambda: listed(request, rows, part, names))


@router.post(
    "/uploads",
    status_code=201,
    responses=models.answers(models.UPLOAD, 201),
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}, "required": True}},
)
async def upload(request: Request, uploads: Sent, name: FileName) -> Response:
    """Send a file, as the body of the request; it waits here until it is imported."""
    with uploads.receiving(name) as received:
        await _receive(request, received)
    return json(_upload(uploads.keep(received)), status=201)


async def _receive(request: Request, received: Receiving) -> None:
    """Write a request's body as it comes."""
    gathered = bytearray()
    async for piece in request.stream():
        gathered += piece
        if len(gathered) >= GATHERED:
            await run_sync(received.write, bytes(gathered))
            gathered.clear()
    await run_sync(received.write, bytes(gathered))


@router.get("/uploads/{upload_id}/preview", responses=models.answers(models.PREVIEWS))
def previewed(
    reading: Reads,
    uploads: Sent,
    upload_id: UploadId,
    site: SiteName = None,
    stream: Stream = "",
) -> Response:
    """What a file is and how its first records would be read; a ZIP holds several perhaps."""
    waiting = uploads.get(upload_id)
    within = waiting.within
    found = preview(
        reading.lake, str(waiting.path), site=site or None, stream=stream, within=within
    )
    return json({"upload": _upload(waiting), "files": [asdict(each) for each in found]})


@router.delete("/uploads/{upload_id}", status_code=204)
def forget(uploads: Sent, upload_id: UploadId) -> Response:
    """Remove a file that waits."""
    uploads.drop(uploads.get(upload_id).id)
    return Response(status_code=204)


@router.post("/imports", status_code=202, responses=models.answers(models.JOB, 202))
def start(works: Works, uploads: Sent, wanted: Annotated[models.ToImport, Body()]) -> Response:
    """Import files that were sent; a job does it, one after the other."""
    waiting = [uploads.get(each) for each in wanted.uploads]
    job = works.start_import(
        waiting, site=wanted.site or None, stream=wanted.stream, internal=wanted.internal
    )
    return begun(job)


@router.post(
    "/imports/{import_id}/undo", status_code=202, responses=models.answers(models.JOB, 202)
)
def undo(reading: Reads, works: Works, import_id: ImportId) -> Response:
    """Take out of the store what an import stored. What it found stored already stays; what
    later imports found stored by it goes with it, and comes back when they are imported again."""
    _, found = reading.imports()
    if all(row.id != import_id for row in found):
        raise NotHeld(f"There is no import {import_id}; `imports` tells which there are.")
    return begun(works.start_undo(import_id))


@router.get("/jobs", responses=models.answers(models.JOBS))
def jobs(works: Works) -> Response:
    """Jobs that wait, run, or ended not long ago, the newest first."""
    return json({"rows": [described(job) for job in works.all()]})


@router.get("/jobs/{job_id}", responses=models.answers(models.JOB))
def job(works: Works, job_id: JobId) -> Response:
    """How far a job is, or what came of it."""
    return json(described(works.get(job_id)))


@router.post("/jobs/{job_id}/stop", status_code=202, responses=models.answers(models.JOB, 202))
def stop(works: Works, job_id: JobId) -> Response:
    """Stop a job: a file that is not imported whole by then is not stored."""
    return json(described(works.stop(job_id)), status=202)


@router.get(
    "/jobs/{job_id}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "A job an event."}},
)
async def events(request: Request, works: Works, job_id: JobId) -> Response:
    """The job whenever it has got further, as server-sent events, until it has ended."""
    works.get(job_id)
    return StreamingResponse(
        _told(request, works, job_id),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache"},
    )


async def _told(request: Request, works: Jobs, job_id: int) -> AsyncIterator[bytes]:
    said = b""
    while not await request.is_disconnected():
        at = works.get(job_id)
        ended = at.ended
        if (now := orjson.dumps(described(at))) != said:
            said = now
            yield b"data: " + now + b"\n\n"
        if ended or works.closing:
            return
        await asyncio.sleep(LOOK_AGAIN)


def begun(job: Job) -> Response:
    """A job that was accepted, and where it is told of."""
    from backref.faces.serve.api import PREFIX

    return json(described(job), {"Location": f"{PREFIX}/jobs/{job.id}"}, status=202)


def _upload(waiting: Upload) -> dict[str, Any]:
    return {"id": waiting.id, "name": waiting.name, "size": waiting.size}
