"""The pages for people: HTML drawn by the server from `faces.query`.

Every filter is a parameter of the address, so that Back, a reload and a pasted address show the
same. All works without scripts; htmx only spares a whole page where a part changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from backref.faces.serve.pages import (
    agreed,
    alerts,
    domains,
    engagement,
    imports,
    ledger,
    link,
    lives,
    monitoring,
    overview,
    own,
    ranked,
    referrers,
    sites,
)
from backref.faces.serve.pages.frame import templates

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from backref.faces.serve.problem import Refused

router = APIRouter(include_in_schema=False)
for page in (
    overview,
    ledger,
    link,
    domains,
    referrers,
    engagement,
    own,
    ranked,
    agreed,
    lives,
    monitoring,
    alerts,
    imports,
    sites,
):
    router.include_router(page.router)


def failed(scope: Scope, refused: Refused) -> Response:
    """The page that says what went wrong and how to mend it."""
    del scope
    template = templates().get_template("failed.html.j2")
    text = template.render(title=refused.title, detail=refused.detail)
    return HTMLResponse(text, refused.status)
