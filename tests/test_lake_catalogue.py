from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from lake_rows import agents, store, texts

from backref.errors import DiskFull, StoreBusy, StoreDamaged, StoreTooNew
from backref.lake import trouble
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord


def sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Lake.create(tmp_path / "store") as lake:
        store(lake, ["a", "b"])
    return tmp_path / "store"


def test_a_commit_is_on_the_disk_before_it_is_told(path: Path):
    with Lake.open(path) as lake, lake._catalogue.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_catalogue_from_the_future_is_refused_untouched(path: Path):
    sqlite(path / "catalogue.db", "INSERT INTO migrations VALUES ('m999_next', '2030-01-01')")
    before = (path / "catalogue.db").read_bytes()
    with pytest.raises(StoreTooNew, match="update with `pip install --upgrade backref`"):
        Lake.open(path)
    assert (path / "catalogue.db").read_bytes() == before


def test_a_busy_catalogue_says_so_and_lets_others_read(path: Path):
    with closing(sqlite3.connect(path / "catalogue.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Lake.open(path, busy=0.1) as lake:
            assert texts(lake) == ["a", "b"]
            with pytest.raises(StoreBusy, match="wait until it ends"):
                lake.save_site(SiteRecord("example.com"))
        other.execute("ROLLBACK")
    with Lake.open(path, busy=0.1) as lake:
        lake.save_site(SiteRecord("example.com"))


def test_a_long_wait_for_other_writers_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(trouble, "SOON", 0.02)
    with closing(sqlite3.connect(path / "catalogue.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Lake.open(path, busy=0.5) as lake, pytest.raises(StoreBusy):
            lake.save_site(SiteRecord("example.com"))
    assert trouble.WAITS in caplog.messages
    caplog.clear()
    monkeypatch.setattr(trouble, "SOON", 10.0)
    with Lake.open(path) as lake:
        lake.save_site(SiteRecord("example.com"))
    assert caplog.messages == []


def open_and_store(path: Path) -> None:
    with Lake.open(path) as lake:
        store(lake, ["c"])


@pytest.mark.parametrize("bytes_kept", [0, 10, 5000])
def test_a_damaged_catalogue_is_told_in_a_sentence(path: Path, bytes_kept: int):
    catalogue = path / "catalogue.db"
    whole = catalogue.read_bytes()
    catalogue.write_bytes(whole[:bytes_kept] + b"\xff" * (len(whole) - bytes_kept))
    with pytest.raises(StoreDamaged, match="restore"):
        open_and_store(path)


def test_an_emptied_catalogue_is_damage_not_a_new_store(path: Path):
    (path / "catalogue.db").write_bytes(b"")
    with pytest.raises(StoreDamaged, match="restore"):
        Lake.open(path)


def test_a_missing_or_short_key_is_told(path: Path):
    (path / "key").write_bytes(b"short")
    with pytest.raises(StoreDamaged, match="backup"):
        Lake.open(path)
    (path / "key").unlink()
    with pytest.raises(StoreDamaged, match="missing"):
        Lake.open(path)


@pytest.fixture
def small_disk(tmp_path: Path):
    """A disk of 2 MiB of its own, filled by `fill`; only root can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    )
    if made.returncode:
        pytest.skip("a disk of its own needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> None:
    with open(folder / "filler", "ab", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def test_a_full_disk_refuses_writing_and_reads_go_on(small_disk: Path):
    path = small_disk / "store"
    with Lake.create(path) as lake:
        store(lake, ["a", "b"])
        fill(small_disk)
        with pytest.raises(DiskFull, match="free some space"):
            store(lake, ["c"])
        assert texts(lake) == ["a", "b"]
    fill(small_disk)
    with Lake.open(path) as lake:
        assert texts(lake) == ["a", "b"]
        assert [record.stored for record in lake.imports() if record.state == "done"] == [2]
        with pytest.raises(DiskFull, match="free some space"):
            store(lake, ["c"])
        with pytest.raises(DiskFull), lake.writer(9) as writer:
            writer.write("agents", "all", agents([os.urandom(99).hex() for _ in range(9999)]))
    (small_disk / "filler").unlink()
    with Lake.open(path) as lake:
        store(lake, ["c"])
        assert texts(lake) == ["a", "b", "c"]
        assert list(lake.verify()) == []
