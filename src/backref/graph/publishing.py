"""Make a folder of finished files a graph of the store, or let it be nothing."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from backref.errors import DiskFull, UsageError
from backref.graph.checkpoint import NOTE
from backref.graph.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUILDING = ".building"
"""What the folder of an unfinished graph ends with."""


def unfinished(folder: Path) -> Path:
    """Where a graph is built that shall lie in a folder."""
    return folder.with_name(f".{folder.name}{BUILDING}")


def graphs_in(folder: Path) -> list[Manifest]:
    """The finished graphs of a folder, by name."""
    names = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    return [
        Manifest.read_from(folder / name)
        for name in names
        if not name.startswith(".") and (folder / name / "manifest.json").is_file()
    ]


def publish(work: Path, folder: Path, manifest: Manifest) -> Manifest:
    """Renames the folder `work`, all of whose files go to the disk first, to `folder`; returns
    the manifest, which names the files.

    Raises UsageError where another graph lies there.
    """
    files = {each.name: each.stat().st_size for each in sorted(work.iterdir())}
    files.pop(NOTE, None)
    whole = Manifest(**{**vars(manifest), "files": files})
    for name in files:
        _sync(work / name)
    whole.write_to(work)
    _sync(work)
    if folder.exists():
        raise taken(folder)
    work.rename(folder)
    (folder / NOTE).unlink(missing_ok=True)
    _sync(folder.parent)
    return whole


def taken(folder: Path) -> UsageError:
    """The error that a name is in use."""
    return UsageError(
        f"There is a graph {folder.name} already; drop it first, or choose another --name."
    )


def drop(folder: Path) -> None:
    """Removes a graph, and what is left of one that was never finished.

    Raises NotHeld where there is neither.
    """
    rest = unfinished(folder)
    if not rest.is_dir():
        Manifest.read_from(folder)
    if folder.is_dir():
        gone = folder.with_name(f".{folder.name}.gone")
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
        shutil.rmtree(gone)
    shutil.rmtree(rest, ignore_errors=True)


@contextmanager
def disk_may_fill(work: Path) -> Iterator[None]:
    """Says in a sentence when the disk is full, and frees what the unfinished graph took."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise
        shutil.rmtree(work, ignore_errors=True)
        raise DiskFull(
            f"No space is left for the graph in {work.parent}: free some, about 14 bytes an edge, "
            "and repeat; nothing of it was kept."
        ) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
