"""The frame around every page: where the reader is, where to go, and what the data rest on."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, HTTPException, Query, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse

from backref.errors import AmbiguousSite
from backref.faces.query import Site
from backref.faces.serve.asking import AsOf, Reads, SiteName
from backref.faces.serve.assets import asset
from backref.faces.serve.pages import filters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response

    from backref.faces.serve.reading import Reading


class Room(NamedTuple):
    """A page of the dashboard: its address, its name, and the key that leads there after `g`."""

    path: str
    name: str
    key: str


ROOMS = (
    Room("/", "Overview", "o"),
    Room("/links", "Links", "l"),
    Room("/domains", "Domains", "d"),
    Room("/referrers", "Referrers", "r"),
    Room("/engagement", "Engagement", "e"),
    Room("/pages", "Pages", "p"),
    Room("/broken", "Broken", "b"),
    Room("/authority", "Authority", "t"),
    Room("/gap", "Gap", "x"),
    Room("/placements", "Placements", "c"),
    Room("/leads", "Leads", "n"),
    Room("/disavow", "Disavow", "w"),
    Room("/events", "Events", "v"),
    Room("/survival", "Survival", "u"),
    Room("/monitoring", "Monitoring", "m"),
    Room("/alerts", "Alerts", "a"),
    Room("/import", "Import", "i"),
    Room("/sites", "Sites", "s"),
)
EVERYWHERE = ("site", "days", "as_of")
"""Parameters that hold on every page, so that links between pages carry them."""
PERIODS = (7, 28, 91, 365)

Days = Annotated[int, Query(ge=1, le=3660)]
"""Days of the period that is looked at."""
Words = Annotated[tuple[str, ...], Query(max_length=50)]
Search = Annotated[str, Query(max_length=200)]
Sort = Annotated[str, Query(max_length=20)]
Turn = Annotated[Literal["up", "down", ""], Query()]
Since = Annotated[str, Query(max_length=40)]
Edge = Annotated[str | None, Query(max_length=2000)]
"""The row that a page of a list comes after or before."""


def site_of(reading: Reads, site: SiteName = None, as_of: AsOf = None) -> Site:
    """The site that is meant; where several are, the page of all of them says so."""
    try:
        return reading.site(site or None, as_of or None)
    except AmbiguousSite as several:
        raise HTTPException(303, str(several), {"Location": "/sites"}) from several


Chosen = Annotated[Site, Depends(site_of)]


class Here:
    """Where the reader is: the address of the page and its parameters."""

    def __init__(self, request: Request) -> None:
        self.path = request.url.path
        self.params = [(name, value) for name, value in request.query_params.multi_items() if value]

    def get(self, name: str) -> str:
        """A parameter, empty when it is not given."""
        return next((value for key, value in self.params if key == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All values of a parameter."""
        return tuple(value for key, value in self.params if key == name)

    def to(self, path: str, **params: object) -> str:
        """Another page, of the same site, period and time."""
        kept = [(name, value) for name, value in self.params if name in EVERYWHERE]
        return _address(path, _changed(kept, params))

    def turned(self, **changes: object) -> str:
        """The same page with other parameters; None takes one away. Pages of a list begin anew."""
        return _address(self.path, _changed(self.params, {"after": None, "before": None} | changes))

    def export(self, path: str, how: str) -> str:
        """A file of everything that this page's parameters choose."""
        left = [pair for pair in self.params if pair[0] not in ("after", "before")]
        return _address(f"{path}.{how}", left)

    def without(self, name: str, value: str) -> str:
        """The same page without one value of a parameter."""
        left = [pair for pair in self.params if pair != (name, value)]
        return _address(self.path, [pair for pair in left if pair[0] not in ("after", "before")])

    def others(self, *names: str) -> list[tuple[str, str]]:
        """The parameters that a form does not hold itself, for hidden fields."""
        return [pair for pair in self.params if pair[0] not in (*names, "after", "before")]


def _changed(params: Iterable[tuple[str, str]], changes: dict[str, Any]) -> list[tuple[str, str]]:
    kept = [pair for pair in params if pair[0] not in changes]
    for name, value in changes.items():
        values = value if isinstance(value, (tuple, list)) else (value,)
        kept += [(name, str(one)) for one in values if one not in (None, "")]
    return kept


def _address(path: str, params: Iterable[tuple[str, str]]) -> str:
    query = urlencode(list(params))
    return f"{path}?{query}" if query else path


def page(
    request: Request,
    reading: Reading,
    template: str,
    title: str,
    asked: Site | None = None,
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """A page of the dashboard, within the frame."""
    text = (
        templates()
        .get_template(f"{template}.html.j2")
        .render(
            here=Here(request),
            title=title,
            asked=asked,
            sites=reading.store().sites,
            basis=_basis(reading, asked),
            **values,
        )
    )
    return HTMLResponse(text, status)


def _basis(reading: Reading, asked: Site | None) -> dict[str, int] | None:
    """How many files a site's figures rest on, and how many of their records were rejected."""
    if asked is None:
        return None

    def counted() -> dict[str, int]:
        done = [row for row in reading.store().imports(asked.name) if row.read is not None]
        return {"files": len(done), "rejected": sum(row.rejected or 0 for row in done)}

    return reading.kept(asked, "basis", counted)


@cache
def templates() -> Environment:
    """The templates. What they are given is escaped, and characters that command or turn the
    reading order are written out."""
    environment = Environment(
        loader=PackageLoader("backref.faces.serve", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=filters.plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(filters.FILTERS)
    environment.globals.update(
        asset=asset, rooms=ROOMS, periods=PERIODS, version=version("backref")
    )
    return environment
