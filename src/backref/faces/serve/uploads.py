"""Files that were sent for import: kept in the store's scratch folder until they are imported.

They are written as they come and never held in memory; how large one may be, and how many may
wait, is bounded. Whatever is left goes when the server ends.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO

from backref.errors import NotHeld, UsageError
from backref.lake import trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST = 32
"""Files that may wait; the oldest makes room."""
LONGEST_NAME = 120
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
        self._held: OrderedDict[str, Upload] = OrderedDict()

    def receiving(self, name: str) -> Receiving:
        """Where the bytes of a file called `name` go."""
        folder = self._folder() / f"upload-{secrets.token_hex(8)}"
        return Receiving(folder / plain_name(name), self.largest)

    def keep(self, received: Receiving) -> Upload:
        """Let a file that was received whole wait for its import."""
        path = received.path
        upload = Upload(path.parent.name.removeprefix("upload-"), path.name, path, received.size)
        with self._lock:
            self._held[upload.id] = upload
            crowd = [self._held.popitem(last=False)[1] for _ in range(len(self._held) - MOST)]
        for oldest in crowd:
            _remove(oldest)
        return upload

    def get(self, upload_id: str) -> Upload:
        """A file that waits. Raises NotHeld."""
        with self._lock:
            upload = self._held.get(upload_id)
        if upload is None:
            raise NotHeld("That file does not wait here any more: send it again.")
        return upload

    def named(self, sentence: str) -> str:
        """A sentence with files as their senders call them, not where they are kept."""
        return re.sub(rf"{re.escape(str(self._folder()))}/upload-[0-9a-f]+/", "", sentence)

    def drop(self, upload_id: str) -> None:
        """Remove a file, imported or not."""
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
