"""Occurrence numbers, against counting one by one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.ingest.identifiers import Ids
from backref.ingest.partition import Partition

batches = st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=12)


def of(numbers: list[int]) -> Ids:
    return Ids.of_bytes(b"".join(number.to_bytes(16, "big") for number in numbers))


def one_by_one(batches: list[list[int]]) -> list[list[int]]:
    met: Counter[int] = Counter()
    told = []
    for batch in batches:
        told.append([])
        for number in batch:
            told[-1].append(met[number])
            met[number] += 1
    return told


@settings(deadline=None)
@given(batches, st.integers(0, 12))
def test_occurrences_are_counted_over_all_batches(batches, spilled_after):
    with TemporaryDirectory() as folder:
        partition, told = Partition(1, of([1, 2, 3])), []
        for place, batch in enumerate(batches):
            told.append(partition.occurrences(of(batch)).tolist())
            if place == spilled_after:
                file = Path(folder) / "ids"
                partition.spill(file)
                assert partition.nbytes == 0
                partition.recall(file)
                assert not file.exists()
    assert told == one_by_one(batches)
    assert partition.stored.find(of([1, 9])).tolist() == [0, -1]


def test_runs_stay_few():
    partition = Partition(1, Ids.none())
    for start in range(0, 64_000, 1_000):
        ids = Ids(np.arange(start, start + 1_000, dtype=np.uint64), np.zeros(1_000, np.uint64))
        assert not partition.occurrences(ids).any()
    assert len(partition._runs) < 8
    assert partition.nbytes == 24 * 64_000
