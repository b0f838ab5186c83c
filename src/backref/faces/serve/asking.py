"""What handlers take as parameters: the open store, the site that a request means, and the time.

@router.get("/links")
def links(asked: Asked, reading: Reads) -> Response: ...
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from backref.faces.query import Site
from backref.faces.serve.eyes import Eyes
from backref.faces.serve.jobs import Jobs
from backref.faces.serve.reading import Reading
from backref.faces.serve.uploads import Uploads


def reading_of(request: Request) -> Reading:
    """The open store."""
    held: Reading = request.app.state.reading
    return held


Reads = Annotated[Reading, Depends(reading_of)]

SiteName = Annotated[
    str | None, Query(max_length=253, description="Which site, when the store holds several.")
]
AsOf = Annotated[
    str | None,
    Query(
        max_length=40,
        description="As known at the end of that day or at that time; "
        "left out, at the time of the newest evidence.",
        examples=["2026-11-01"],
    ),
]


def asked_site(reading: Reads, site: SiteName = None, as_of: AsOf = None) -> Site:
    """The site that the parameters `site` and `as_of` mean; empty ones are as none."""
    return reading.site(site or None, as_of or None)


def jobs_of(request: Request) -> Jobs:
    """The jobs of the server."""
    held: Jobs = request.app.state.jobs
    return held


def uploads_of(request: Request) -> Uploads:
    """The files that wait for their import."""
    held: Uploads = request.app.state.uploads
    return held


def eyes_of(request: Request) -> Eyes:
    """The looks of our own that people start."""
    held: Eyes = request.app.state.eyes
    return held


Works = Annotated[Jobs, Depends(jobs_of)]
Sent = Annotated[Uploads, Depends(uploads_of)]
Looks = Annotated[Eyes, Depends(eyes_of)]
Asked = Annotated[Site, Depends(asked_site)]
