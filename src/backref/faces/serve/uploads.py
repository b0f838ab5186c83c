"""Files that were sent for import: kept in the store's scratch folder until they are imported.

A job claims its files: nothing makes room at their cost, and those that it could not import wait
again.

They are written as they come and never held in memory; how large one may be, and how many may
wait, is bounded. Whatever is left goes when the server ends.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from backref.errors import NotHeld, StoreBusy, UsageError
from backref.lake import trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

MOST = 32
"""Files that may wait."""
PATIENCE = 3600.0
"""Seconds after which a file that nobody imports makes room for another."""
LONGEST_NAME = 120
GONE = "That file does not wait here any more: send it again."
_UNWANTED = re.compile(r"[\x00-\x1f\x7f/\\!]+")


class TooLarge(UsageError):
    """A file of more bytes than the server takes."""


@dataclass(frozen=True)
class Upload:
    """A file that waits to be imported; `name` is what its sender calls it."""

    id: str
    name: str
    path: Path
    size: int
    sent: float = field(default_factory=time.monotonic)

    @property
    def within(self) -> str:
        """The beginning of its path that nobody needs to see."""
        return f"{self.path.parent}/"


class Receiving:
    """A file while it is sent. Leaving the `with` block without `done` removes it."""

    def __init__(self, path: Path, largest: int) -> None:
        self.path = path
        self._largest = largest
        self._file: BinaryIO | None = None
        self.size = 0

    def __enter__(self) -> Receiving:
        with trouble.named("receiving a file"):
            self.path.parent.mkdir(parents=True)
            self._file = self.path.open("wb")
        return self

    def write(self, data: bytes) -> None:
        """Take the next bytes. Raises TooLarge and DiskFull."""
        assert self._file is not None
        self.size += len(data)
        if self.size > self._largest:
            raise too_large(self._largest)
        with trouble.named("receiving a file"):
            self._file.write(data)

    def __exit__(self, kind: object, *rest: object) -> None:
        assert self._file is not None
        with trouble.named("receiving a file"):
            self._file.close()
        if kind is not None:
            shutil.rmtree(self.path.parent, ignore_errors=True)


class Uploads:
    """The files that wait, by their identities; `folder` tells where they may be kept."""

    def __init__(self, folder: Callable[[], Path], largest: int) -> None:
        self._folder = folder
        self.largest = largest
        self._lock = Lock()
        self._held: dict[str, Upload] = {}

    def receiving(self, name: str) -> Receiving:
        """Where the bytes of a file called `name` go. Raises StoreBusy when too many wait."""
        with self._lock:
            self._make_room()
        folder = self._folder() / f"upload-{secrets.token_hex(8)}"
        return Receiving(folder / plain_name(name), self.largest)

    def keep(self, received: Receiving) -> Upload:
        """Let a file that was received whole wait for its import. Raises StoreBusy."""
        path = received.path
        upload = Upload(path.parent.name.removeprefix("upload-"), path.name, path, received.size)
        with self._lock:
            try:
                self._make_room()
            except StoreBusy:
                _remove(upload)
                raise
            self._held[upload.id] = upload
        return upload

    def claim(self, uploads: Iterable[Upload]) -> list[Upload]:
        """Take files out of those that wait, each once; all, or none. Raises NotHeld."""
        wanted = {upload.id: upload for upload in uploads}
        with self._lock:
            if not wanted.keys() <= self._held.keys():
                raise NotHeld(GONE)
            return [self._held.pop(upload_id) for upload_id in wanted]

    def give_back(self, uploads: Iterable[Upload]) -> None:
        """Let files that were claimed wait again."""
        with self._lock:
            self._held.update((upload.id, upload) for upload in uploads)

    def discard(self, uploads: Iterable[Upload]) -> None:
        """Remove files that were claimed."""
        for upload in uploads:
            _remove(upload)

    def _make_room(self) -> None:
        """Remove who waits too long when there is no room. Raises StoreBusy when none does."""
        while len(self._held) >= MOST:
            oldest = min(self._held.values(), key=lambda upload: upload.sent)
            if time.monotonic() - oldest.sent < PATIENCE:
                raise StoreBusy(f"{MOST} files wait already: import them, then send this again.")
            _remove(self._held.pop(oldest.id))

    def get(self, upload_id: str) -> Upload:
        """A file that waits. Raises NotHeld."""
        with self._lock:
            upload = self._held.get(upload_id)
        if upload is None:
            raise NotHeld(GONE)
        return upload

    def named(self, sentence: str) -> str:
        """A sentence with files as their senders call them, not where they are kept."""
        return re.sub(rf"{re.escape(str(self._folder()))}/upload-[0-9a-f]+/", "", sentence)

    def drop(self, upload_id: str) -> None:
        """Remove a file that waits."""
        with self._lock:
            upload = self._held.pop(upload_id, None)
        if upload is not None:
            _remove(upload)


def plain_name(name: str) -> str:
    """A file's name without any folder, that any disk takes: its end is kept, for it may tell what
    the file is.

    >>> plain_name("../../logs/access.log.gz")
    'access.log.gz'
    """
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = _UNWANTED.sub("_", last).encode("utf-8", "replace").decode()
    while len(kept.encode()) > LONGEST_NAME:
        kept = kept[1:]
    return kept if kept.strip(". ") else "file"


def too_large(largest: int) -> TooLarge:
    """What to say of a file of more bytes."""
    return TooLarge(
        f"That is more than {largest / 2**20:,.0f} MiB, the most that is taken here: "
        "compress the file, or run `backref import FILE` where the store is."
    )


def _remove(upload: Upload) -> None:
    shutil.rmtree(upload.path.parent, ignore_errors=True)
