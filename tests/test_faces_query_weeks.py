"""What is told of links by week is what is told of each alone, in whatever order they are asked."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.faces.query.weeks import ByLink

NUMBERS = st.integers(0, (1 << 64) - 1)
ROWS = st.lists(st.tuples(NUMBERS | st.integers(0, 5), st.integers()), max_size=40)


@settings(deadline=None)
@given(ROWS.map(lambda rows: sorted(rows, key=lambda row: row[0])), st.lists(st.integers(0, 6)))
def test_rows_are_found_by_their_link(rows: list[tuple[int, int]], asked: list[int]):
    rows = [(link, value % 1000) for link, value in rows]
    table = pa.table(
        {
            "link_id": pa.array([link for link, _ in rows], pa.uint64()),
            "value": pa.array([value for _, value in rows], pa.int64()),
        }
    )
    known: dict[int, list[dict[str, int]]] = defaultdict(list)
    for link, value in rows:
        known[link].append({"value": value})
    wanted = [*asked, *(link for link, _ in rows), (1 << 64) - 1]
    assert ByLink(table).of(wanted) == [known[link] for link in wanted]


def test_nothing_is_asked_of_nothing():
    table = pa.table({"link_id": pa.array([], pa.uint64()), "value": pa.array([], pa.int64())})
    assert ByLink(table).of([]) == []
    assert ByLink(table).of([7]) == [[]]
    assert ByLink(table).of(np.array([7], np.uint64).tolist()) == [[]]
