"""How far the reading of a file of ranks is, on disk: written now and then, whole or not at all.

Of the file itself nothing is kept but the 32 KiB that its decompressor looks back on, and what the
sieve kept; so its size is bounded by the ledger's and not by the release's.
"""

from __future__ import annotations

import fcntl
import json
import os
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.check.download import Mark
from backref.errors import StoreBusy
from backref.lake import trouble
from backref.lake.segments import flush
from backref.releases.sieve import Sieve
from backref.sources.gunzip import Gunzip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "fetches"
_FORMAT = 1
_DOING = "writing how far the fetch is"
_DAMAGES = (ValueError, KeyError, EOFError, TypeError, IndexError, zipfile.BadZipFile)


@dataclass
class Reading:
    """A file of ranks half read: how far its download, its decompression and its sieving are."""

    mark: Mark
    gunzip: Gunzip
    sieve: Sieve


class Resume:
    """The place on disk of one reading."""

    def __init__(self, store: Path, name: str) -> None:
        self._path = store / FOLDER / f"{name}.npz"

    def keep(self, reading: Reading) -> None:
        """Write a reading down."""
        mark = json.dumps({"format": _FORMAT, "mark": reading.mark.as_json()}).encode()
        arrays = {f"gunzip_{name}": value for name, value in reading.gunzip.state().items()}
        arrays |= {f"sieve_{name}": value for name, value in reading.sieve.state().items()}
        new = self._path.with_suffix(".new")
        with trouble.named(_DOING):
            with new.open("wb") as file:
                np.savez(file, allow_pickle=False, mark=np.frombuffer(mark, np.uint8), **arrays)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
            flush(self._path.parent)

    def found(self) -> Reading | None:
        """The reading that was written down last; None where there is none that can be gone on
        with."""
        try:
            with trouble.named("reading how far the fetch is"), self._path.open("rb") as file:
                return _read(dict(np.load(file, allow_pickle=False)))
        except _DAMAGES:
            return None

    def there(self) -> bool:
        """Whether something is written down."""
        return self._path.exists()

    def drop(self) -> None:
        """Forget it."""
        with trouble.named(_DOING):
            self._path.unlink(missing_ok=True)
            self._path.with_suffix(".new").unlink(missing_ok=True)


def _read(arrays: dict[str, np.ndarray]) -> Reading | None:
    head = json.loads(arrays["mark"].tobytes())
    if head["format"] != _FORMAT:
        return None

    def of(part: str) -> dict[str, np.ndarray]:
        return {
            name.removeprefix(part): value
            for name, value in arrays.items()
            if name.startswith(part)
        }

    mark = Mark(**head["mark"])
    gunzip, sieve = Gunzip.going_on(of("gunzip_")), Sieve.going_on(of("sieve_"))
    return Reading(mark, gunzip, sieve) if gunzip.read == mark.offset else None


@contextmanager
def alone(store: Path) -> Iterator[None]:
    """Be the only process that fetches into a store. Raises StoreBusy."""
    folder = store / FOLDER
    with trouble.named("making room for what is fetched"):
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreBusy(
                "Another fetch into this store is running; wait until it ends, or stop it."
            ) from error
        yield
    finally:
        os.close(descriptor)
