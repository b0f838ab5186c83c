from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from backref.check.fetched import Ask, Fetched, Outcome
from backref.errors import DiskFull, StoreBusy
from backref.ingest import ImportReport, import_inputs
from backref.lake.lake import Lake
from backref.watch.journal import SPOOL_BYTES, Journal
from backref.watch.looks import taken_in
from tests.check_facts import LINKING, failed, fetched, hop, micros

AGENT = "Backref/1 (+mailto:me@shop.example)"


class Ticking:
    """A clock that goes on by a microsecond whenever it is looked at."""

    def __init__(self) -> None:
        self.at = micros()

    def __call__(self) -> int:
        self.at += 1
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    Lake.create(path).close()
    return path


def opened(store: Path) -> Journal:
    return Journal(store, AGENT, Ticking())


def write(journal: Journal, looks: list[Fetched], unanswered: tuple[Ask, ...] = ()) -> None:
    async def all_of_them() -> None:
        asks = [*(look.ask for look in looks), *unanswered]
        await asyncio.gather(*(journal.intend(ask) for ask in asks))

    asyncio.run(all_of_them())
    for look in looks:
        journal.keep(look)


def imported(store: Path, paths: list[Path]) -> list[ImportReport]:
    with Lake.open(store) as lake:
        return list(import_inputs(lake, [str(path) for path in paths]))


def checks(store: Path) -> dict[str, str]:
    with Lake.open(store) as lake, lake.snapshot() as snapshot:
        rows = snapshot.rows("/* tests.checks */ select url, told from checks")
    return {row["url"]: row["told"] for row in rows}


def test_what_is_written_is_imported_and_again_changes_nothing(store: Path) -> None:
    looks = [fetched(f"https://blog.example/{n}") for n in range(20)]
    with opened(store) as journal:
        write(journal, [*looks, failed(Outcome.DNS, "https://gone.example/")])
        journal.seal()
        paths = journal.finished()
    [report] = imported(store, paths)
    assert (report.format, report.read, report.stored, report.rejected) == ("own checks", 21, 21, 0)
    assert checks(store)["https://gone.example/"] == "unreachable"
    [again] = imported(store, paths)
    assert (again.stored, again.duplicate) == (0, 21)


def test_a_spool_is_finished_when_its_last_answer_is_there(store: Path) -> None:
    first, second = fetched("https://a.example/"), fetched("https://b.example/")
    with opened(store) as journal:
        write(journal, [], (first.ask,))
        journal.turn()
        write(journal, [second])
        journal.turn()
        [done] = journal.finished()
        journal.keep(first)
        [late] = journal.finished()
        assert journal.left() == sorted([done, late])
    imported(store, [done, late])
    assert checks(store) == {"https://a.example/": "page", "https://b.example/": "page"}


