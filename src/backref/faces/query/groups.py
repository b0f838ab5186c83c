"""The ledger grouped: one row per referring domain, channel, campaign, owner and so on."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from backref.errors import UsageError
from backref.faces.query import creators
from backref.faces.query.answer import Answer, total
from backref.faces.query.certainty import certainty
from backref.faces.query.links import one_of
from backref.faces.query.rows import GroupRow
from backref.faces.query.view import NO_LIMIT, View

if TYPE_CHECKING:
    import pyarrow as pa

DIMENSIONS = (
    "domain",
    "channel",
    "acquired",
    "placement",
    "campaign",
    "owner",
    "creator",
    "state",
    "rel",
    "position",
    "page",
)
SORTS = ("visits", "search", "conversions", "domains")


def groups(
    view: View,
    by: str,
    *,
    of: pa.Table | None = None,
    sort: str = "visits",
    limit: int | None = None,
) -> Answer[GroupRow]:
    """The whole ledger by one of `DIMENSIONS`; each grouping adds up to the same visits. `of` are
    the rows of the `standing` to group when they are not all; channels group visits, so only
    all of them can be grouped so."""
    cut = NO_LIMIT if limit is None else limit
    if one_of(by, DIMENSIONS, "grouping") == "channel":
        if of is not None:
            raise UsageError("Channels group every visit: take the filters away, or group by rel.")
        by_channel = _channels(view, cut)
        return Answer([_row(values, {}) for values in by_channel], total(by_channel))
    standing = view.standing if of is None else of
    named = creators.of(view, standing) if by == "creator" else creators.NOBODY
    tables = {"standing": standing, "creators": named}
    keyed = {"keyed": view.table("keyed.sql", tables, by=by)}
    costs = _costs(view, keyed)
    found = view.rows("groups.sql", tables=keyed, sort=one_of(sort, SORTS, "sort"), limit=cut)
    rows = [_row(values, costs[values["group_key"]]) for values in found]
    return Answer(rows, total(found))


def _channels(view: View, limit: int) -> list[dict[str, Any]]:
    return view.rows(
        "channels.sql",
        site=view.site.name,
        since_day=None,
        until_day=view.until_day,
        limit=limit,
    )


def _costs(view: View, keyed: dict[str, pa.Table]) -> dict[str, dict[str, float]]:
    costs: dict[str, dict[str, float]] = defaultdict(dict)
    for paid in view.rows("group_costs.sql", tables=keyed):
        costs[paid["group_key"]][paid["currency"]] = paid["cost"]
    return costs


def _row(values: dict[str, Any], costs: dict[str, float]) -> GroupRow:
    same = (
        "domains live_domains links live_links followed_links lost_links search_share visits "
        "monthly_visits engaged_visits conversions"
    )
    return GroupRow(
        group=values["group_key"],
        **{name: values[name] for name in same.split()},
        certainty=certainty(values),
        costs=costs,
    )
