"""From when to when the records of a file are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pyarrow as pa
import pyarrow.compute as pc

EARLIEST = ("at", "at_lo", "observed_lo", "day_lo", "day")
LATEST = ("at", "at_hi", "observed_hi", "day_hi", "day")
"""Columns that tell when something was, each as the tables name it."""


class Span:
    """The earliest and the latest time that rows tell; None while none told any. A day counts by
    its first instant."""

    def __init__(self) -> None:
        self.earliest: datetime | None = None
        self.latest: datetime | None = None

    def take(self, batch: pa.RecordBatch) -> None:
        """Look at further rows."""
        for name in {*EARLIEST, *LATEST} & set(batch.schema.names):
            least, most = (bound.as_py() for bound in pc.min_max(batch[name]).values())
            if name in EARLIEST and least is not None:
                self.earliest = min(_instant(least), self.earliest or _instant(least))
            if name in LATEST and most is not None:
                self.latest = max(_instant(most), self.latest or _instant(most))


def _instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time(), UTC)
