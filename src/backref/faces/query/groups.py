"""The ledger grouped: one row per referring domain, channel, campaign, owner and so on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backref.errors import UsageError
from backref.faces.query import creators, lead_values
from backref.faces.query.answer import Answer
from backref.faces.query.certainty import certainty
from backref.faces.query.links import one_of
from backref.faces.query.rates import Priors
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
    "anchor",
    "position",
    "page",
)
SORTS = ("visits", "search", "conversions", "leads", "domains")

ByGroup = Mapping[str, dict[str, float]]


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
    if one_of(by, DIMENSIONS, "grouping") == "channel":
        if of is not None:
            raise UsageError("Channels group every visit: take the filters away, or group by rel.")
        return _answer(_channels(view), {}, {}, limit)
    standing = view.standing if of is None else of
    named = creators.of(view, standing) if by == "creator" else creators.NOBODY
    tables = {"standing": standing, "creators": named}
    keyed = {"keyed": view.table("keyed.sql", tables, by=by)}
    found = view.rows("groups.sql", tables=keyed, sort=one_of(sort, SORTS, "sort"))
    values = lead_values.by(keyed["keyed"], "group_key")
    return _answer(found, _costs(view, keyed), values, limit)


def _answer(
    found: list[dict[str, Any]], costs: ByGroup, values: ByGroup, limit: int | None
) -> Answer[GroupRow]:
    """The first groups, with rates judged among all of them."""
    priors = Priors.of(found)
    shown = found if limit is None else found[:limit]
    rows = [
        _row(
            told,
            costs=costs.get(told["group_key"], {}),
            value=values.get(told["group_key"], {}),
            **priors.rates(told),
        )
        for told in shown
    ]
    return Answer(rows, len(found))


def _channels(view: View) -> list[dict[str, Any]]:
    return view.rows(
        "channels.sql",
        site=view.site.name,
        since_day=None,
        until_day=view.until_day,
        limit=NO_LIMIT,
    )


def _costs(view: View, keyed: dict[str, pa.Table]) -> ByGroup:
    costs: dict[str, dict[str, float]] = defaultdict(dict)
    for paid in view.rows("group_costs.sql", tables=keyed):
        costs[paid["group_key"]][paid["currency"]] = paid["cost"]
    return costs


def _row(told: dict[str, Any], **beside: Any) -> GroupRow:
    same = (
        "domains live_domains links live_links followed_links lost_links search_share visits "
        "monthly_visits engaged_visits converted_visits conversions leads"
    )
    return GroupRow(
        group=told["group_key"],
        **{name: told[name] for name in same.split()},
        certainty=certainty(told),
        **beside,
    )
