"""Origins of many visits at once: each distinct combination of evidence is judged once."""

from __future__ import annotations

import pyarrow as pa

from backref.url import registrable_domain
from backref.visits.channels import Entry, classify, is_app
from backref.visits.codes import combined


def origins(entries: pa.Table) -> pa.Table:
    """Columns channel, origin, referrer_name and referrer_domain for rows with the fields of
    `channels.Entry`."""
    distinct, index = combined([entries[field] for field in Entry._fields])
    judged = [(classify(entry), _domain(entry)) for entry in map(Entry._make, distinct)]
    columns = {
        "channel": [origin.channel for origin, _ in judged],
        "origin": [origin.origin for origin, _ in judged],
        "referrer_name": [origin.referrer_name for origin, _ in judged],
        "referrer_domain": [domain for _, domain in judged],
    }
    table = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    return table.take(pa.array(index))


def _domain(entry: Entry) -> str | None:
    """The sender's registrable domain; an application without a site stands for itself."""
    host = entry.referrer_host
    if host is None:
        return None
    unlisted = is_app(entry) and entry.referrer_via == host
    return host if unlisted else registrable_domain(host)
