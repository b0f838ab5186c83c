"""Hosts that sent people, with bots and suspects counted beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from backref.faces.query.answer import Answer, total
from backref.faces.query.certainty import certainty
from backref.faces.query.links import one_of
from backref.faces.query.rows import ReferrerRow
from backref.faces.query.view import NO_LIMIT, View
from backref.ledger.interval import wilson
from backref.ledger.shrinkage import fitted
from backref.visits.channels import Entry
from backref.visits.vendor_channels import chosen

if TYPE_CHECKING:
    from datetime import datetime

    from backref.ledger.shrinkage import Prior

OWN = "backref"
ENTRIES = pa.schema(
    (name, pa.string())
    for name in ("source", "medium", "campaign", "code", "click_id", "referrer_host", "channel")
)
SORTS = ("visits", "engaged", "conversions", "bots")


def referrers(
    view: View,
    *,
    since: datetime | None = None,
    channel: str | None = None,
    sort: str = "visits",
    limit: int | None = None,
    channels: str = OWN,
) -> Answer[ReferrerRow]:
    """Hosts that sent visits between `since` and the view's time, by channel; `channels` says
    whose they are, one of `vendor_channels.VENDORS`."""
    found = view.rows(
        "referrers.sql",
        {"entries": _entries(view, since, channels)},
        site=view.site.name,
        since=since,
        until=view.until,
        channel=channel,
        sort=one_of(sort, SORTS, "sort"),
        limit=NO_LIMIT if limit is None else limit,
    )
    counts = view.table("referrer_rates.sql", site=view.site.name, since=since, until=view.until)
    prior = fitted(
        (row["converted"], row["visits"]) for row in counts.to_pylist() for _ in range(row["hosts"])
    )
    return Answer([_row(values, prior) for values in found], total(found))


def _entries(view: View, since: datetime | None, channels: str) -> pa.Table:
    """What visits told of their origin, with the channel that a vendor makes of it; nothing for
    our own channels, which the visits carry."""
    judge = chosen(channels)
    if channels == OWN:
        return ENTRIES.empty_table()
    told = view.table("entries.sql", site=view.site.name, since=since, until=view.until)
    judged = [judge(Entry(**row)) for row in told.to_pylist()]
    return told.append_column("channel", pa.array(judged, pa.string())).cast(ENTRIES)


def _row(values: dict[str, Any], prior: Prior | None) -> ReferrerRow:
    visits, converted = values["visits"], values["converted_visits"]
    known = converted is not None and visits
    low, high = (wilson(converted, visits) if known else None) or (None, None)
    shrunk = prior.shrunk(converted, visits) if prior and known else None
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
        shrunk_rate=shrunk.mean if shrunk else None,
        shrunk_low=shrunk.low if shrunk else None,
        shrunk_high=shrunk.high if shrunk else None,
        certainty=certainty(values),
    )