def test_a_large_spool_makes_room_for_the_next(store: Path) -> None:
    with opened(store) as journal:
        body = LINKING + b" " * (SPOOL_BYTES // 2)
        write(journal, [fetched(f"https://blog.example/{n}", body) for n in range(3)])
        assert len(journal.finished()) == 1


def test_what_was_asked_and_not_answered_is_an_interrupted_look(store: Path) -> None:
    with opened(store) as journal:
        write(journal, [fetched()], (Ask("https://slow.example/"),))
        journal.seal()
        paths = journal.finished()
    imported(store, paths)
    assert checks(store)["https://slow.example/"] == "interrupted"


def test_where_a_page_led_was_asked_too(store: Path) -> None:
    moved = fetched(
        "https://other.example/new",
        ask=Ask("https://blog.example/old"),
        hops=(hop("https://blog.example/old", 301, "https://other.example/new"),),
    )
    cut = Ask("https://slow.example/old")

    async def ask(journal: Journal) -> None:
        for one, further in ((moved.ask, moved.url), (cut, "https://late.example/new")):
            await journal.intend(one)
            await journal.intend(one, further)

    with opened(store) as journal:
        asyncio.run(ask(journal))
        journal.keep(moved)
        journal.seal()
        paths = journal.finished()
    imported(store, paths)
    assert checks(store) == {
        "https://blog.example/old": "page",
        "https://slow.example/old": "interrupted",
        "https://late.example/new": "interrupted",
    }


def test_one_process_writes_at_a_time(store: Path) -> None:
    with opened(store), pytest.raises(StoreBusy, match="Another check of this store is running"):
        opened(store)
    opened(store).__exit__()


def test_many_intents_share_a_sync(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (syncs.append(1), real(descriptor))[1])
    with opened(store) as journal:
        write(journal, [fetched(f"https://blog.example/{n}") for n in range(200)])
        assert len(syncs) < 20


def test_an_intent_is_on_disk_before_anybody_goes_on(store: Path) -> None:
    synced: list[bytes] = []

    class Watched(Journal):
        def _to_disk(self, spools: Any) -> None:
            super()._to_disk(spools)
            synced.append(b"".join(spool.path.read_bytes() for spool in spools))

    async def ask() -> None:
        await journal.intend(Ask("https://blog.example/first"))
        assert b"https://blog.example/first" in b"".join(synced)

    with Watched(store, AGENT, Ticking()) as journal:
        asyncio.run(ask())


def test_a_full_disk_ends_the_run_with_a_sentence(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with opened(store) as journal:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(DiskFull):
                write(journal, [fetched()])
        journal.seal()


KILLED = """
import asyncio, os, sys
from pathlib import Path
from backref.watch.looks import taken_in
from backref.watch.journal import Journal
from tests.check_facts import fetched

async def run():
    journal = Journal(Path(sys.argv[1]), "Backref/1 (+x)", iter(range(10**15, 2 * 10**15)).__next__)
    for n in range(10**9):
        look = fetched(f"https://blog.example/{n}", day=n / 1e6)
        await journal.intend(look.ask)
        print(n, flush=True)
        if n % 3:
            journal.keep(look)

asyncio.run(run())
"""


@pytest.mark.parametrize("lines", [1, 7, 50])
def test_a_killed_process_loses_no_look(store: Path, lines: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(store)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        told = [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        told += [int(line) for line in process.stdout.read().split()]
    with opened(store) as journal:
        left = journal.left()
        reports = imported(store, left)
    assert sum(report.rejected for report in reports) <= 1
    known = checks(store)
    assert {f"https://blog.example/{n}" for n in told} <= set(known)
    last = max(told)
    for n in told:
        if n != last:
            assert known[f"https://blog.example/{n}"] == ("page" if n % 3 else "interrupted")


def test_a_spool_that_does_not_begin_as_one_keeps_nobody_from_checking(
    store: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = store / "checks"
    with opened(store) as journal:
        write(journal, [fetched()])
    [good] = folder.glob("*.warc")
    for name, data in (("a", b""), ("b", b"WARC/1.1\r\nWARC-Ty"), ("c", b"\0" * 9000)):
        (folder / f"checks-{name}.warc").write_bytes(data)
    (folder / "checks-d.new").write_bytes(b"WARC/1.1")
    with opened(store) as journal:
        assert journal.left() == [good]
        assert len(caplog.messages) == 2
        assert journal.left() == [good]
        assert len(caplog.messages) == 2, "it is told once"
        with Lake.open(store) as lake:
            assert taken_in(lake, journal.left()) == 1
    kept = {"lock", "robots.jsonl", "checks-b.bad", "checks-c.bad"}
    assert {path.name for path in folder.iterdir()} == kept


@pytest.mark.parametrize("room", [0, 1, 40, 300])
def test_a_spool_has_its_name_only_with_its_first_record_and_is_closed_at_a_failed_write(
    store: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    real = os.write

    def nearly_full(descriptor: int, data: memoryview) -> int:
        nonlocal room
        if not room:
            raise OSError(28, "No space left on device")
        written = real(descriptor, data[:room])
        room -= written
        return written

    first, torn, later = (fetched(f"https://{name}.example/") for name in "abc")
    with opened(store) as journal:
        with monkeypatch.context() as patched:
            patched.setattr(os, "write", nearly_full)
            with pytest.raises(DiskFull):
                write(journal, [first, torn])
        write(journal, [later])
        journal.seal()
        paths = journal.finished()
        assert journal.left() == sorted(paths)
        assert not list((store / "checks").glob("*.new"))
    reports = imported(store, paths)
    assert sum(report.rejected for report in reports) <= 1
    assert checks(store)["https://c.example/"] == "page"
