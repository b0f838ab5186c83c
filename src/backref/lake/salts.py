"""The salts of visitor hashes: random per site and UTC day, gone 48 hours after their last use.

They live in a database of their own so that backups do not hold them. A visitor hash tells whoever
has the store and not the salts nothing of the address. All else that a hit keeps of its address is
in its row's identity: 16 bits, which whoever also has the installation's key can compare with those
of a guessed address. Every 65,536th address fits, so a fit proves nothing and a misfit clears.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from backref.lake import trouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SALT_BYTES = 32
KEPT = timedelta(hours=48)


class Salts:
    """The database of salts at `path`, made when first needed."""

    def __init__(self, path: Path, busy: float = 30.0) -> None:
        self._path = path
        self._busy = busy

    def use(self, site: str, day: date, now: datetime) -> tuple[bytes, bool]:
        """The salt of a site's day, and whether it had to be made."""
        fresh = secrets.token_bytes(SALT_BYTES)
        with self._transaction() as connection:
            inserted = connection.execute(
                "INSERT INTO salts (site, day, salt, last_used) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (site, day) DO NOTHING",
                (site, day.isoformat(), fresh, _stamp(now)),
            ).rowcount
            connection.execute(
                "UPDATE salts SET last_used = ? WHERE site = ? AND day = ?",
                (_stamp(now), site, day.isoformat()),
            )
            (salt,) = connection.execute(
                "SELECT salt FROM salts WHERE site = ? AND day = ?", (site, day.isoformat())
            ).fetchone()
        return bytes(salt), bool(inserted)

    def drop_old(self, now: datetime) -> int:
        """Delete for good what was not used for 48 hours; returns how many."""
        if not self._path.exists():
            return 0
        with self._transaction() as connection:
            return connection.execute(
                "DELETE FROM salts WHERE last_used < ?", (_stamp(now - KEPT),)
            ).rowcount

    def _connect(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        return sqlite3.connect(self._path, timeout=self._busy, isolation_level=None)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with trouble.named("using the salts"), closing(self._connect()) as connection:
            # Deleted salts are overwritten, in the file and in what rolls it back.
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS salts (site TEXT, day TEXT, salt BLOB NOT NULL, "
                "last_used TEXT NOT NULL, PRIMARY KEY (site, day))"
            )
            yield connection
            connection.execute("COMMIT")


def _stamp(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
