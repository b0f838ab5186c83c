"""Death at every point where a process can die between two steps, and what is left of it."""

from __future__ import annotations

import errno
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import counts, store, swap_in, texts

from backref.errors import DiskFull
from backref.lake import compaction
from backref.lake.lake import Lake

LIMIT = 4
OLD = [f"old {number}" for number in range(LIMIT)]
NEW = ["new", "newer", "old 1"]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["backref.lake.lake", "pytest", "pyarrow.dataset", "pandas"])


class At:
    """A fault hook that lets `left` points pass and then strikes; it lists what it met."""

    def __init__(self, left: int, strike: Callable[[], None]) -> None:
        self.left = left
        self.strike = strike
        self.met: list[str] = []

    def __call__(self, point: str) -> None:
        self.met.append(point)
        if len(self.met) > self.left:
            self.strike()


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def days(people: int) -> pa.Table:
    return pa.table(
        {
            "site": ["example.com"],
            "day": [date(2026, 1, 1)],
            "host": pa.array([None], pa.string()),
            "page": ["/"],
            "status": pa.array([200], pa.int32()),
            "referrer_host": pa.array([None], pa.string()),
            "people": [people],
            "bots": [0],
            "without_referrers": [False],
        }
    )


def work(path: Path, fault: Callable[[str], None]) -> None:
    """Everything that writes: an import that makes its partition crowded, a derived partition
    put twice, one dropped, and the deletion of what these replaced."""
    compaction.LIMIT = LIMIT
    with Lake.open(path, fault=fault, grace=timedelta(0)) as lake:
        store(lake, NEW, rejects=[(1, "bad", "sample")])
        swap_in(lake, {"page_days": days(1)}, "p", "v1")
        swap_in(lake, {"page_days": days(2)}, "p", "v2")
        swap_in(lake, {"page_days": days(3)}, "q", "v1")
        lake.drop_partition(["page_days"], "q")
        lake.compact()
        lake.sweep()


def work_and_die(path: Path, after: int) -> None:
    work(path, At(after, die))


def recover_and_die(path: Path, after: int) -> None:
    compaction.LIMIT = LIMIT
    Lake.open(path, fault=At(after, die), grace=timedelta(0)).close()


def killed(function: Callable[[Path, int], None], path: Path, after: int) -> bool:
    """Run in a process of its own; whether it was killed rather than done."""
    process = PROCESSES.Process(target=function, args=(path, after))
    process.start()
    process.join()
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


@pytest.fixture(scope="module", autouse=True)
def small_limit():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compaction, "LIMIT", LIMIT)
        yield


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with as many segments as a partition may have."""
    path = tmp_path_factory.mktemp("crowd") / "store"
    with Lake.create(path) as lake:
        for text in OLD:
            store(lake, [text])
    return path


@pytest.fixture(scope="module")
def points(crowd: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every fault point that the work meets, in order."""
    path = shutil.copytree(crowd, tmp_path_factory.mktemp("dry") / "store")
    hook = At(10**9, die)
    work(path, hook)
    check_done(path)
    return hook.met


def check_whole(path: Path, runs: int = 1) -> tuple[object, ...]:
    """All or nothing of each step, no rest of any, and the store is sound. Returns what there is:
    rows, what the catalogue says of imports and partitions, how many files of each kind."""
    with Lake.open(path, grace=timedelta(0)) as lake:
        assert texts(lake) in (sorted(OLD), sorted({*OLD, *NEW}))
        imported = len(texts(lake)) > len(OLD)
        states = counts(lake)
        assert states["running"] == 0
        assert states["done"] - len(OLD) in range(imported, runs * imported + 1)
        assert len(list(lake.rejects())) == states["done"] - len(OLD)
        with lake.snapshot() as snapshot:
            rows = snapshot.rows("/* t.t */ SELECT people FROM page_days ORDER BY 1")
            built = snapshot.built("page_days")
        assert [row["people"] for row in rows] in ([], [1], [2], [2, 3])
        assert set(built.values()) <= {"v1", "v2", None}
        assert list(lake.verify()) == []
        people = [row["people"] for row in rows]
        found = texts(lake), people, sorted(built.items()), sorted(states.items())
    files = Counter(
        (file.parent.relative_to(path).as_posix(), file.suffix)
        for file in path.rglob("*")
        if file.is_file()
    )
    return *map(repr, found), repr(sorted(files.items()))


