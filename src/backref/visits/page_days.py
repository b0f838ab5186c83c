"""Page days: requests for each page on one day, by status and outside host that sent them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref.schema import PAGE_DAYS
from backref.visits.days import local_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.visits.requests import Requests

KEYS = ("day", "host", "page", "status", "referrer_host")


def counted(requests: Requests, partition: str, bot: pa.Array, zone: str) -> pa.Table:
    """The requests of one day's partition by `KEYS`, days being those of the zone: `people` and
    `bots`. `bot` are the visitors of the day whose verdict is not person: bots, and who is
    suspected to be one."""
    inside = pa.array(requests.host == 0)
    host = requests.rows["referrer_host"]
    bots = pc.is_in(requests.rows["person"], value_set=bot).cast(pa.int64())
    table = pa.table(
        {
            "day": local_days(requests.moment, zone),
            "host": requests.rows["own_host"],
            "page": requests.rows["page"],
            "status": requests.rows["status"],
            "referrer_host": pc.if_else(inside, pa.scalar(None, host.type), host),
            "without_referrers": pc.fill_null(requests.rows["without_referrers"], False),
            "bots": bots,
            "people": pc.subtract(1, bots),
        }
    ).filter(pc.equal(requests.rows["partition"], partition))
    return summed([table])


def summed(tables: Iterable[pa.Table]) -> pa.Table:
    """Counts of several slices of a day as one."""
    sums = [("people", "sum"), ("bots", "sum"), ("without_referrers", "all")]
    added = pa.concat_tables(tables).group_by(KEYS).aggregate(sums)
    return added.rename_columns([*KEYS, *(name for name, _ in sums)])


def of_site(counts: pa.Table, site: str) -> pa.Table:
    """The rows of the table `page_days`."""
    named = counts.append_column("site", pa.array(np.full(len(counts), site), pa.string()))
    return named.select(PAGE_DAYS.names).cast(PAGE_DAYS.arrow)
