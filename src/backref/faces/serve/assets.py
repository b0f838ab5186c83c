"""Style sheets, scripts and pictures of the pages, each under an address that tells its content.

A browser may keep what such an address gives for a year: other content has another address.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

from backref.faces.drawing.style import STATIC

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
FOLDERS = (FOLDER, STATIC)
YEAR = 365 * 24 * 3600


@cache
def asset(name: str) -> str:
    """The address of a file of `static/`, here or of `drawing`: `/static/app.css?v=1f0c...`."""
    file = next(folder / name for folder in FOLDERS if (folder / name).is_file())
    digest = blake2b(file.read_bytes(), digest_size=8).hexdigest()
    return f"/static/{name}?v={digest}"


class Assets(StaticFiles):
    """The files of `static/`; kept by browsers for a year when their content is named."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER, packages=[("backref.faces.drawing", "static")])

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or 404."""
        response = await super().get_response(path, scope)
        named = scope["query_string"].startswith(b"v=")
        age = f"public, max-age={YEAR}, immutable" if named else "no-cache"
        response.headers["Cache-Control"] = age
        return response
