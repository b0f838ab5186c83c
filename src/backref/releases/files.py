"""All files of a release's graph, brought to disk to be built into a graph here.

A file is written under the name that it will have and `.part`; beside it stands how much of it is
on disk for sure, and of which state of the file. So a killed download goes on with a range.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from backref.check.download import Damaged, Download, Limits, Mark, Unfinished, length_of
from backref.errors import UsageError
from backref.lake import trouble
from backref.lake.segments import flush

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backref.check.fetcher import Fetcher
    from backref.releases.release import Release

FILES = ("vertices.txt.gz", "edges.txt.gz")
MOST_BYTES = 1 << 38
KEEP_BYTES = 64 << 20
"""After so many bytes it is made sure that they are on disk."""
SPARE_BYTES = 1 << 30
"""So much of the disk is left to others."""
_DOING = "writing the files of a release"


@dataclass(frozen=True)
class Plan:
    """What a fetch will take: bytes of all files, of them those that are there, and how many bytes
    the disk has left."""

    folder: Path
    bytes: int
    there: int
    free: int


def fetch(
    fetcher: Fetcher,
    release: Release,
    folder: Path,
    seconds: float | None = None,
    *,
    planned: Callable[[Plan], None] = lambda _: None,
    told: Callable[[Mark], None] = lambda _: None,
) -> list[Path]:
    """Bring the files into a folder and return where they are. `planned` is told what it takes
    before anything is taken.

    Raises UsageError for hosts and where the disk is too small, NoDownload, Unfinished, DiskFull.
    """
    if release.level != "domain":
        raise UsageError("Only graphs of domains are fetched whole: those of hosts lie in parts.")
    with trouble.named(_DOING):
        folder.mkdir(parents=True, exist_ok=True)
    files = [_File(folder, release.url(name)) for name in FILES]

    async def run() -> None:
        async with fetcher, asyncio.timeout(seconds):
            lengths = [await length_of(fetcher, file.url) for file in files]
            planned(_planned(folder, files, lengths))
            for file in files:
                if not file.path.exists():
                    await file.come(fetcher, told)

    try:
        asyncio.run(run())
    except TimeoutError:
        there = sum(file.there for file in files)
        raise Unfinished(
            f"The time is over; {there:,} bytes are on disk, and the same command goes on."
        ) from None
    return [file.path for file in files]


def _planned(folder: Path, files: list[_File], lengths: list[int]) -> Plan:
    free = shutil.disk_usage(folder).free
    plan = Plan(folder, sum(lengths), sum(file.there for file in files), free)
    if (missing := plan.bytes - plan.there) + SPARE_BYTES > free:
        raise UsageError(
            f"{missing:,} bytes are still to come, and {free:,} are free in {folder}: make room, "
            "or name another folder with --into."
        )
    return plan


class _File:
    """One file on its way to disk."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.path = folder / url.rpartition("/")[2]
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._note = self.path.with_name(f"{self.path.name}.json")
        self._descriptor = -1
        self._mark = self._found()
        self._sure = self._mark.offset

    @property
    def there(self) -> int:
        """Bytes that are on disk."""
        return self.path.stat().st_size if self.path.exists() else self._mark.offset

    async def come(self, fetcher: Fetcher, told: Callable[[Mark], None]) -> None:
        """Bring the file to its end and give it its name."""

        def advanced(mark: Mark) -> None:
            self._mark = mark
            if mark.offset - self._sure >= KEEP_BYTES:
                self._keep()
            told(mark)

        self._open()
        try:
            await Download(fetcher, self._mark, self, Limits(MOST_BYTES), advanced).run()
        except Damaged:
            self._note.unlink(missing_ok=True)
            raise
        finally:
            with suppress(OSError):
                self._keep()
            os.close(self._descriptor)
        with trouble.named(_DOING):
            self._part.replace(self.path)
            self._note.unlink(missing_ok=True)
            flush(self.path.parent)

    def begin(self) -> None:
        """The file begins, maybe anew."""
        with trouble.named(_DOING):
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._sure = 0

    def take(self, piece: bytes) -> None:
        """The next bytes. Raises DiskFull."""
        view = memoryview(piece)
        with trouble.named(_DOING):
            while view:
                view = view[os.write(self._descriptor, view) :]

    def end(self) -> None:
        """The file is whole; what it holds, its reader will judge."""

    def _found(self) -> Mark:
        """How far an earlier run was, as far as the disk has it."""
        try:
            mark = Mark(**json.loads(self._note.read_text(encoding="utf-8")))
            whole = mark.url == self.url and self._part.stat().st_size >= mark.offset
        except (OSError, ValueError, TypeError):
            return Mark(self.url)
        return mark if whole else Mark(self.url)

    def _open(self) -> None:
        with trouble.named(_DOING):
            self._descriptor = os.open(self._part, os.O_RDWR | os.O_CREAT, 0o644)
            os.ftruncate(self._descriptor, self._mark.offset)
            os.lseek(self._descriptor, 0, os.SEEK_END)

    def _keep(self) -> None:
        """Make sure that what came is on disk, and write down how much it is."""
        os.fsync(self._descriptor)
        offset = os.fstat(self._descriptor).st_size
        new = self._note.with_suffix(".new")
        mark = replace(self._mark, offset=min(offset, self._mark.offset))
        new.write_text(json.dumps(mark.as_json()), encoding="utf-8")
        new.replace(self._note)
        self._sure = mark.offset
