"""Days: of partitions by site and UTC day, as `example.com/2026-11-23`, and of a site's zone.

Visits are cut and stored by UTC days, which never shift; they are counted on the site's own days.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

DAY = timedelta(days=1)
NO_DAY = "none"
QUARTER = 15 * 60
"""Seconds: no zone's day begins at another minute than a quarter of an hour."""


def site_of(partition: str) -> str:
    """The site of a partition."""
    return partition.rpartition("/")[0]


def day_of(partition: str) -> date:
    """The UTC day of a partition."""
    return date.fromisoformat(partition.rpartition("/")[2])


def month_of(partition: str) -> str:
    """The partition of the day's month, as `example.com/2026-11`."""
    return partition.rpartition("-")[0]


def neighbours(partition: str) -> tuple[str, str, str]:
    """The partitions of the day before, the day itself and the day after; at either end of the
    calendar one of a name that no day has."""
    site, day = site_of(partition), day_of(partition)
    before = f"{day - DAY}" if day > date.min else NO_DAY
    after = f"{day + DAY}" if day < date.max else NO_DAY
    return f"{site}/{before}", partition, f"{site}/{after}"


def midnight(partition: str) -> int:
    """When the day begins, in microseconds since 1970."""
    return (day_of(partition) - date(1970, 1, 1)) // timedelta(microseconds=1)


def local_days(moments: NDArray[np.int64], zone: str) -> pa.Array:
    """The days that moments, in microseconds since 1970, fall on in a zone."""
    quarters, place = np.unique(moments // (QUARTER * 1_000_000), return_inverse=True)
    there = ZoneInfo(zone)
    days = [_local_day(quarter * QUARTER, there) for quarter in quarters.tolist()]
    return pa.array(days, pa.date32()).take(pa.array(place))


def _local_day(seconds: int, zone: ZoneInfo) -> date:
    at = datetime.fromtimestamp(seconds, UTC)
    try:
        return at.astimezone(zone).date()
    except OverflowError:
        return at.date()


def site_days(days: Iterable[date], zone: str) -> pa.Table:
    """When each of these days `begins` and `ends` in a zone, as models join moments to them."""
    there = ZoneInfo(zone)
    chosen = sorted({day for day in days if date.min < day < date.max - DAY})
    instant = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "day": pa.array(chosen, pa.date32()),
            "begins": pa.array([_begin(day, there) for day in chosen], instant),
            "ends": pa.array([_begin(day + DAY, there) for day in chosen], instant),
        }
    )


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def calendar(partitions: Iterable[str]) -> pa.Table:
    """Each day with its neighbours and the noon at which what it began must end."""
    return pa.Table.from_pylist([_row(partition) for partition in partitions])


def _row(partition: str) -> dict[str, object]:
    yesterday, today, tomorrow = neighbours(partition)
    day = day_of(partition)
    noon_after = datetime.combine(day + DAY if day < date.max else day, time(12), UTC)
    return {
        "yesterday": yesterday,
        "today": today,
        "tomorrow": tomorrow,
        "noon_after": noon_after,
    }
