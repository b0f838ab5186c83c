"""Addresses to visitors: a hash with the day's salt, made only for hits that are new.

An address goes no further than this file; two bytes of a hash of it are in its hit's identity.
Nobody can compute a visitor again once the salt is gone, and two days of one person are two
visitors.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref.sources import digests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.lake.lake import Lake

Client = tuple[bytes, int]
DAY = 86_400_000_000
MIDNIGHT = 1_800_000_000
"""Hits this long after midnight, in microseconds, also get the previous day's hash."""


class Visitors:
    """The salts of one import: each is asked of the store once."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._salts: dict[tuple[str, date], bytes] = {}

    def known(
        self, partition: str, hits: pa.RecordBatch, clients: Sequence[Client]
    ) -> pa.RecordBatch:
        """The hits of one site and day with `visitor` and `visitor_before` for `client`."""
        site, _, day = partition.rpartition("/")
        today = date.fromisoformat(day)
        client = hits["client"].to_numpy()
        early = hits["at"].cast(pa.int64()).to_numpy() % DAY < MIDNIGHT
        columns = {name: hits[name] for name in hits.schema.names if name != "client"}
        columns["visitor"] = pa.array(self._hashed(site, today, client, clients))
        before = np.zeros(len(client), np.uint64)
        if early.any():
            yesterday = today - timedelta(days=1)
            before[early] = self._hashed(site, yesterday, client[early], clients)
        columns["visitor_before"] = pa.array(before, mask=~early)
        return pa.RecordBatch.from_pydict(columns)

    def _hashed(
        self, site: str, day: date, client: np.ndarray, clients: Sequence[Client]
    ) -> np.ndarray:
        salt = self._salt(site, day)
        distinct, number = np.unique(client, return_inverse=True)
        told = [clients[each][0] for each in distinct.tolist()]
        return np.asarray(digests.numbers(told, salt)[number])

    def _salt(self, site: str, day: date) -> bytes:
        if (site, day) not in self._salts:
            self._salts[site, day] = self._lake.salt(site, day)
        return self._salts[site, day]
