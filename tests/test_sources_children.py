"""The identities of many further rows are those of each alone."""

from __future__ import annotations

import numpy as np
import pytest

from backref import identity
from backref.sources import children


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("key", [b"k", bytes(range(64))])
def test_they_are_child_identities(key: bytes, fast: bool) -> None:
    owners = [bytes([n]) * identity.ID_BYTES for n in range(5)]
    counts = [2, 0, 700, 1, 3]
    units = np.repeat(np.arange(5), counts)
    for table in ("link_observations", "x" * 100):
        made = children.ids(key, table, owners, units, fast=fast)
        assert made.to_pylist() == [
            identity.child_id(key, owner, table, nth)
            for owner, count in zip(owners, counts, strict=True)
            for nth in range(count)
        ]


def test_of_none_there_are_none() -> None:
    assert len(children.ids(b"k", "x", [], np.empty(0, np.int64), fast=False)) == 0
