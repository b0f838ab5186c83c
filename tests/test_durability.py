"""Import A,B = B,A = A,A,B = killed at random instants and started again, for each kind of
source, on the digest of every table; and two importing processes beside a reader."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from durability_files import KINDS

from backref import pipeline, schema
from backref.ingest import import_inputs
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("BACKREF_TEST_SEED", "20261123"))
KILLS = 10
LIVES = 5
"""Kills of one store before it is left to finish; each kind takes `KILLS` in all."""
TORTURE_KILLS = int(os.environ.get("BACKREF_TORTURE_KILLS", "200"))

TABLES = tuple(schema.TABLES)
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["backref.pipeline", "backref.ingest", "pytest", "pyarrow.dataset", "pandas"]
)


def import_and_build(path: Path, files: Sequence[Path]) -> None:
    """What a person's `backref import FILES` does."""
    with Lake.open(path, threads=1) as lake:
        for _ in import_inputs(lake, [str(file) for file in files], processes=1):
            pass
        pipeline.run(lake)


def digests(path: Path) -> dict[str, str]:
    with Lake.open(path) as lake:
        assert list(lake.verify()) == []
        return {table: lake.content_digest(table) for table in TABLES}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store with its site and, for the log's day and those beside it, the salts: its
    copies hash visitors alike."""
    path = tmp_path_factory.mktemp("template") / "store"
    with Lake.create(path) as lake:
        lake.save_site(SiteRecord("example.com", created=datetime(2026, 1, 1, tzinfo=UTC)))
        for day in range(15, 20):
            lake.salt("example.com", date(2015, 5, day))
    return path


@pytest.fixture(params=KINDS)
def files(request: pytest.FixtureRequest, shared_data: Path, tmp_path: Path) -> list[Path]:
    """A and B of one kind."""
    paths = [tmp_path / name / request.param for name in ("a", "b")]
    for path, content in zip(paths, KINDS[request.param](shared_data), strict=True):
        path.parent.mkdir()
        path.write_bytes(content)
    return paths


def store_of(template: Path, path: Path, *runs: Sequence[Path]) -> dict[str, str]:
    shutil.copytree(template, path)
    for files in runs:
        import_and_build(path, files)
    return digests(path)


def test_order_repetition_and_batches_change_nothing(
    template: Path, files: list[Path], tmp_path: Path
):
    a, b = files
    expected = store_of(template, tmp_path / "ab", [a, b])
    assert any(not digest.startswith("0-") for digest in expected.values())
    assert store_of(template, tmp_path / "ba", [b, a]) == expected
    assert store_of(template, tmp_path / "aab", [a], [a], [b]) == expected
    with Lake.open(tmp_path / "ab") as lake:
        pipeline.rebuild(lake)
    assert digests(tmp_path / "ab") == expected


def test_killed_at_random_instants_ends_as_if_never_killed(
    template: Path, files: list[Path], tmp_path: Path
):
    _survive(template, files, tmp_path, KILLS)


@pytest.mark.torture
def test_killed_very_often_ends_as_if_never_killed(
    template: Path, files: list[Path], tmp_path: Path
):
    _survive(template, files, tmp_path, TORTURE_KILLS)


def _survive(template: Path, files: list[Path], tmp_path: Path, kills: int) -> None:
    expected = store_of(template, tmp_path / "whole", files)
    chance = random.Random(f"{SEED} {files[0].name}")
    span = _seconds(shutil.copytree(template, tmp_path / "timed"), files)
    for life in range(0, kills, LIVES):
        path = shutil.copytree(template, tmp_path / f"killed {life}")
        done = 0
        while done < LIVES:
            done += _killed(path, files, chance.uniform(0, span))
        import_and_build(path, files)
        assert digests(path) == expected, f"seed {SEED}"
        _check_no_rest(path)
        shutil.rmtree(path)


def _seconds(path: Path, files: Sequence[Path]) -> float:
    begun = time.perf_counter()
    process = PROCESSES.Process(target=import_and_build, args=(path, files))
    process.start()
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - begun


def _killed(path: Path, files: Sequence[Path], after: float) -> bool:
    """Import in a process and kill it after so many seconds; whether it was still running."""
    process = PROCESSES.Process(target=import_and_build, args=(path, files))
    process.start()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def _check_no_rest(path: Path) -> None:
    """Nothing of the killed processes is left, and every import has ended."""
    assert list((path / "owners").iterdir()) == []
    assert list((path / "scratch").iterdir()) == []
    with Lake.open(path) as lake:
        states = {record.state for record in lake.imports()}
        sums = [
            (record.read, (record.stored or 0) + (record.duplicate or 0) + (record.rejected or 0))
            for record in lake.imports()
            if record.state == "done"
        ]
    assert states <= {"done", "interrupted"}
    assert all(read == parts for read, parts in sums)


def test_two_importing_processes_and_a_reader(template: Path, files: list[Path], tmp_path: Path):
    """Both import both files, in opposite order; the reader never sees a part of one."""
    a, b = files
    expected = store_of(template, tmp_path / "whole", files)
    path = shutil.copytree(template, tmp_path / "shared")
    importers = [
        PROCESSES.Process(target=import_and_build, args=(path, order)) for order in ([a, b], [b, a])
    ]
    for importer in importers:
        importer.start()
    with Lake.open(path) as lake:
        seen = 0
        while any(importer.is_alive() for importer in importers):
            seen = max(seen, _stored(lake, at_least=seen))
    assert [importer.exitcode for importer in importers] == [0, 0]
    assert digests(path) == expected


def _stored(lake: Lake, at_least: int) -> int:
    """Rows of facts, each once and never fewer than before."""
    facts = [table.name for table in schema.TABLES.values() if table.kind == "fact"]
    total = 0
    with lake.snapshot() as snapshot:
        for name in facts:
            query = f"/* t.t */ SELECT count(*) AS n, count(DISTINCT row_id) AS ids FROM {name}"
            (row,) = snapshot.rows(query)
            assert row["n"] == row["ids"], name
            total += row["n"]
    assert total >= at_least
    return total
