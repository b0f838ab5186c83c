"""Who is at work: a file per process that stays locked exactly while the process lives.

The lock of a dead process is free whatever killed it, also after a reboot and when its number
was given to another process. Whoever takes such a lock may clear what the dead one left.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Owner:
    """A claim held by this process under a random `token`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self.token = path.name

    @classmethod
    def claim(cls, folder: Path) -> Owner:
        """Make and lock a new claim in `folder`."""
        while True:
            owner = cls._lock(folder / secrets.token_hex(8), os.O_CREAT | os.O_EXCL)
            if owner:
                return owner

    @classmethod
    def dead(cls, folder: Path) -> Iterator[Owner]:
        """Claims of processes that are gone, each locked until released here."""
        for path in sorted(folder.iterdir()):
            owner = cls._lock(path, 0)
            if owner:
                yield owner

    @classmethod
    def living(cls, folder: Path) -> frozenset[str]:
        """Tokens of the processes at work."""
        tokens = {path.name for path in folder.iterdir()}
        for owner in cls.dead(folder):
            tokens.discard(owner.token)
            owner.leave()
        return frozenset(tokens)

    @classmethod
    def _lock(cls, path: Path, flags: int) -> Owner | None:
        """Lock `path`, or None when a living process holds it or it has just gone."""
        try:
            descriptor = os.open(path, os.O_RDWR | flags, 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                return cls(path, descriptor)
        except (BlockingIOError, FileNotFoundError):
            pass
        os.close(descriptor)
        return None

    def release(self) -> None:
        """End the claim: the file goes first, then the lock."""
        self._path.unlink(missing_ok=True)
        os.close(self._descriptor)

    def leave(self) -> None:
        """Give the lock back but keep the file, so that the next one may clear up."""
        os.close(self._descriptor)
