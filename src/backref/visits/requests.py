"""Requests: the page views and dead targets that visits are cut from, as numbers in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref.visits.codes import coded, combined

if TYPE_CHECKING:
    from collections.abc import Callable

    from backref.visits.codes import Codes, Flags

    Words = np.ndarray[Any, np.dtype[np.uint64]]

CAMPAIGN = ("source", "medium", "campaign", "code", "click_id")


@dataclass(frozen=True)
class Requests:
    """The rows of `requests.sql`, with `own_host`, in order of person and time, as numbers.

    `host` and `campaign` number what a request brought, 0 for nothing; `moment` is in
    microseconds since 1970.
    """

    rows: pa.Table
    person: Words
    moment: Codes
    view: Flags
    host: Codes
    campaign: Codes

    @classmethod
    def of(cls, rows: pa.Table, outside: Callable[[str], str | None]) -> Requests:
        """Order the rows. `outside` names the host that a referrer counts as, None for inside.

        Logs are exact to a second: within one, arrivals come before clicks inside.
        """
        rows = rows.combine_chunks()
        person, moment = _words(rows["person"]), _numbers(rows["at"])
        host, campaign = _hosts(rows, outside), _campaigns(rows)
        told = _flags(pc.is_valid(rows["referrer_host"]))
        rank = np.select([campaign > 0, host > 0, ~told], [0, 1, 2], 3)
        order = np.lexsort((_first_words(rows["row_id"]), rank, moment, person))
        return cls(
            rows.take(pa.array(order)),
            person[order],
            moment[order],
            _flags(pc.equal(rows["kind"], "view"))[order],
            host[order],
            campaign[order],
        )

    @property
    def arrives(self) -> Flags:
        """Whether each request brings an outside host or a campaign."""
        return (self.host > 0) | (self.campaign > 0)

    def views(self) -> Requests:
        """The page views alone."""
        if self.view.all():
            return self
        kept = self.view
        return Requests(
            self.rows.filter(pa.array(kept)),
            self.person[kept],
            self.moment[kept],
            self.view[kept],
            self.host[kept],
            self.campaign[kept],
        )


def _hosts(rows: pa.Table, outside: Callable[[str], str | None]) -> Codes:
    """The outside host of each row as a number; a referrer that is the log's own host is none."""
    values, codes = coded(rows["referrer_host"])
    hosts = [outside(value) if value else None for value in values]
    number = {host: place for place, host in enumerate(sorted({h for h in hosts if h}), 1)}
    own = _flags(pc.fill_null(pc.equal(rows["referrer_host"], rows["host"]), False))
    return np.where(own, 0, np.array([number.get(h or "", 0) for h in hosts], np.int64)[codes])


def _campaigns(rows: pa.Table) -> Codes:
    """The campaign of each row as a number; case makes no difference."""
    values, codes = combined([pc.utf8_lower(rows[name]) for name in CAMPAIGN])
    number = {value: place for place, value in enumerate(values, 1) if any(value)}
    return np.array([number.get(value, 0) for value in values], np.int64)[codes]


def _numbers(column: pa.ChunkedArray) -> Codes:
    return np.asarray(column.cast(pa.int64()).to_numpy())


def _words(column: pa.ChunkedArray) -> Words:
    return np.asarray(column.cast(pa.uint64()).to_numpy())


def _flags(column: pa.ChunkedArray) -> Flags:
    return np.asarray(column.to_numpy(zero_copy_only=False), bool)


def _first_words(ids: pa.ChunkedArray) -> Words:
    """The first half of each 16-byte identity: enough to order equal moments."""
    whole = ids.cast(pa.binary(16)).combine_chunks()
    data = np.frombuffer(whole.buffers()[1], ">u8", 2 * len(whole), whole.offset * 16)
    return data[::2].astype(np.uint64)
