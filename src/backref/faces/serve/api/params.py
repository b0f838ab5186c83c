"""The parameters that listings take, each with one sentence; they are the command line's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Path, Query

from backref.faces.query import (
    disavow,
    domains,
    engagement,
    groups,
    leads,
    links,
    pages,
    plan,
    referrers,
)
from backref.faces.query.sums import GROUPINGS
from backref.faces.serve.api.answering import MOST, USUAL, Wanted
from backref.visits.definitions import ALL, chosen

if TYPE_CHECKING:
    from collections.abc import Sequence


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": list(values)}


def _sort(values: Any) -> Any:
    return Query(description="What stands first.", json_schema_extra=_one_of(values))


def _by(values: Any) -> Any:
    about = "Add the rows up by this instead of listing them."
    return Query(description=about, json_schema_extra=_one_of(values))


def _state(values: Any) -> Any:
    about = f"Only these states, each one of {', '.join(values)}; by commas or repeated."
    return Query(description=about)


Limit = Annotated[
    int | None,
    Query(
        ge=1,
        le=1_000_000,
        description=f"At most so many rows: {USUAL} unless told otherwise and {MOST:,} at most in "
        "JSON, all unless told otherwise in CSV.",
    ),
]
Cursor = Annotated[
    str | None, Query(max_length=2_000, description="The `next` of the page before.")
]
Since = Annotated[
    str | None,
    Query(max_length=40, description="From then on: 30d, 12w, 1y or 2026-11-01."),
]
Target = Annotated[
    str, Query(min_length=1, max_length=300, description="The domain that is linked to.")
]
LinkId = Annotated[
    str, Path(max_length=40, description="The link's identity: 16 hexadecimal digits.")
]
Domain = Annotated[str | None, Query(max_length=300, description="Only links from this domain.")]
OwnPage = Annotated[
    str | None, Query(max_length=4_000, description="Only links to this page of the site.")
]
Channel = Annotated[str | None, Query(max_length=100, description="Only this channel.")]
Days = Annotated[int, Query(ge=1, le=3_660, description="How many days the numbers are about.")]
LinkState = Annotated[list[str] | None, _state(links.STATES)]
LinkSort = Annotated[str, _sort(links.SORTS)]
LinkBy = Annotated[str | None, _by(groups.DIMENSIONS)]
DomainState = Annotated[list[str] | None, _state(domains.STATES)]
DomainSort = Annotated[str, _sort(domains.SORTS)]
DomainBy = Annotated[str | None, _by(GROUPINGS["domains"].keys)]
ReferrerSort = Annotated[str, _sort(referrers.SORTS)]
ReferrerBy = Annotated[str | None, _by(GROUPINGS["referrers"].keys)]
BrokenBy = Annotated[str | None, _by(GROUPINGS["broken"].keys)]
PageSort = Annotated[str, _sort(pages.SORTS)]
LeadSort = Annotated[str, _sort(leads.SORTS)]
PlanSort = Annotated[str, _sort(plan.SORTS)]
DisavowSort = Annotated[str, _sort(disavow.SORTS)]
EngagementBy = Annotated[
    str | None,
    Query(description="Visits of each of these.", json_schema_extra=_one_of(engagement.GROUPINGS)),
]
Definition = Annotated[
    str,
    Query(
        max_length=20,
        description="By whose definition a visit counts.",
        json_schema_extra=_one_of((ALL, *(each.name for each in chosen(ALL)))),
    ),
]
PageBy = Annotated[str | None, _by(GROUPINGS["pages"].keys)]


def several(values: Sequence[str] | None) -> tuple[str, ...]:
    """Values that were repeated, or parted by commas."""
    return tuple(one for value in values or () for one in value.split(",") if one)


def wanted(cursor: Cursor = None, limit: Limit = None) -> Wanted:
    """Which part of a listing is asked for."""
    return Wanted(cursor, limit)


Part = Annotated[Wanted, Depends(wanted)]
