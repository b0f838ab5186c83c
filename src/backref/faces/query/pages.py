"""Own pages: those that links lead to, and those that people enter through from links."""

from __future__ import annotations

from dataclasses import fields

from backref.faces.query.answer import Answer, total
from backref.faces.query.links import one_of
from backref.faces.query.rows import PageRow
from backref.faces.query.view import NO_LIMIT, View

SORTS = ("domains", "links", "visits")


def pages(view: View, *, sort: str = "domains", limit: int | None = None) -> Answer[PageRow]:
    """Own pages, the best linked first."""
    found = view.rows(
        "own_pages.sql",
        site=view.site.name,
        until_day=view.until_day,
        sort=one_of(sort, SORTS, "sort"),
        limit=NO_LIMIT if limit is None else limit,
    )
    names = [field.name for field in fields(PageRow)]
    rows = [PageRow(**{name: values[name] for name in names}) for values in found]
    return Answer(rows, total(found))
