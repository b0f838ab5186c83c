"""Errors as answers: problem+json (RFC 9457) to programs, a page to people.

Every error is one plain sentence with its mend; nothing of the inside leaves the server.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from backref import errors
from backref.faces.serve.uploads import TooLarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Scope

API = "/api/"
MEDIA = "application/problem+json"
STATUSES: tuple[tuple[type[errors.BackrefError], int], ...] = (
    (errors.UnknownSite, 404),
    (errors.NotHeld, 404),
    (TooLarge, 413),
    (errors.UnknownFormat, 422),
    (errors.UsageError, 400),
    (errors.StoreBusy, 503),
    (errors.StoreTooNew, 503),
    (errors.StoreTooOld, 503),
    (errors.DiskFull, 507),
    (errors.SourceError, 422),
    (errors.BackrefError, 500),
)
UNFORESEEN = "Something unforeseen failed; the server's own output says what."

log = logging.getLogger("backref.serve")


@dataclass(frozen=True)
class Refused:
    """A status and the sentence that goes with it; `faults` lists what is wrong where."""

    status: int
    detail: str
    faults: Sequence[dict[str, str]] = ()

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase

    def response(self, scope: Scope) -> Response:
        """The answer to a program or a person, by the address that was asked."""
        if scope["path"].startswith(API):
            return self.problem()
        from backref.faces.serve.pages import failed

        return failed(scope, self)

    def problem(self) -> Response:
        """The answer to a program."""
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            body["errors"] = list(self.faults)
        return JSONResponse(body, self.status, media_type=MEDIA)


def install(app: FastAPI) -> None:
    """Have every exception answered by this file."""
    app.add_exception_handler(errors.BackrefError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _ours(request: Request, error: Exception) -> Response:
    status = next(status for kind, status in STATUSES if isinstance(error, kind))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s", request.url.path, error)
    return Refused(status, str(error).partition("\n")[0]).response(request.scope)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"where": ".".join(map(str, fault["loc"])), "message": str(fault["msg"])}
        for fault in error.errors()
    ]
    first = faults[0]
    detail = f"{first['where']}: {first['message']}."
    return Refused(422, detail, faults).response(request.scope)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = Refused(error.status_code, str(error.detail)).response(request.scope)
    response.headers.update(error.headers or {})
    return response


def unforeseen(scope: Scope, error: Exception) -> Refused:
    """What is said of an error that nobody thought of; the log says more."""
    log.error("%s failed", scope["path"], exc_info=error)
    return Refused(500, UNFORESEEN)
