"""The pages for people: HTML drawn by the server from `faces.query`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from backref.faces.serve.problem import Refused

router = APIRouter(include_in_schema=False)


def failed(scope: Scope, refused: Refused) -> Response:
    """The page that says what went wrong and how to mend it."""
    del scope
    return PlainTextResponse(f"{refused.title}. {refused.detail}\n", refused.status)
