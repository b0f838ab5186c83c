from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa

from backref.ingest.span import Span

UTC_TIME = pa.timestamp("us", tz="UTC")


def times(**columns: list[datetime | None]) -> pa.RecordBatch:
    return pa.record_batch({name: pa.array(held, UTC_TIME) for name, held in columns.items()})


def test_rows_without_a_time_tell_none() -> None:
    span = Span()
    span.take(pa.record_batch({"source_url": ["https://a.example/"]}))
    span.take(times(observed_lo=[None], observed_hi=[None]))
    assert (span.earliest, span.latest) == (None, None)


def test_the_span_of_all_batches() -> None:
    first, last = datetime(2026, 10, 1, 5, tzinfo=UTC), datetime(2026, 11, 3, 7, tzinfo=UTC)
    span = Span()
    span.take(times(at=[last, None]))
    span.take(times(at=[first, datetime(2026, 10, 9, tzinfo=UTC)]))
    assert (span.earliest, span.latest) == (first, last)


def test_intervals_and_days() -> None:
    span = Span()
    span.take(
        times(
            observed_lo=[None, datetime(2026, 5, 2, tzinfo=UTC)],
            observed_hi=[datetime(2026, 6, 1, tzinfo=UTC), None],
        )
    )
    span.take(pa.record_batch({"day": pa.array([date(2026, 4, 30)], pa.date32())}))
    assert span.earliest == datetime(2026, 4, 30, tzinfo=UTC)
    assert span.latest == datetime(2026, 6, 1, tzinfo=UTC)
