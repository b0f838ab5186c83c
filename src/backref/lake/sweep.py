"""Clearing up: what dead processes left, and what was replaced long ago."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from backref.lake import holdings, imports, trouble
from backref.lake.segments import Segments

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from backref.lake.catalogue import Catalogue, Fault
    from backref.lake.owner import Owner


def after(path: Path, catalogue: Catalogue, owner: Owner, now: datetime, fault: Fault) -> None:
    """Clear what the process behind `owner`, dead or ending, left.

    Its unlisted segments go, its running imports become interrupted, its claim goes last: dying
    on the way leaves the rest to the next process that opens the store.
    """
    finished = False
    try:
        segments = Segments(path / "segments", owner.token, fault)
        left = set(segments.left_by(owner.token))
        if left:
            with catalogue.read() as connection:
                left -= holdings.listed(connection)
        segments.delete(sorted(left))
        fault("sweep.files")
        with catalogue.read() as connection:
            running = imports.running(connection, owner.token)
        if running:
            with catalogue.write() as connection:
                imports.interrupt(connection, running, now)
        fault("sweep.imports")
        shutil.rmtree(path / "scratch" / owner.token, ignore_errors=True)
        finished = True
    finally:
        owner.release() if finished else owner.leave()


def retired(catalogue: Catalogue, segments: Segments, before: datetime) -> int:
    """Delete segments that were retired before a time; returns how many."""
    with catalogue.read() as connection:
        files = holdings.retired(connection, before)
    if files:
        with trouble.named("deleting old segments"):
            segments.delete(files)
        with catalogue.write() as connection:
            holdings.strike(connection, files)
    return len(files)
