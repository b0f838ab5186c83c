"""On which levels of certainty the sums of other listings stand: of domains, pages, a period."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from backref.faces.query.certainty import LEVELS
from backref.faces.query.groups import groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from backref.faces.query.period import Period
    from backref.faces.query.view import View

Certainty = dict[str, float]
"""Visits by level, the surest first."""


def of_domains(view: View) -> dict[str, Certainty]:
    """Of the visits of each referring domain."""
    return {row.group: row.certainty for row in groups(view, "domain")}


def of_pages(view: View) -> dict[str, Certainty]:
    """Of the visits that came to each own page from links, by the page's address."""
    by_page: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in view.rows("page_levels.sql", site=view.site.name, until_day=view.until_day):
        by_page[(row["host"] or "") + row["page"]].append(row)
    return {page: _levels(rows, "visits") for page, rows in by_page.items()}


def of_period(view: View, period: Period) -> Mapping[str, Certainty]:
    """Of the visits, engaged visits and conversions of a period from links, by these names."""
    days = period.days
    rows = view.rows(
        "period_levels.sql",
        site=view.site.name,
        day_lo=days["day_lo"],
        day_hi=days["day_hi"],
    )
    return {name: _levels(rows, name) for name in ("visits", "engaged_visits", "conversions")}


def _levels(rows: Iterable[Mapping[str, Any]], name: str) -> Certainty:
    sums = {row["certainty"]: row[name] for row in rows}
    return {level: sums[level] for level in LEVELS.values() if sums.get(level)}
