"""Evidence: the journal's records as an archive that any reader of WARC opens."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

from backref.errors import UsageError
from backref.sources.ownchecks import undamaged
from backref.sources.source import Reject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def add(spool: Path, archive: Path) -> None:
    """Add a spool's records to an archive, each compressed for itself as is the custom where the
    name ends with `.gz`; they are on disk when this returns. Raises UsageError when the archive
    cannot be written."""
    zipped = archive.name.endswith(".gz")
    try:
        with archive.open("ab") as out:
            for piece in _pieces(spool):
                out.write(gzip.compress(piece, 6) if zipped else piece)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        raise UsageError(f"{archive} cannot be written: {error.strerror}.") from error


def _pieces(spool: Path) -> Iterator[bytes]:
    """The bytes of each record before the first damage."""
    with spool.open("rb") as stream:
        found = [(each.position, isinstance(each, Reject)) for each in undamaged(stream)]
        ends = [position for position, _ in found[1:]] + [spool.stat().st_size]
        for (begin, damaged), end in zip(found, ends, strict=True):
            if not damaged:
                stream.seek(begin)
                yield stream.read(end - begin)
