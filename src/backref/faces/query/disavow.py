"""What the owner's disavow files say, and which links of today they hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.faces.query.rows import DisavowRow

if TYPE_CHECKING:
    from backref.faces.query.view import View

SORTS = ("live", "visits", "entry")


def disavow(view: View, *, sort: str = "live", limit: int | None = None) -> Answer[DisavowRow]:
    """The entries of all lists imported, those that hit most live links first. Raises
    UsageError."""
    order = one_of(sort, SORTS, "sort")
    rows = [DisavowRow(**values) for values in view.rows("disavow.sql", site=view.site.name)]
    rows.sort(key=lambda row: (-_weight(row, order), row.entry))
    return first(rows, limit)


def _weight(row: DisavowRow, order: str) -> float:
    """What puts a row before others."""
    if order == "visits":
        return row.visits or 0.0
    return row.live_links if order == "live" else 0.0
