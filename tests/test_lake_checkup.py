"""What is looked at of a store, each fault put there by hand; looking changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from lake_rows import store

from backref.lake import checkup
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with rows and a salt."""
    with Lake.create(tmp_path / "store", clock=lambda: NOW) as lake:
        store(lake, ["a", "b"])
        lake.salt("example.com", NOW.date())
    return tmp_path / "store"


def states(path: Path, now: datetime = NOW, *, deep: bool = False) -> dict[str, str]:
    return {check.name: check.state for check in checkup.checks(path, now, deep=deep)}


def test_a_whole_store_is_well(path: Path) -> None:
    assert set(states(path, deep=True).values()) == {"ok"}


def test_looking_changes_nothing(path: Path) -> None:
    def held() -> dict[str, str]:
        files = (file for file in path.rglob("*") if file.is_file())
        return {str(file): sha256(file.read_bytes()).hexdigest() for file in files}

    before = held()
    list(checkup.checks(path, NOW, deep=True))
    assert held() == before


def a_segment(path: Path) -> Path:
    return next((path / "segments").rglob("*.parquet"))


def _gone(path: Path) -> None:
    a_segment(path).unlink()


def _cut(path: Path) -> None:
    a_segment(path).write_bytes(a_segment(path).read_bytes()[:-1])


def _newer(path: Path) -> None:
    with sqlite3.connect(path / "catalogue.db") as connection:
        connection.execute("INSERT INTO migrations (name, applied) VALUES ('m999_new', '2027')")


def _no_catalogue(path: Path) -> None:
    for file in path.glob("catalogue.db*"):
        file.write_bytes(b"this is no database at all" * 100)


def _read_by_all(path: Path) -> None:
    (path / "key").chmod(0o644)


def _short_key(path: Path) -> None:
    (path / "key").write_bytes(b"short")


def _died(path: Path) -> None:
    (path / "owners" / "0123456789abcdef").touch()


FAULTS: tuple[tuple[Callable[[Path], None], str, str], ...] = (
    (_gone, "segments", "fail"),
    (_cut, "segments", "fail"),
    (_newer, "catalogue", "fail"),
    (_no_catalogue, "catalogue", "fail"),
    (_read_by_all, "key", "warn"),
    (_short_key, "key", "fail"),
    (_died, "leftovers", "warn"),
)


@pytest.mark.parametrize(("fault", "name", "state"), FAULTS, ids=lambda one: str(one)[:16])
def test_a_fault_is_told_with_its_mend(
    path: Path, fault: Callable[[Path], None], name: str, state: str
) -> None:
    fault(path)
    (check,) = (one for one in checkup.checks(path, NOW) if one.name == name)
    assert check.state == state
    assert check.mend or "`" in check.found or "restore" in check.found
    assert "\n" not in check.found


def test_changed_bytes_are_found_by_looking_deep(path: Path) -> None:
    bytes_ = bytearray(a_segment(path).read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    a_segment(path).write_bytes(bytes_)
    assert states(path)["segments"] == "ok"
    assert states(path, deep=True)["bytes"] == "fail"


@pytest.mark.parametrize(
    ("now", "name", "state"),
    [
        (NOW - timedelta(hours=1), "clock", "fail"),
        (datetime(1970, 1, 1, tzinfo=UTC), "clock", "fail"),
        (NOW + timedelta(days=400), "clock", "ok"),
        (NOW + timedelta(days=3), "salts", "ok"),
        (NOW + timedelta(days=5), "salts", "warn"),
    ],
)
def test_time_is_judged_by_what_the_store_knows(
    path: Path, now: datetime, name: str, state: str
) -> None:
    assert states(path, now)[name] == state


@pytest.mark.parametrize(("free", "state"), [(1 << 40, "ok"), (1 << 30, "warn"), (1 << 20, "fail")])
def test_a_disk_that_gets_full(
    path: Path, free: int, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(path)._replace(free=free)
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: usage)
    assert states(path)["disk"] == state


def test_where_nothing_may_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.os, "access", lambda place, mode: place.name != "owners")
    (check,) = (one for one in checkup.checks(path, NOW) if one.name == "writable")
    assert check.state == "fail"
    assert "owners" in check.found


def test_no_store(tmp_path: Path) -> None:
    assert states(tmp_path / "nowhere") == {"store": "fail"}
