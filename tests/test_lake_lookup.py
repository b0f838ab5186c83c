"""Rows that are looked up are those that a scan finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from lake_rows import swap_in
from small_store import rows

from backref.errors import StoreError
from backref.lake import segments
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

COUNTS = {"a.example": 1, "b.example": 25, "c.example": 3, "d.example": 40, "ü.example": 2}


def sums(*names: str) -> pa.Table:
    """Rows of `linked_domains`; `links` numbers those of a name."""
    told = [{"target_domain": name, "links": at} for name in names for at in range(COUNTS[name])]
    return rows("linked_domains", *told)


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A store of two segments in groups of ten rows."""
    monkeypatch.setattr(segments, "FEW", 10)
    with Lake.create(tmp_path / "store") as lake:
        with lake.swap() as swap:
            parts = [sums("a.example", "b.example", "c.example"), sums("d.example", "ü.example")]
            swap.put([{"linked_domains": part} for part in parts], "00", "v1")
            assert not swap.commit()
        yield lake


@pytest.mark.parametrize("name", [*COUNTS, "", "bb.example", "zz"])
def test_what_is_looked_up_is_what_a_scan_finds(lake: Lake, name: str) -> None:
    with lake.snapshot() as snapshot:
        found = snapshot.lookup("linked_domains", "00", name)
        assert sorted(found["links"].to_pylist()) == list(range(COUNTS.get(name, 0)))
        assert set(found["target_domain"].to_pylist()) <= {name}
        scanned = (
            "/* tests.scan */ select count(*) as n from linked_domains where target_domain = $n"
        )
        assert snapshot.rows(scanned, n=name) == [{"n": len(found)}]


def test_where_few_are_enough_the_first_ones_come(lake: Lake) -> None:
    with lake.snapshot() as snapshot:
        for most in (1, 9, 12, 40, 50):
            found = snapshot.lookup("linked_domains", "00", "d.example", most)
            assert min(most, 40) <= len(found) <= most + 10
            assert sorted(found["links"].to_pylist()) == list(range(len(found)))


def test_a_snapshot_looks_up_its_own_version(lake: Lake) -> None:
    with lake.snapshot() as before:
        swap_in(lake, {"linked_domains": sums("c.example")}, "00", "v2")
        assert len(before.lookup("linked_domains", "00", "b.example")) == 25
        with lake.snapshot() as after:
            assert len(after.lookup("linked_domains", "00", "b.example")) == 0
            assert len(after.lookup("linked_domains", "00", "c.example")) == 3
            assert len(after.lookup("linked_domains", "01", "c.example")) == 0


def test_a_lost_segment_is_told_in_a_sentence(lake: Lake) -> None:
    for file in (lake.path / "segments" / "linked_domains").iterdir():
        file.unlink()
    with lake.snapshot() as snapshot, pytest.raises(StoreError, match="is missing; run"):
        snapshot.lookup("linked_domains", "00", "a.example")
