"""Leads and sales of the owner's sheets, beside the visits of the placements that they came by."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of
from backref.faces.query.rows import LeadRow
from backref.ledger.interval import wilson
from backref.ledger.shrinkage import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.faces.query.view import View
    from backref.ledger.shrinkage import Prior

SORTS = ("leads", "visits", "rate")
WHOLE = ("certainty", "name", "placement_id")


def leads(view: View, *, sort: str = "leads", limit: int | None = None) -> Answer[LeadRow]:
    """Leads by placement where a code proves one, else by campaign, source or click id; never more
    than one of them. Rates are leads to visits, shrunk towards those of all coded placements.
    Until a sheet tells of any, nobody knows how many: they and their rates are None."""
    order = one_of(sort, SORTS, "sort")
    told = view.rows("leads.sql")
    merged = [_merged(list(rows)) for _, rows in groupby(told, lambda row: [row[n] for n in WHOLE])]
    if not any(row["leads"] for row in merged):
        merged = [{**row, "leads": None} for row in merged]
    prior = fitted(
        (row["leads"], row["visits"] or 0)
        for row in merged
        if row["placement_id"] and row["leads"] is not None
    )
    found = [_row(values, prior) for values in merged]
    found.sort(key=lambda row: _place(row, order))
    return first(found, limit)


def _place(row: LeadRow, order: str) -> tuple[float, int, str, str]:
    """What a row is sorted by: the weightiest first."""
    return -_weight(row, order), -(row.leads or 0), row.certainty, row.sender or ""


def _weight(row: LeadRow, order: str) -> float:
    """What puts a row before others."""
    if order == "rate":
        return row.shrunk_rate or row.rate or 0.0
    return (row.leads if order == "leads" else row.visits) or 0.0


def _merged(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows of one sender, one for each currency, as one; currencies are never added."""
    values = {row["currency"]: row["value"] for row in rows if row["value"] is not None}
    return {**rows[0], "leads": sum(row["leads"] for row in rows), "value": values}


def _row(values: dict[str, Any], prior: Prior | None) -> LeadRow:
    count, visits = values["leads"], values["visits"]
    rated = count is not None and bool(visits)
    low, high = (wilson(count, visits) if rated else None) or (None, None)
    shrunk = prior.shrunk(count, visits) if prior and visits is not None else None
    return LeadRow(
        certainty=values["certainty"],
        sender=values["name"],
        **{name: values[name] for name in _SAME},
        rate=min(count / visits, 1.0) if rated else None,
        rate_low=low,
        rate_high=high,
        shrunk_rate=shrunk.mean if shrunk else None,
        shrunk_low=shrunk.low if shrunk else None,
        shrunk_high=shrunk.high if shrunk else None,
    )


_SAME: Iterable[str] = (
    "target_page", "campaign", "code", "visits", "engaged_visits", "conversions", "leads", "value",
)  # fmt: skip
