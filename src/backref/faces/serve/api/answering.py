"""Answers to programs: JSON or CSV of the same rows, pages that name the next one, and a mark by
which an answer that is known already need not be made again."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response, StreamingResponse

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.query import Site
from backref.faces.recorded import csv_lines, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from starlette.requests import Request

    from backref.faces.query.ordered import Ordered

CSV = "text/csv"
JSON = "application/json"
VERSION = version("backref")
PART = 1_000
"""Rows of a CSV that are asked for at once."""
USUAL = 50
MOST = 1_000
"""Rows of a page without a limit, and with any."""


@dataclass(frozen=True)
class Wanted:
    """Which part of a listing is asked for: so many rows behind a cursor."""

    cursor: str | None = None
    limit: int | None = None


def listed(
    request: Request, rows: Ordered, part: Wanted, names: Sequence[str], **about: Any
) -> Response:
    """A part of a listing with `about` beside it; or as CSV, whose columns are `names`."""
    start = _start(rows, part.cursor)
    if wants_csv(request):
        stop = len(rows) if part.limit is None else min(len(rows), start + part.limit)
        headers = _as_file(request)
        parts = (rows.rows(at, min(stop, at + PART)) for at in range(start, stop, PART))
        return StreamingResponse(csv_lines(parts, names), media_type=CSV, headers=headers)
    stop = start + min(part.limit or USUAL, MOST)
    shown = rows.rows(start, stop)
    more = shown and stop < len(rows)
    following = cursor(stop - 1, rows.name(shown[-1], stop - 1)) if more else None
    body = {**about, "total": len(rows), "rows": list(map(recorded, shown)), "next": following}
    return json(body, _leads_on(request, following) if following else {})


def marked(request: Request, held: Site | Hashable, answer: Callable[[], Response]) -> Response:
    """An answer with its ETag, or 304 where the caller has it already; `held` is the site that
    answers, or what else the answer rests on: the version of the store, a day."""
    etag = _mark(request, held)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"} if etag else {}
    if etag and etag in _known(request):
        return Response(status_code=304, headers=headers)
    response = answer()
    response.headers.update({**headers, "Vary": "Accept"})
    return response


def json(body: object, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    """A JSON answer, nothing lost."""
    return Response(orjson.dumps(body, default=listing.plain), status, headers, media_type=JSON)


def wants_csv(request: Request) -> bool:
    """Whether the address ends with `.csv`, or CSV is what the caller rather accepts."""
    accepted = request.headers.get("accept", "")
    return request.url.path.endswith(".csv") or accepted.split(",")[0].strip().startswith(CSV)


def cursor(place: int, name: str) -> str:
    """A text that names a row and its place, to be given back for what follows it."""
    return base64.urlsafe_b64encode(orjson.dumps([place, name])).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, str]:
    """The place and the name in a cursor. Raises UsageError."""
    try:
        padded = text + "=" * (-len(text) % 4)
        place, name = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, TypeError, binascii.Error):
        place, name = None, None
    if not isinstance(place, int) or not isinstance(name, str) or not 0 <= place < 1 << 62:
        raise UsageError("The cursor is not one that an answer gave: begin without it.")
    return place, name


def _mark(request: Request, held: Site | Hashable) -> str:
    """A weak ETag for what a version of the store answers; empty where the clock decides."""
    if isinstance(held, Site):
        if held.by_the_clock:
            return ""
        held = held.version
    said = repr((VERSION, held, str(request.url), wants_csv(request)))
    return f'W/"{blake2b(said.encode(), digest_size=12).hexdigest()}"'


def _known(request: Request) -> set[str]:
    """The ETags of what the caller has."""
    return {each.strip() for each in request.headers.get("if-none-match", "").split(",")}


def _start(rows: Ordered, text: str | None) -> int:
    """Behind the row that a cursor names, or where that row stood."""
    if not text:
        return 0
    place, name = read_cursor(text)
    found = rows.place(name)
    return place if found is None else found + 1


def _as_file(request: Request) -> dict[str, str]:
    name = request.url.path.rpartition("/")[2].removesuffix(".csv")
    return {"Content-Disposition": f'attachment; filename="backref-{name}.csv"'}


def _leads_on(request: Request, following: str) -> dict[str, str]:
    url = request.url.include_query_params(cursor=following)
    return {"Link": f'<{url.path}?{url.query}>; rel="next"'}
