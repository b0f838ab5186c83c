from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from backref.errors import StoreBusy
from backref.lake.salts import Salts

DAY = date(2026, 11, 1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def salts(tmp_path: Path) -> Salts:
    return Salts(tmp_path / "salts.db", busy=0.1)


def test_a_salt_is_made_once_and_then_used_again(salts: Salts):
    salt, made = salts.use("example.com", DAY, NOW)
    assert made
    assert len(salt) >= 16
    assert salts.use("example.com", DAY, NOW) == (salt, False)


def test_only_its_owner_may_read_the_salts(salts: Salts, tmp_path: Path):
    salts.use("example.com", DAY, NOW)
    assert stat.S_IMODE((tmp_path / "salts.db").stat().st_mode) == 0o600


@pytest.mark.parametrize(("hours", "dropped"), [(47, 0), (48, 0), (48.01, 1), (200, 1)])
def test_a_salt_goes_48_hours_after_its_last_use(salts: Salts, hours: float, dropped: int):
    first, _ = salts.use("example.com", DAY, NOW - timedelta(hours=100))
    salts.use("example.com", DAY, NOW)
    assert salts.drop_old(NOW + timedelta(hours=hours)) == dropped
    again, made = salts.use("example.com", DAY, NOW)
    assert made == bool(dropped)
    assert (again == first) == (not dropped)


def test_a_dropped_salt_is_nowhere_in_the_store(salts: Salts, tmp_path: Path):
    salt, _ = salts.use("example.com", DAY, NOW)
    assert any(salt in path.read_bytes() for path in tmp_path.iterdir())
    salts.drop_old(NOW + timedelta(days=3))
    assert not any(salt in path.read_bytes() for path in tmp_path.iterdir())


def test_nothing_to_drop_makes_no_database(salts: Salts, tmp_path: Path):
    assert salts.drop_old(NOW) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_busy_database_is_told(salts: Salts, tmp_path: Path):
    salts.use("example.com", DAY, NOW)
    with closing(sqlite3.connect(tmp_path / "salts.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            salts.use("example.com", DAY, NOW)
