"""Origins of many visits at once: each distinct combination of evidence is judged once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from backref.url import registrable_domain
from backref.visits.channels import Entry, classify, is_app

if TYPE_CHECKING:
    Index = np.ndarray[Any, np.dtype[np.int64]]


def origins(entries: pa.Table) -> pa.Table:
    """Columns channel, origin, referrer_name and referrer_domain for rows with the fields of
    `channels.Entry`."""
    distinct, index = _combinations([entries[field] for field in Entry._fields])
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


def _combinations(columns: list[pa.ChunkedArray]) -> tuple[list[tuple[Any, ...]], Index]:
    """The distinct combinations of values in equally long columns, and each row's own."""
    index = np.zeros(len(columns[0]), np.int64)
    first = index
    for column in columns:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        wide = index * (len(encoded.dictionary) + 1) + codes
        _, first, index = np.unique(wide, return_index=True, return_inverse=True)
    rows = pa.array(first)
    return list(zip(*(column.take(rows).to_pylist() for column in columns), strict=True)), index
