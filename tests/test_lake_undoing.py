"""Taking an import back: what goes and what stays, beside others, and death on the way."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from durability_files import KINDS
from lake_rows import PLACE, counts, row_id, store, texts

from backref import pipeline, schema
from backref.errors import StoreBusy, UsageError
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["backref.lake.lake", "pytest", "pyarrow.dataset", "pandas"])
A, B, C = ["one", "two"], ["two", "three", "four"], ["five"]


def imported(path: Path, *files: Path) -> None:
    with Lake.open(path, threads=1) as lake:
        for _ in import_inputs(lake, [str(file) for file in files], processes=1):
            pass
        pipeline.run(lake)


def digests(path: Path) -> dict[str, str]:
    with Lake.open(path) as lake:
        assert list(lake.verify()) == []
        return {table: lake.content_digest(table) for table in schema.TABLES}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with its site and the salts of the logs' days: its copies hash alike."""
    path = tmp_path_factory.mktemp("template") / "store"
    with Lake.create(path) as lake:
        lake.save_site(SiteRecord("example.com", created=datetime(2026, 1, 1, tzinfo=UTC)))
        for day in range(15, 20):
            lake.salt("example.com", date(2015, 5, day))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["access.log", "placements.csv"])
def test_undone_it_is_as_if_never_imported(
    template: Path, shared_data: Path, tmp_path: Path, kind: str
):
    first, second = (tmp_path / name / kind for name in ("a", "b"))
    for file, content in zip((first, second), KINDS[kind](shared_data), strict=True):
        file.parent.mkdir()
        file.write_bytes(content)
    alone = shutil.copytree(template, tmp_path / "alone")
    imported(alone, first)
    path = shutil.copytree(template, tmp_path / "both")
    imported(path, first, second)
    both = digests(path)
    assert both != digests(alone)
    with Lake.open(path) as lake:
        number = max(record.id for record in lake.imports())
        assert lake.undo(number) > 0
        pipeline.run(lake)
    assert digests(path) == digests(alone)
    imported(path, second)
    assert digests(path) == both


@pytest.fixture
def lake(tmp_path: Path):
    with Lake.create(tmp_path / "store", grace=timedelta(0)) as lake:
        for each in (A, B, C):
            store(lake, each, rejects=[(1, "bad", "sample")])
        yield lake


def test_only_what_the_import_itself_stored_goes(lake: Lake):
    assert lake.undo(1) == 2
    assert texts(lake) == sorted({*B, *C} - {"two"})
    assert counts(lake) == {"done": 2, "undone": 1}
    assert {reject.import_id for reject in lake.rejects()} == {2, 3}
    store(lake, B)
    assert texts(lake) == sorted({*B, *C})


