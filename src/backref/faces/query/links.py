"""Links of a site, chosen, sorted, and drawn with their lifelines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from backref.errors import NotHeld, UsageError
from backref.faces.query.answer import Answer
from backref.faces.query.certainty import certainty
from backref.faces.query.lead_values import parted
from backref.faces.query.rows import LinkRow
from backref.faces.query.view import NO_LIMIT, View

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from backref.ledger.survival import Estimate

LINK_ID = re.compile("[0-9a-f]{16}")
SORTS = (
    "visits",
    "conversions",
    "leads",
    "search",
    "cost",
    "first-seen",
    "last-seen",
    "lost",
    "source",
)
STANDING = ("live", "suspect")
STATES = {
    "live": ("live",),
    "suspect": ("suspect",),
    "lost": ("lost", "reported lost"),
    "confirmed-lost": ("lost",),
    "reported-lost": ("reported lost",),
    "unknown": ("unknown",),
    "never-verified": ("never verified",),
}


def links(
    view: View,
    *,
    states: Sequence[str] = (),
    since: datetime | None = None,
    sort: str = "visits",
    domain: str | None = None,
    page: str | None = None,
    limit: int | None = None,
) -> Answer[LinkRow]:
    """Links with both sides. `states` are keys of `STATES` and `since` keeps what began, or for
    lost links ended, at or after it; `domain` and `page` narrow to a source and an own page."""
    found = numbers(
        view, states=states, since=since, sort=sort, domain=domain, page=page, limit=limit
    )
    count = found["total"][0].as_py() if found.num_rows else 0
    return Answer(rows_at(view, places(view, found["link_id"])), count)


def numbers(
    view: View,
    *,
    states: Sequence[str] = (),
    since: datetime | None = None,
    sort: str = "visits",
    domain: str | None = None,
    page: str | None = None,
    limit: int | None = None,
) -> pa.Table:
    """The same links as a column `link_id` in their order; `total` is how many there are."""
    return view.table(
        "links.sql",
        states=_chosen(states),
        since=since,
        sort=one_of(sort, SORTS, "sort"),
        domain=domain,
        page=page,
        limit=NO_LIMIT if limit is None else limit,
    )


def link(view: View, link_id: str) -> LinkRow:
    """The link of this identity, 16 hexadecimal digits. Raises NotHeld."""
    if LINK_ID.fullmatch(link_id):
        number = pa.chunked_array([pa.array([int(link_id, 16)], pa.uint64())])
        at = places(view, number)
        if not at.null_count:
            return rows_at(view, at)[0]
    raise NotHeld(f"{view.site.name} has no link {link_id!r}; `links` tells which there are.")


def standing_of(view: View, link_ids: Iterable[str]) -> pa.Table:
    """The rows of the view's `standing` that hold the links of these identities."""
    numbers = pa.array([int(link_id, 16) for link_id in link_ids], pa.uint64())
    return view.table("shown_links.sql", {"shown": pa.table({"link_id": numbers})})


def places(view: View, link_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """The rows of the view's `standing` that hold these links."""
    return pc.index_in(link_ids, value_set=view.standing["link_id"])


def rows_at(view: View, at: pa.ChunkedArray) -> list[LinkRow]:
    """The links in these rows of the view's `standing`, with their lifelines."""
    held = view.told(view.standing.take(at))
    return with_lifelines(view, [row_of(view, values) for values in held])


def one_of(value: str, allowed: Sequence[str], what: str) -> str:
    """The value itself when it is allowed; raises UsageError naming what is."""
    if value not in allowed:
        raise UsageError(f"There is no {what} {value!r}: choose one of {', '.join(allowed)}.")
    return value


def _chosen(states: Sequence[str]) -> str | None:
    """States as one text, as `links.sql` looks for them; None for all."""
    names = [one_of(name.strip(), tuple(STATES), "state") for name in states]
    return f"|{'|'.join(state for name in names for state in STATES[name])}|" if names else None


def row_of(view: View, values: dict[str, Any]) -> LinkRow:
    """A row of the `standing` as people ask for it, without its lifeline."""
    same = (
        "source_page source_url source_identity source_domain target_page target_url title "
        "anchor rel followed position state reason last_verified acquired cost currency owner "
        "campaign authority authority_low authority_high "
        "search_share search_basis visits not_measurable monthly_visits engaged_visits "
        "converted_visits conversions leads"
    )
    return LinkRow(
        link_id=f"{values['link_id']:016x}",
        **{name: values[name] for name in same.split()},
        first_seen=values["first_seen_lo"],
        last_seen=values["last_seen_hi"],
        lost_after=values["lost_lo"],
        lost_before=values["lost_hi"],
        witnesses=tuple((values["witnesses"] or "").split()),
        value=parted(values["lead_values"]),
        **view.priors.rates(values),
        certainty=certainty(values),
        reported_visits=None,
    )


def with_lifelines(view: View, rows: Sequence[LinkRow]) -> list[LinkRow]:
    """The rows with the cells and visits of the 52 weeks that end with the view's."""
    numbers = [int(row.link_id, 16) for row in rows]
    lives, sent = view.weeks.cells(numbers), view.weeks.visits(numbers)
    expected = view.remaining.of(numbers)
    return [
        LinkRow(
            **vars(row)
            | {"lifeline": cells, "weekly_visits": None if row.visits is None else visits}
            | (_remaining(left) if row.state in STANDING else {})
        )
        for row, cells, visits, left in zip(rows, lives, sent, expected, strict=True)
    ]


def _remaining(left: Estimate | None) -> dict[str, float | None]:
    ends = left or (None, None, None)
    days, low, high = (None if end is None else round(end, 1) for end in ends)
    return {"remaining_days": days, "remaining_low": low, "remaining_high": high}