def check_done(path: Path) -> None:
    check_whole(path, runs=2)
    with Lake.open(path) as lake:
        assert texts(lake) == sorted({*OLD, *NEW})
        with lake.snapshot() as snapshot:
            assert snapshot.rows("/* t.t */ SELECT people FROM page_days") == [{"people": 2}]
            assert len(snapshot._contents.segments["agents"]["all"]) < LIMIT
        names = {path.name for path in (path / "segments").rglob("*.*")}
    assert not [name for name in names if name.endswith(".unfinished")]
    assert list((path / "owners").iterdir()) == []
    assert list((path / "scratch").iterdir()) == []


def test_the_work_meets_every_kind_of_point(points: list[str]):
    assert set(points) >= {
        "segment.written",
        "segment.flushed",
        "segment.renamed",
        "segment.settled",
        "segment.deleted",
        "catalogue.before_commit",
        "catalogue.after_commit",
    }


@pytest.mark.slow
def test_death_at_any_point_leaves_all_or_nothing(crowd: Path, points: list[str], tmp_path: Path):
    """Many points leave the same behind; from each that is left the work is done once."""
    left = set()
    for after, point in enumerate(points):
        path = shutil.copytree(crowd, tmp_path / "store")
        assert killed(work_and_die, path, after), point
        found = check_whole(path)
        if found not in left:
            left.add(found)
            work(path, At(10**9, die))
            check_done(path)
        shutil.rmtree(path)
    assert len(left) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("point", ["segment.written", "segment.settled"])
def test_death_while_recovering_is_recovered_from(
    crowd: Path, points: list[str], tmp_path: Path, point: str
):
    """From what is hardest to clear up: staged segments, a running import, rejects."""
    dead = shutil.copytree(crowd, tmp_path / "dead")
    assert killed(work_and_die, dead, points.index(point))
    after = 0
    while True:
        path = shutil.copytree(dead, tmp_path / str(after))
        if not killed(recover_and_die, path, after):
            break
        check_whole(path)
        after += 1
    assert after >= 4


def test_a_full_disk_at_any_point_is_refused_whole(crowd: Path, points: list[str], tmp_path: Path):
    for after in range(len(points)):
        path = shutil.copytree(crowd, tmp_path / "store")
        # Merging and deleting are care, not the work: failing there fails nothing.
        with suppress(DiskFull):
            work(path, At(after, disk_full))
        check_whole(path)
        shutil.rmtree(path)


@pytest.mark.slow
def test_two_writers_and_a_reader_neither_lose_nor_tear_nor_double(tmp_path: Path):
    path = tmp_path / "store"
    Lake.create(path).close()
    writers = [PROCESSES.Process(target=write_all, args=(path, half)) for half in (0, 1)]
    for writer in writers:
        writer.start()
    seen = 0
    with Lake.open(path) as lake:
        while any(writer.is_alive() for writer in writers):
            found = texts(lake)
            assert len(found) == len(set(found))
            assert len(found) >= seen
            batches = {text.split()[0] for text in found}
            assert found == sorted(text for batch in batches for text in batch_of(int(batch)))
            seen = len(found)
    assert [writer.exitcode for writer in writers] == [0, 0]
    with Lake.open(path) as lake:
        assert texts(lake) == sorted(text for batch in range(20) for text in batch_of(batch))
        done = [record for record in lake.imports() if record.state == "done"]
        assert len(done) == 30
        assert sum(record.stored for record in done) == 200
        assert list(lake.verify()) == []


def batch_of(number: int) -> list[str]:
    return [f"{number:02} {row}" for row in range(10)]


def write_all(path: Path, half: int) -> None:
    """Batches 0 to 14 or 5 to 19, so that the two writers meet in the middle."""
    with Lake.open(path) as lake:
        for number in range(15):
            store(lake, batch_of(number + 5 * half))
