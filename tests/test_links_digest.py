"""Digests of streamed rows."""

from __future__ import annotations

from hashlib import md5

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from backref.links.digest import by_partition

ROWS = st.lists(st.tuples(st.sampled_from(["00", "01", "3f"]), st.integers(0, 5)), max_size=30)


def batch(rows: list[tuple[str, int]]) -> pa.RecordBatch:
    digests = [md5(str(number).encode()).hexdigest() for _, number in rows]
    return pa.record_batch(
        {
            "partition": pa.array([name for name, _ in rows], pa.string()),
            "digest": pa.array(digests, pa.string()),
        }
    )


@given(ROWS, st.integers(0, 30), st.randoms(use_true_random=False))
def test_order_and_batches_mean_nothing(
    rows: list[tuple[str, int]], cut: int, shuffle: object
) -> None:
    whole = by_partition([batch(rows)])
    mixed = rows.copy()
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert by_partition([batch(mixed[:cut]), batch(mixed[cut:])]) == whole
    assert by_partition([batch(rows).slice(0, cut), batch(rows).slice(cut)]) == whole


@given(ROWS, ROWS)
def test_equal_digests_are_of_equal_rows(
    rows: list[tuple[str, int]], others: list[tuple[str, int]]
) -> None:
    same = sorted(rows) == sorted(others)
    assert (by_partition([batch(rows)]) == by_partition([batch(others)])) == same
