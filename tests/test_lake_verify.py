from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from lake_rows import agents, store

from backref.lake.lake import Lake
from backref.lake.owner import Owner


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.create(tmp_path / "store") as lake:
        store(lake, ["a", "b"], rejects=[(3, "bad", "c")])
        store(lake, [f"more {number}" for number in range(500)])
        yield lake


def segments(lake: Lake) -> list[Path]:
    return sorted((lake.path / "segments").rglob("*.parquet"))


def found(lake: Lake) -> list[tuple[str, str]]:
    return [(finding.kind, finding.subject) for finding in lake.verify()]


def name(lake: Lake, path: Path) -> str:
    return path.relative_to(lake.path / "segments").as_posix()


def test_a_sound_store_has_no_findings(lake: Lake):
    assert found(lake) == []


def test_every_flipped_bit_is_found_and_named(lake: Lake):
    chance = random.Random(1)
    for path in segments(lake):
        whole = path.read_bytes()
        for _ in range(25):
            place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            assert found(lake) == [("damaged", name(lake, path))]
        path.write_bytes(whole)
    assert found(lake) == []


def test_every_cut_is_found_and_named(lake: Lake):
    path = segments(lake)[0]
    whole = path.read_bytes()
    for length in range(0, len(whole), 97):
        path.write_bytes(whole[:length])
        assert found(lake) == [("damaged", name(lake, path))]


def test_missing_foreign_and_other_files_are_told_apart(lake: Lake):
    first, second = segments(lake)
    first.unlink()
    foreign = lake.path / "segments" / "agents" / "letter.parquet"
    foreign.write_bytes(second.read_bytes())
    assert set(found(lake)) == {
        ("missing", name(lake, first)),
        ("unlisted", "agents/letter.parquet"),
    }


def test_what_others_are_writing_is_no_finding(lake: Lake):
    with Lake.open(lake.path) as other, other.writer(1) as writer:
        writer.write("agents", "all", agents(["z"]))
        assert found(lake) == []
        assert len(Owner.living(lake.path / "owners")) == 2


def test_a_folder_in_a_segments_place_is_data_not_a_traceback(lake: Lake):
    path = segments(lake)[0]
    path.unlink()
    path.mkdir()
    assert ("damaged", name(lake, path)) in found(lake)


def test_sums_and_rejects_that_do_not_reconcile_are_found(lake: Lake):
    with closing(sqlite3.connect(lake.path / "catalogue.db", isolation_level=None)) as database:
        database.execute("DELETE FROM rejects")
    (finding,) = lake.verify()
    assert (finding.kind, finding.subject) == ("import", "1")
    assert "1 rejects were counted and 0 kept" in finding.message
