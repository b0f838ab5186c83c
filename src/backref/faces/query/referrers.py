"""Hosts that sent people, with bots and suspects counted beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces.query.answer import Answer, total
from backref.faces.query.certainty import certainty
from backref.faces.query.links import one_of
from backref.faces.query.rows import ReferrerRow
from backref.faces.query.view import NO_LIMIT, View
from backref.ledger.interval import wilson

if TYPE_CHECKING:
    from datetime import datetime

SORTS = ("visits", "engaged", "conversions", "bots")


def referrers(
    view: View,
    *,
    since: datetime | None = None,
    channel: str | None = None,
    sort: str = "visits",
    limit: int | None = None,
) -> Answer[ReferrerRow]:
    """Hosts that sent visits between `since` and the view's time, by channel."""
    found = view.rows(
        "referrers.sql",
        site=view.site.name,
        since=since,
        until=view.until,
        channel=channel,
        sort=one_of(sort, SORTS, "sort"),
        limit=NO_LIMIT if limit is None else limit,
    )
    return Answer([_row(values) for values in found], total(found))


def _row(values: dict[str, Any]) -> ReferrerRow:
    visits, converted = values["visits"], values["converted_visits"]
    known = converted is not None and visits
    low, high = (wilson(converted, visits) if known else None) or (None, None)
    same = (
        "channel visits engaged_visits converted_visits conversions suspects bots known_link "
        "landing_pages first_visit last_visit"
    )
    return ReferrerRow(
        host=values["referrer_host"],
        domain=values["referrer_domain"] or values["referrer_host"],
        **{name: values[name] for name in same.split()},
        rate=converted / visits if known else None,
        rate_low=low,
        rate_high=high,
        certainty=certainty(values),
    )
