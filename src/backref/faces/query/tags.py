"""Tagged links: what each stands for, and the people who came by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backref.faces.query.answer import Answer, total
from backref.faces.query.creators import creator
from backref.faces.query.view import NO_LIMIT

if TYPE_CHECKING:
    from datetime import date

    from backref.faces.query.view import View


@dataclass(frozen=True)
class TagRow:
    """A placement by its code or campaign tag: the link that carries it, where that stands, who is
    behind it on a platform, and the visits that came by it. Conversions are None without a goal."""

    code: str | None
    campaign: str | None
    link: str | None
    placement: str
    creator: str | None
    day: date | None
    visits: float
    engaged_visits: float
    conversions: float | None
    last_visit: date | None


def tags(view: View, *, limit: int | None = None) -> Answer[TagRow]:
    """The tagged placements of a site, the newest first."""
    found = view.rows(
        "tags.sql",
        site=view.site.name,
        until_day=view.until_day,
        limit=NO_LIMIT if limit is None else limit,
    )
    rows = []
    for row in found:
        behind = creator(row["source_identity"], row["contact"])
        rows.append(
            TagRow(
                code=row["code"],
                campaign=row["campaign"],
                link=row["target_url"],
                placement=row["live_url"],
                creator=str(behind) if behind else None,
                day=row["day"],
                visits=row["visits"],
                engaged_visits=row["engaged_visits"],
                conversions=row["conversions"],
                last_visit=row["last_day"],
            )
        )
    return Answer(rows, total(found))
