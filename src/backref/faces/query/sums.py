"""Listings grouped: rows that share a value, added up.

Only what may be added is: counts of distinct things, as the domains that link to a page, are left
out, for one domain may stand in many rows. So every grouping of a listing adds up to the same.
"""

from __future__ import annotations

from collections import defaultdict
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

from backref.faces.query.answer import Answer, first
from backref.faces.query.links import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from backref.faces.query.rows import BrokenRow, DomainRow, PageRow


class Grouping(NamedTuple):
    """How a listing can be grouped: the key of a row by the grouping's name, and the fields that
    are added up. Groups stand in the order of `order`, unless the listing's sort names another."""

    keys: Mapping[str, Callable[[Any], object]]
    fields: tuple[str, ...]
    order: str


def _witnesses(row: DomainRow) -> str:
    """All witnesses as one group, so that a domain with two of them counts once."""
    return " + ".join(row.witnesses) or "none"


def _folder(row: PageRow | BrokenRow) -> str:
    """The first segment of the path, behind the host where it is not the main one."""
    return (row.host or "") + "/" + row.page.removeprefix("/").partition("/")[0].partition("?")[0]


_LINKS = ("links", "live_links", "followed_links", "lost_links", "search_share")
_PEOPLE = (
    *("visits", "monthly_visits", "engaged_visits", "converted_visits", "conversions", "leads"),
    "reported_visits",
)
GROUPINGS: dict[str, Grouping] = {
    "domains": Grouping(
        {
            "state": lambda row: row.state,
            "quadrant": lambda row: row.quadrant,
            "witness": _witnesses,
        },
        (*_LINKS, *_PEOPLE),
        "visits",
    ),
    "referrers": Grouping(
        {
            "channel": lambda row: row.channel,
            "known-link": lambda row: row.known_link,
            "domain": lambda row: row.domain,
        },
        ("visits", "engaged_visits", "converted_visits", "conversions", "suspects", "bots"),
        "visits",
    ),
    "broken": Grouping(
        {"status": lambda row: row.status, "folder": _folder}, ("links", "people", "bots"), "people"
    ),
    "pages": Grouping(
        {"folder": _folder},
        (
            "links",
            "followed_links",
            "lost_links",
            "search_share",
            "visits",
            "engaged_visits",
            "conversions",
        ),
        "links",
    ),
}
_SORTED_BY = {"engaged": "engaged_visits", "search": "search_share"}


def sums(
    listing: str, rows: Iterable[Any], by: str, *, sort: str = "", limit: int | None = None
) -> Answer[dict[str, Any]]:
    """The rows of a listing, one of `GROUPINGS`, by one of its groupings: a mapping each with
    `group`, `rows` and the sums, None where no row knows. Raises UsageError for another grouping.
    """
    grouping = GROUPINGS[listing]
    key = grouping.keys[one_of(by, tuple(grouping.keys), "grouping")]
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[str(key(row))].append(row)
    measure = _SORTED_BY.get(sort, sort)
    order = measure if measure in grouping.fields else grouping.order
    found = [_added(group, held, grouping.fields) for group, held in groups.items()]
    found.sort(key=lambda row: (-(row[order] or 0), -row["rows"], row["group"]))
    return first(found, limit)


def names(listing: str) -> tuple[str, ...]:
    """The names that a grouped listing's rows have."""
    return ("group", "rows", *GROUPINGS[listing].fields)


def _added(group: str, rows: Sequence[Any], fields: Iterable[str]) -> dict[str, Any]:
    sums = {name: _sum([getattr(row, name) for row in rows]) for name in fields}
    return {"group": group, "rows": len(rows), **sums}


def _sum(values: Sequence[float | None]) -> float | None:
    """What is known, added; counts stay whole."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    return round(fsum(known), 9) if any(isinstance(one, float) for one in known) else sum(known)
