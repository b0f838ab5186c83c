"""Dead targets that links or people still hit, with the page that should answer instead."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from backref.faces.query.answer import Answer, total
from backref.faces.query.rows import BrokenRow
from backref.faces.query.view import NO_LIMIT, View
from backref.ledger.redirects import Pages, Redirect

if TYPE_CHECKING:
    from datetime import datetime

LIVING = 20_000


def broken(
    view: View, *, since: datetime | None = None, limit: int | None = None, redirect: bool = True
) -> Answer[BrokenRow]:
    """Dead own pages, those that most people still ask for first; `redirect` is whether to look
    for the pages of the same host that should answer instead."""
    span: dict[str, Any] = {"site": view.site.name, "until_day": view.until_day}
    found = view.rows(
        "dead_pages.sql",
        **span,
        since_day=since and view.day_of(since),
        limit=NO_LIMIT if limit is None else limit,
    )
    living = _living(view, span) if found and redirect else {}
    rows = []
    every = total(found)
    for values in found:
        del values["total"]
        pages = living.get(values["host"])
        best = pages.most_like(values["page"]) if pages else Redirect(values["page"], None)
        rows.append(BrokenRow(**values, redirect=best.living, likeness=best.likeness))
    return Answer(rows, every)


def _living(view: View, span: dict[str, Any]) -> dict[str | None, Pages]:
    """The living pages of each host."""
    paths: defaultdict[str | None, list[str]] = defaultdict(list)
    for page in view.rows("living_pages.sql", **span, limit=LIVING):
        paths[page["host"]].append(page["page"])
    return {host: Pages(of_host) for host, of_host in paths.items()}


def redirects(rows: list[BrokenRow]) -> list[Redirect]:
    """The rows as redirects, of which `ledger.redirects` writes server rules."""
    return [Redirect(row.page, row.redirect, row.likeness, row.host) for row in rows]
