"""The journal: whatever our own eyes do is on disk before anybody builds on it.

An intent is written and synced before the first request leaves for a page, and for each that it
redirects to (robots.txt has none), and the answer as soon as it is there, so a process that is
killed at any instant loses no look: what was asked and not answered is known to have been asked. A
journal is a row of spools, files in the store's folder `checks`, each imported like any other file
and then deleted. One process writes at a time.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from backref.errors import StoreBusy, StoreError
from backref.lake import trouble
from backref.lake.segments import flush
from backref.sources.ownchecks import OWN_CHECKS
from backref.watch import record
from backref.watch.evidence import MARK
from backref.watch.rulebook import Rulebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backref.check.fetched import Ask, Fetched

FOLDER = "checks"
SPOOL_BYTES = 64 << 20
"""A spool as large as this is closed, so that it can be imported while others are written."""
_SUFFIX = ".warc"
_NEW, _BAD = ".new", ".bad"
"""What a spool is named before its first record is on disk, and when that record is damaged."""
_HEAD_BYTES = 4096

log = logging.getLogger("backref.watch")


@dataclass(eq=False)
class Spool:
    """One file of the journal. `identity` is what its records name it by, `open` are the intents
    in it that wait for their answer."""

    path: Path
    identity: str
    descriptor: int
    size: int = 0
    open: int = 0
    closing: bool = False


class Journal:
    """The journal of one run. Use as a context manager; it is one process's alone.

    `agent` is how we name ourselves, `now` tells UTC in microseconds. Raises StoreBusy when
    another process checks for this store.
    """

    def __init__(self, store: Path, agent: str, now: Callable[[], int]) -> None:
        self._folder = store / FOLDER
        self._agent = agent
        self._now = now
        self._intents: dict[Ask, tuple[list[str], Spool]] = {}
        self._spool: Spool | None = None
        self._done: list[Path] = []
        self._unsynced: set[Spool] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._syncing: asyncio.Task[None] | None = None
        self._disk = threading.Lock()
        self._lock = self._claimed()
        try:
            self._rulebook = Rulebook(self._folder, now)
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.seal()
        self._rulebook.close()
        os.close(self._lock)

    @property
    def rulebook(self) -> Rulebook:
        """What robots.txt files said, as long as it holds."""
        return self._rulebook

    def left(self) -> list[Path]:
        """The spools that an earlier process left behind, oldest first. One that does not begin
        as a spool, as a power cut may leave it, is set aside, which is told once."""
        own = {self._spool.path} if self._spool else set()
        with trouble.named("reading the journal of checks"):
            left = sorted(set(self._folder.glob(f"*{_SUFFIX}")) - own)
            return [path for path in left if _usable(path)]

    async def intend(self, ask: Ask, url: str = "") -> None:
        """Write down what is about to be asked, the page or a `url` that it redirects to; returns
        when it is on disk. Many that are asked at once share one sync."""
        identities, spool = self._intents.get(ask) or ([], self._current())
        identity = record.new_id()
        intended = record.intent(ask, url or ask.url, self._now(), identity, spool.identity)
        self._write(spool, intended)
        if not identities:
            spool.open += 1
            self._intents[ask] = identities, spool
        identities.append(identity)
        await self._synced(spool)

    def keep(self, fetched: Fetched) -> None:
        """Write down what came of a look."""
        identities, spool = self._intents.pop(fetched.ask, ([], None))
        if spool is None:
            spool = self._current()
        else:
            spool.open -= 1
        self._write(spool, record.look(fetched, identities, spool.identity))
        if spool.size >= SPOOL_BYTES:
            self._turn(spool)
        elif spool.closing and not spool.open:
            self._close(spool)

    def turn(self) -> None:
        """Let what is written become a finished spool as soon as its last answer is there."""
        if self._spool is not None:
            self._turn(self._spool)

    def finished(self) -> list[Path]:
        """The spools that can be imported now, each told once."""
        done, self._done = self._done, []
        return done

    def seal(self) -> None:
        """Close every spool: what waits for an answer now gets none."""
        spools = {spool for _, spool in self._intents.values()}
        if self._spool is not None:
            spools.add(self._spool)
        self._intents.clear()
        for spool in sorted(spools, key=lambda each: each.path):
            self._close(spool)
        self._spool = None

    def _claimed(self) -> int:
        with trouble.named("opening the journal of checks"):
            self._folder.mkdir(exist_ok=True)
            descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise StoreBusy(
                    "Another check of this store is running; wait until it ends, or stop it."
                ) from error
            for unborn in self._folder.glob(f"*{_NEW}"):
                unborn.unlink()
            for mark in self._folder.glob(f"*{MARK}"):
                if not mark.with_suffix(_SUFFIX).exists():
                    mark.unlink()
        return descriptor

    def _current(self) -> Spool:
        if self._spool is None:
            at = self._now()
            stamp = datetime.fromtimestamp(at / 1e6, UTC).strftime("%Y-%m-%dT%H%M%S.%f")
            identity = record.new_id()
            first = record.beginning(self._agent, at, identity)
            path = self._folder / f"checks-{stamp}{_SUFFIX}"
            with trouble.named("writing the journal of checks"):
                self._spool = Spool(path, identity, _begun(path, first), len(first))
        return self._spool

    def _write(self, spool: Spool, data: bytes) -> None:
        try:
            with trouble.named("writing the journal of checks"):
                _append(spool.descriptor, data)
        except StoreError:
            self._abandon(spool)
            raise
        spool.size += len(data)
        self._unsynced.add(spool)

    def _abandon(self, spool: Spool) -> None:
        """Add nothing more to a spool whose last record is torn: what is whole can be imported."""
        self._intents = {ask: of for ask, of in self._intents.items() if of[1] is not spool}
        if spool is self._spool:
            self._spool = None
        with self._disk, suppress(OSError):
            os.fsync(spool.descriptor)
        with self._disk, suppress(OSError):
            os.close(spool.descriptor)
            spool.descriptor = -1
        self._unsynced.discard(spool)
        self._done.append(spool.path)

    def _turn(self, spool: Spool) -> None:
        spool.closing = True
        if spool is self._spool:
            self._spool = None
        if not spool.open:
            self._close(spool)

    def _close(self, spool: Spool) -> None:
        with self._disk, trouble.named("writing the journal of checks"):
            os.fsync(spool.descriptor)
            os.close(spool.descriptor)
            spool.descriptor = -1
        self._unsynced.discard(spool)
        self._done.append(spool.path)

    async def _synced(self, spool: Spool) -> None:
        """Wait for a sync that begins after this moment."""
        self._unsynced.add(spool)
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        if self._syncing is None:
            self._syncing = asyncio.create_task(self._sync())
        await waiting

    async def _sync(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                spools, self._unsynced = self._unsynced, set()
                try:
                    await asyncio.to_thread(self._to_disk, spools)
                except StoreError as error:
                    _settle(waiting, error)
                else:
                    _settle(waiting, None)
        finally:
            self._syncing = None

    def _to_disk(self, spools: set[Spool]) -> None:
        with self._disk, trouble.named("writing the journal of checks"):
            for spool in spools:
                if spool.descriptor >= 0:
                    os.fsync(spool.descriptor)


def _begun(path: Path, first: bytes) -> int:
    """A new file for appending to, which has its name only when its first record is on disk."""
    new = path.with_suffix(_NEW)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
    try:
        _append(descriptor, first)
        os.fsync(descriptor)
        new.rename(path)
        flush(path.parent)
    except BaseException:
        os.close(descriptor)
        new.unlink(missing_ok=True)
        raise
    return descriptor


def _append(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _usable(spool: Path) -> bool:
    """Whether a file begins as a spool. An empty one is deleted, another set aside."""
    with spool.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not head:
        spool.unlink()
    elif not OWN_CHECKS.sniff(head).confidence:
        bad = spool.rename(spool.with_suffix(_BAD))
        log.warning("%s is damaged from its beginning, so it is not read; it may be deleted.", bad)
    else:
        return True
    return False


def _settle(waiting: list[asyncio.Future[None]], error: StoreError | None) -> None:
    for each in waiting:
        if each.done():
            continue
        if error is None:
            each.set_result(None)
        else:
            each.set_exception(error)
