"""Own pages: the best linked ones, and dead ones that links or people still hit."""

from __future__ import annotations

from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from backref.faces.query import BrokenRow, PageRow
from backref.faces.query.broken import redirects
from backref.faces.query.levels import of_pages
from backref.faces.serve.asking import Reads
from backref.faces.serve.pages import export
from backref.faces.serve.pages.frame import Chosen, Edge, Search, Sort, Turn, page
from backref.faces.serve.pages.rows import arranged, part, searched
from backref.ledger import redirects as rules

router = APIRouter()

ROWS = 100
PAGE_KEYS = {
    "domains": attrgetter("domains"),
    "links": attrgetter("links"),
    "followed": attrgetter("followed_links"),
    "lost": attrgetter("lost_links"),
    "search": attrgetter("search_share"),
    "visits": attrgetter("visits"),
    "engaged": attrgetter("engaged_visits"),
    "conversions": attrgetter("conversions"),
    "page": attrgetter("address"),
}
BROKEN_KEYS = {
    "people": attrgetter("people"),
    "domains": attrgetter("domains"),
    "links": attrgetter("links"),
    "bots": attrgetter("bots"),
    "last-hit": attrgetter("last_hit"),
    "page": attrgetter("address"),
    "status": attrgetter("status"),
}


def chosen_pages(
    reading: Reads, asked: Chosen, q: Search = "", sort: Sort = "", order: Turn = ""
) -> list[PageRow]:
    """The own pages that an address chooses, in its order."""
    rows = reading.kept(asked, "pages", asked.pages)
    found = searched(rows, q, attrgetter("address"))
    return arranged(found, PAGE_KEYS, sort or "domains", turned=order == "up")


def chosen_broken(
    reading: Reads, asked: Chosen, q: Search = "", sort: Sort = "", order: Turn = ""
) -> list[BrokenRow]:
    """The dead pages that an address chooses, in its order."""
    rows = reading.kept(asked, "broken", asked.broken)
    found = searched(rows, q, attrgetter("address"))
    return arranged(found, BROKEN_KEYS, sort or "people", turned=order == "up")


Pages = Annotated[list[PageRow], Depends(chosen_pages)]
Broken = Annotated[list[BrokenRow], Depends(chosen_broken)]


@router.get("/pages")
def pages(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Pages,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """One page of own pages."""
    window = part(found, attrgetter("address"), after=after, before=before, limit=ROWS)
    levels = reading.kept(asked, "levels of pages", lambda: of_pages(asked.view))
    return page(request, reading, "pages", "Pages", asked, window=window, levels=levels)


@router.get("/pages.{how}")
def export_pages(found: Pages, how: export.Format) -> Response:
    """The same pages as a file."""
    return export.rows(found, PageRow, how, "pages")


@router.get("/broken")
def broken(
    request: Request,
    reading: Reads,
    asked: Chosen,
    found: Broken,
    after: Edge = None,
    before: Edge = None,
) -> Response:
    """One page of dead pages, and the rules that would send their visitors on."""
    window = part(found, attrgetter("address"), after=after, before=before, limit=ROWS)
    wanted = redirects(list(window.rows))
    return page(
        request,
        reading,
        "broken",
        "Broken",
        asked,
        window=window,
        rules=(
            ("nginx", "nginx", rules.nginx(wanted)),
            ("apache", "Apache", rules.apache(wanted)),
        ),
    )


@router.get("/broken.{how}")
def export_broken(found: Broken, how: export.Format) -> Response:
    """The same dead pages as a file."""
    return export.rows(found, BrokenRow, how, "broken")
