"""Import A,B = B,A = A,A,B = killed at random instants and started again, for each kind of
source, on the digest of every table; a large log with all that only large ones bring into play;
and two importing processes beside a reader."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import psutil
import pytest
from durability_files import KINDS, LARGE_LINES, large_list, large_log

from backref import pipeline, schema
from backref.ingest import import_inputs, novelty, parsing, staging
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("BACKREF_TEST_SEED", "20261123"))
KILLS = 10
LIVES = 5
"""Kills of one store before it is left to finish; each kind takes `KILLS` in all."""
KILLS_OF_LARGE = 6
TORTURE_KILLS = int(os.environ.get("BACKREF_TORTURE_KILLS", "200"))

TABLES = tuple(schema.TABLES)
OF_A_SALT = ("visitor", "visitor_before", "session_id")
OF_A_RUN = ("import_id", "position", "partition")
Work = Callable[[Path, Sequence[Path]], None]
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


def import_large(path: Path, files: Sequence[Path]) -> None:
    """The same with a pool, and with bounds so low that identities spill and a partition's rows
    come in several segments."""
    novelty.HELD_BYTES = 16 << 10
    staging.SEGMENT_BYTES = 128 << 10
    with Lake.open(path, threads=2) as lake:
        for _ in import_inputs(lake, [str(file) for file in files], processes=2):
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
    chance = random.Random(f"{SEED} {files[0].name}")
    span = _seconds(shutil.copytree(template, tmp_path / "whole"), files)
    expected = digests(tmp_path / "whole")
    for life in range(0, kills, LIVES):
        path = shutil.copytree(template, tmp_path / f"killed {life}")
        done = 0
        while done < LIVES:
            done += _killed(path, files, chance.uniform(0, span))
        import_and_build(path, files)
        assert digests(path) == expected, f"seed {SEED}"
        _check_no_rest(path)
        shutil.rmtree(path)


def _seconds(path: Path, files: Sequence[Path], work: Work = import_and_build) -> float:
    begun = time.perf_counter()
    process = PROCESSES.Process(target=work, args=(path, files))
    process.start()
    process.join()
    assert process.exitcode == 0
    return time.perf_counter() - begun


def _killed(path: Path, files: Sequence[Path], after: float, work: Work = import_and_build) -> bool:
    """Import in a process and kill it after so many seconds; whether it was still running."""
    process = PROCESSES.Process(target=work, args=(path, files))
    process.start()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def test_a_large_log_killed_with_no_salt_of_its_days(template: Path, tmp_path: Path):
    files = [tmp_path / name for name in ("a.log", "b.log")]
    for file, content in zip(files, large_log(), strict=True):
        file.write_bytes(content)
        assert len(content) > parsing.SMALL_BYTES
    whole = shutil.copytree(template, tmp_path / "whole")
    _forget_salts(whole)
    path = shutil.copytree(whole, tmp_path / "killed")
    span = _seconds(whole, files, import_large)
    chance = random.Random(f"{SEED} large")
    done = 0
    while done < KILLS_OF_LARGE:
        done += _killed(path, files, chance.uniform(0, span), import_large)
    _seconds(path, files, import_large)
    assert rows_but_for_salts(path) == rows_but_for_salts(whole), f"seed {SEED}"
    _check_no_rest(path)


def _forget_salts(path: Path) -> None:
    for file in path.glob("salts.db*"):
        file.unlink()


def rows_but_for_salts(path: Path) -> dict[str, tuple[int, str]]:
    """Of each table how many rows there are, and a digest of all but what salts decide."""
    found = {}
    with Lake.open(path) as lake, lake.snapshot() as snapshot:
        for name in TABLES:
            rows = snapshot.table(f"/* t.t */ SELECT * FROM {name}")
            kept = [column for column in rows.column_names if column not in OF_A_SALT + OF_A_RUN]
            lines = sorted(map(repr, rows.select(kept).to_pylist()))
            found[name] = len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert found["hits"][0] == LARGE_LINES + 1
    return found


def test_a_killed_import_leaves_no_process(template: Path, tmp_path: Path):
    file = tmp_path / "urls.txt"
    file.write_bytes(large_list())
    path = shutil.copytree(template, tmp_path / "store")
    process = PROCESSES.Process(target=import_large, args=(path, [file]))
    process.start()
    children: list[psutil.Process] = []
    while not children and process.is_alive():
        time.sleep(0.02)
        children = _children(process.pid)
    process.join(1)  # the pool is at work when its importer dies
    assert children, "no pool was started"
    process.kill()
    process.join()
    _, left = psutil.wait_procs(children, timeout=10)
    for each in left:
        each.kill()
    assert left == []


def _children(pid: int | None) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


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
