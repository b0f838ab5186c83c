"""What a store stands on: its folders, the installation's key and an empty catalogue."""

from __future__ import annotations

import errno
import glob
import os
import secrets
import shutil
import time
from typing import TYPE_CHECKING

from backref import schema
from backref.errors import StoreDamaged, UsageError
from backref.lake import migrations, relation, trouble
from backref.lake.catalogue import Catalogue, create_database
from backref.lake.segments import flush

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
ABANDONED = 3600.0
"""Seconds after which an unfinished store is nobody's."""
TAKEN = frozenset({errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR})


def lay(path: Path) -> None:
    """Make an empty store, whole or not at all. Raises UsageError where something stands."""
    if is_store(path):
        raise UsageError(f"There is a store at {path} already; use it or name another folder.")
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}.unfinished")
    with trouble.named("making the store"):
        _clear_abandoned(path)
        try:
            _fill(unfinished)
            _move(unfinished, path)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def is_store(path: Path) -> bool:
    """Whether there is a store at `path`."""
    return (path / "catalogue.db").exists()


def read_key(path: Path) -> bytes:
    """The installation's key."""
    with trouble.named("reading the installation's key"):
        key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StoreDamaged(f"The installation's key {path} is damaged; restore it from a backup.")
    return key


def _clear_abandoned(path: Path) -> None:
    """Remove what died while making a store here, once nobody can be at it any more."""
    for rest in path.parent.glob(f"{glob.escape(path.name)}.*.unfinished"):
        if time.time() - rest.stat().st_mtime > ABANDONED:
            shutil.rmtree(rest, ignore_errors=True)


def _fill(path: Path) -> None:
    for folder in (path, path / "segments", path / "owners", path / "scratch"):
        folder.mkdir(parents=True)
    _write_key(path / "key")
    create_database(path / "catalogue.db")
    catalogue = Catalogue(path / "catalogue.db")
    catalogue.migrate(migrations.apply)
    with catalogue.write() as connection:
        relation.remember(connection, schema.TABLES)
    catalogue.close()
    flush(path)


def _move(unfinished: Path, path: Path) -> None:
    try:
        unfinished.rename(path)
    except OSError as error:
        if error.errno in TAKEN:
            raise UsageError(
                f"{path} is not an empty folder; name another for the store."
            ) from None
        raise
    flush(path.parent)


def _write_key(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
