"""Failures of the machine under the store, each named in one sentence with its mend."""

from __future__ import annotations

import errno
import logging
import sqlite3
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from sqlalchemy.exc import DBAPIError

from backref.errors import DiskFull, StoreBusy, StoreDamaged, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
FULL = "The disk is full: nothing of the unfinished work was published; free some space, repeat."
BUSY = "Another process is writing to this store for too long; wait until it ends, then repeat."
WAITS = "Another process is writing to this store: waiting for it."
SOON = 2.0
"""Seconds after which a wait is told."""

log = logging.getLogger("backref.lake")


@contextmanager
def told_when_long() -> Iterator[None]:
    """Warn, on stderr unless somebody logs, that something waits for other writers."""
    telling = Timer(SOON, log.warning, (WAITS,))
    telling.daemon = True
    telling.start()
    try:
        yield
    finally:
        telling.cancel()


@contextmanager
def named(doing: str) -> Iterator[None]:
    """Turn the failures of disk, catalogue and engine while `doing` something into ours."""
    try:
        yield
    except DBAPIError as error:
        raise of_database(error.orig or error, doing) from error
    except sqlite3.Error as error:
        raise of_database(error, doing) from error
    except duckdb.Error as error:
        raise of_engine(error, doing) from error
    except pa.ArrowInvalid as error:
        raise StoreDamaged(
            f"A segment could not be read while {doing}; run `backref verify` to name it."
        ) from error
    except OSError as error:
        raise of_system(error, doing) from error


def of_system(error: OSError, doing: str) -> StoreError:
    """The failure behind an error of the operating system."""
    if error.errno in NO_SPACE or "No space left" in str(error):
        return DiskFull(FULL)
    if isinstance(error, FileNotFoundError):
        return StoreDamaged(
            f"The store's file {error.filename or ''} is missing; run `backref verify`."
        )
    if isinstance(error, PermissionError):
        return StoreError(
            f"The store may not be written while {doing}: "
            f"give yourself the right to write {error.filename or 'its folder'}."
        )
    return StoreError(f"The disk failed while {doing}: {error}; look after it, then repeat.")


def of_database(error: BaseException, doing: str) -> StoreError:
    """The failure behind an error of the catalogue's database."""
    code = getattr(error, "sqlite_errorname", "") or ""
    text = str(error)
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusy(BUSY)
    if code in {"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"}:
        return DiskFull(FULL)
    if code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return StoreDamaged(
            f"The catalogue is damaged ({text}); restore catalogue.db from a backup."
        )
    if code.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError(
            f"The catalogue cannot be opened for writing while {doing} ({text}); "
            "give yourself the right to write the store's folder."
        )
    return StoreError(f"The catalogue failed while {doing}: {text}.")


def of_engine(error: duckdb.Error, doing: str) -> StoreError:
    """The failure behind an error of DuckDB."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "No space left" in text or "Disk quota" in text:
        return DiskFull(FULL)
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(
            f"There was not enough memory while {doing}; allow more with BACKREF_MEMORY=2GB."
        )
    if isinstance(error, duckdb.IOException):
        return StoreDamaged(
            f"A segment could not be read while {doing}; run `backref verify` to name it. ({text})"
        )
    return StoreError(f"The engine failed while {doing}: {text}")
