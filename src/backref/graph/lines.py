"""Whole lines of a text file, plain or compressed by gzip, a chunk at a time."""

from __future__ import annotations

import zlib
from contextlib import contextmanager
from gzip import BadGzipFile
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np
from isal import igzip_threaded, isal_zlib

from backref.errors import MissingFile, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

CHUNK = 1 << 24
MAGIC = b"\x1f\x8b"
DAMAGED: tuple[Any, ...] = (EOFError, isal_zlib.error, zlib.error, BadGzipFile)


def chunks(path: Path, skip: int = 0) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """Whole lines, and how many bytes of the text lie before their end; begins behind the first
    `skip` bytes. The last line of a file may lack its newline.

    Raises MissingFile, and SourceError for a gzip that is cut or damaged, or a line too long.
    """
    with _opened(path) as stream:
        at = _skipped(stream, skip)
        rest = b""
        while part := stream.read(CHUNK):
            whole = rest + part
            cut = whole.rfind(b"\n") + 1
            rest = whole[cut:]
            if not cut and len(rest) > CHUNK:
                raise SourceError(f"{path} has a line of more than {CHUNK} bytes: it is no graph.")
            if cut:
                at += cut
                yield np.frombuffer(whole, np.uint8, cut), at
        if rest:
            yield np.frombuffer(rest, np.uint8), at + len(rest)


def first_lines(path: Path, most: int = 1 << 16) -> list[bytes]:
    """The lines that a file begins with."""
    with _opened(path) as stream:
        told = stream.read(most)
    return told.split(b"\n")[:-1] or [told]


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The text of a file, for as long as the block lasts; errors become sentences."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == MAGIC
        with _inflated(path) if packed else path.open("rb") as stream:
            yield stream
    except DAMAGED as error:
        raise SourceError(
            f"{path} ends early or is damaged, so nothing of it was kept: fetch it again."
        ) from error
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror}.") from error


def _inflated(path: Path) -> IO[bytes]:
    """The text in a gzip. A thread of its own inflates while the lines are read."""
    return cast("IO[bytes]", igzip_threaded.open(path, "rb", threads=1))  # type: ignore[no-untyped-call]


def _skipped(stream: IO[bytes], skip: int) -> int:
    left = skip
    while left and (part := stream.read(min(left, CHUNK))):
        left -= len(part)
    return skip - left
