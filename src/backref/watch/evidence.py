"""Evidence: the journal's records as archives that any reader of WARC opens.

One copy goes to the archive that somebody named (`add`), another, bounded in size, into the store
(`file_away`), from which the records of single looks are taken out again (`records_of`).
"""

from __future__ import annotations

import fcntl
import gzip
import logging
import os
import sys
from contextlib import suppress
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from isal import igzip

from backref.errors import UsageError
from backref.lake import trouble
from backref.lake.segments import flush
from backref.sources.ownchecks import CHECK, INTENT, undamaged
from backref.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

FOLDER = "evidence"
MOST_BYTES = 1 << 30
"""So much of what our own eyes were given a store holds; the oldest goes first."""
MARK = ".keep"
"""What a spool's mark is named by: to which archive it is being added, from which byte on."""
_FAST = 1

log = logging.getLogger("backref.watch")


def add(spool: Path, archive: Path) -> None:
    """Add a spool's records to an archive, each compressed for itself as is the custom where the
    name ends with `.gz`; they are on disk when this returns.

    A mark beside the spool says where they begin, and stays until `forget`: after a kill on the
    way the next one goes on there and adds nothing twice. Raises UsageError when the archive
    cannot be written.
    """
    try:
        begin = _marked(spool, archive)
        with archive.open("r+b") as out:
            fcntl.flock(out, fcntl.LOCK_EX)
            there = _there(_members(spool, archive), out, begin)
            for member in islice(_members(spool, archive), there, None):
                out.write(member)
            out.flush()
            os.fsync(out.fileno())
        flush(archive.parent)
    except OSError as error:
        raise UsageError(f"{archive} cannot be written: {error.strerror}.") from error


def resume(spool: Path) -> None:
    """Add the rest of a spool to the archive that it was being added to when its process was
    killed. Nobody waits for that any more, so an archive that is gone for good stops nothing."""
    with suppress(OSError, ValueError):
        _, archive = _said(spool)
        try:
            add(spool, Path(archive))
        except UsageError as error:
            log.warning("%s", error)


def forget(spool: Path) -> None:
    """A spool is done with: delete it, then its mark."""
    spool.unlink()
    _mark(spool).unlink(missing_ok=True)


def file_away(spool: Path, folder: Path) -> None:
    """Keep a copy of a spool in a folder of the store, which then holds `MOST_BYTES` at most."""
    folder.mkdir(exist_ok=True)
    filed = folder / f"{spool.name}.gz"
    new = filed.with_suffix(".new")
    with trouble.named("keeping what our own eyes were given"):
        with new.open("wb") as out:
            for piece in _pieces(spool):
                out.write(igzip.compress(piece, _FAST))
            out.flush()
            os.fsync(out.fileno())
        new.replace(filed)
        flush(folder)
        _make_room(folder)


def _make_room(folder: Path) -> None:
    held = sorted(folder.glob("*.gz"), reverse=True)
    size = 0
    for filed in held:
        size += filed.stat().st_size
        if size > MOST_BYTES and filed != held[0]:
            filed.unlink()


def records_of(filed: Path, positions: Collection[int]) -> Iterator[bytes]:
    """The records of the looks that stand at these positions of a spool, from its copy; before
    them the first one, which names the journal. Nothing where the copy is gone."""
    with suppress(FileNotFoundError):
        with igzip.open(filed) as stream:  # type: ignore[no-untyped-call]
            spans = list(_spans(stream, positions))
        with igzip.open(filed) as stream:  # type: ignore[no-untyped-call]
            for begin, end in spans if len(spans) > 1 else ():
                stream.seek(begin)
                yield stream.read(end - begin)


def _spans(stream: BinaryIO, positions: Collection[int]) -> Iterator[tuple[int, int]]:
    """Where the first record lies, and those of each of these looks: its answers, and itself."""
    waiting: list[int] = []
    chosen: list[int] = []
    for record in undamaged(stream):
        at = record.position
        yield from pairwise([*chosen, at] if chosen else ())
        chosen = []
        if isinstance(record, Reject):
            return
        waiting.append(at)
        if not at or record.fields.first("content-type") in (CHECK, INTENT):
            chosen = waiting if not at or at in positions else []
            waiting = []
    yield from pairwise([*chosen, stream.tell()] if chosen else ())


def _mark(spool: Path) -> Path:
    return spool.with_suffix(MARK)


def _said(spool: Path) -> tuple[int, str]:
    begin, _, name = _mark(spool).read_text(encoding="utf-8").partition(" ")
    return int(begin), name


def _marked(spool: Path, archive: Path) -> int:
    """Where a spool's records begin in an archive; it is on disk before the first is written."""
    archive.touch()
    archive = archive.resolve()
    with suppress(OSError, ValueError):
        begin, name = _said(spool)
        if name == str(archive) and begin <= archive.stat().st_size:
            return begin
    begin = archive.stat().st_size
    new = spool.with_suffix(f"{MARK}.new")
    new.write_text(f"{begin} {archive}", encoding="utf-8")
    flush(new)
    new.replace(_mark(spool))
    flush(spool.parent)
    return begin


def _members(spool: Path, archive: Path) -> Iterator[bytes]:
    """A spool's records as they are written: the same bytes whenever that is."""
    zipped = archive.name.endswith(".gz")
    return (gzip.compress(piece, 6, mtime=0) if zipped else piece for piece in _pieces(spool))


def _there(members: Iterable[bytes], out: BinaryIO, begin: int) -> int:
    """How many of them are whole in an archive from a byte on; it is cut behind the last, and
    stands there. What somebody else wrote meanwhile is left, and all of them go behind it."""
    out.seek(begin)
    for number, member in enumerate(members):
        found = out.read(len(member))
        if found == member:
            begin += len(member)
        elif len(found) < len(member) and member.startswith(found):
            out.seek(begin)
            out.truncate()
            return number
        else:
            out.seek(0, os.SEEK_END)
            return 0
    return sys.maxsize


def _pieces(spool: Path) -> Iterator[bytes]:
    """The bytes of each record before the first damage."""
    with spool.open("rb") as stream:
        found = [(each.position, isinstance(each, Reject)) for each in undamaged(stream)]
        ends = [position for position, _ in found[1:]] + [spool.stat().st_size]
        for (begin, damaged), end in zip(found, ends, strict=True):
            if not damaged:
                stream.seek(begin)
                yield stream.read(end - begin)