def merged(lake: Lake) -> None:
    """Put the rows of three imports into one segment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backref.lake.compaction.LIMIT", 6)
        assert lake._compact(PLACE) == 3


def test_rows_merged_into_one_segment_part_again(lake: Lake):
    merged(lake)
    with lake.snapshot() as snapshot:
        before = snapshot.version_of(*PLACE)
    assert lake.undo(2) == 2
    assert texts(lake) == sorted({*A, *C})
    with lake.snapshot() as snapshot:
        assert snapshot.version_of(*PLACE) == before + 1
        assert snapshot.rows_in("agents") == 3
    assert list(lake.verify()) == []


def test_a_partition_may_end_empty(lake: Lake):
    for number in (3, 1, 2):
        lake.undo(number)
    assert texts(lake) == []
    with lake.snapshot() as snapshot:
        assert snapshot.partitions("agents") == ()


def test_replaced_segments_stay_for_whoever_reads(tmp_path: Path):
    with Lake.create(tmp_path / "store") as lake:
        store(lake, A)
        with lake.snapshot() as before:
            lake.undo(1)
            assert len(before.rows("/* t.t */ SELECT text FROM agents")) == len(A)
        assert texts(lake) == []


@pytest.mark.parametrize("number", [0, 4, 1 << 70])
def test_an_import_that_is_not_there(lake: Lake, number: int):
    with pytest.raises(UsageError, match=f"no import {number};"):
        lake.undo(number)


def test_nothing_is_undone_twice_or_before_it_is_done(lake: Lake):
    lake.undo(1)
    with pytest.raises(UsageError, match="is undone"):
        lake.undo(1)
    running = lake.begin_import("memory", "agents")
    with pytest.raises(UsageError, match="is running"):
        lake.undo(running)
    lake.fail_import(running, "for a test")
    with pytest.raises(UsageError, match="is failed"):
        lake.undo(running)


def test_it_waits_for_no_import_and_leaves_none_without_what_it_took_for_stored(lake: Lake):
    running = lake.begin_import("other", "agents")
    with pytest.raises(StoreBusy, match="other is running"):
        lake.undo(1)
    lake.fail_import(running, "for a test")
    assert lake.undo(1) == 2


@pytest.mark.parametrize("point", ["segment.written", "segment.settled"])
def test_an_import_that_ends_meanwhile_is_seen(tmp_path: Path, point: str):
    struck = []

    def meanwhile(at: str) -> None:
        if at == point and len(struck) == 1:
            struck.append(at)
            with Lake.open(tmp_path / "store") as other:
                store(other, ["six", "two"])

    with Lake.create(tmp_path / "store", fault=meanwhile) as lake:
        store(lake, [*A, *B])
        store(lake, C)
        store(lake, ["seven"])
        merged(lake)
        struck.append("begin")
        lake.undo(1)
        assert len(struck) == 2
        assert texts(lake) == ["five", "seven", "six"]
        assert list(lake.verify()) == []


def test_an_entry_stays_while_others_name_it(tmp_path: Path):
    """Two logs with one agent: the second's hits keep the entry that the first brought."""
    line = (
        '192.0.2.{} - - [01/Nov/2026:10:00:0{} +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 {}"\n'
    )
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text(line.format(1, 1, "shared") + line.format(1, 2, "own"))
    second.write_text(line.format(2, 3, "shared"))
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("example.com"))
        for _ in import_inputs(lake, [str(first), str(second)], processes=1):
            pass
        assert texts(lake) == ["Mozilla/5.0 own", "Mozilla/5.0 shared"]
        assert lake.undo(1) == 3
        assert texts(lake) == ["Mozilla/5.0 shared"]
        assert lake.undo(2) == 2
        assert texts(lake) == []


class At:
    """A fault hook that lets `left` points pass and then ends the process."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.met = 0

    def __call__(self, point: str) -> None:
        self.met += 1
        if self.met > self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def undo_with(path: Path, fault: Callable[[str], None]) -> None:
    with Lake.open(path, fault=fault, grace=timedelta(0)) as lake:
        lake.undo(2)
        lake.sweep()


def undo_and_die(path: Path, after: int) -> None:
    undo_with(path, At(after))


@pytest.mark.slow
def test_death_at_any_point_leaves_all_or_nothing(lake: Lake, tmp_path: Path):
    merged(lake)
    lake.close()
    dry = At(10**9)
    undo_with(shutil.copytree(lake.path, tmp_path / "dry"), dry)
    assert dry.met >= 7
    for after in range(dry.met):
        path = shutil.copytree(lake.path, tmp_path / str(after))
        process = PROCESSES.Process(target=undo_and_die, args=(path, after))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL, after
        with Lake.open(path, grace=timedelta(0)) as left:
            found = texts(left)
            assert found in (sorted({*A, *C}), sorted({*A, *B, *C})), after
            assert counts(left)["undone"] == (len(found) == 3), after
            if len(found) > 3:
                left.undo(2)
            assert texts(left) == sorted({*A, *C})
            left.sweep()
            assert list(left.verify()) == []
        assert list((path / "owners").iterdir()) == []


def test_identities_of_what_went_are_free(lake: Lake):
    lake.undo(1)
    _, held = lake.ids(*PLACE)
    assert row_id("one") not in set(held.tolist())
