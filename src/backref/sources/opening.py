"""Open what the user names: a file, a ZIP of files, a WACZ, a workbook, or standard input.

Each thing found is an `Input`: a name, the first decompressed bytes, and a stream of all of
them. What a file is, is told by its bytes and never by its name.
"""

from __future__ import annotations

import os
import struct
import sys
import zipfile
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from backref.errors import MissingFile, UnknownFormat
from backref.sources.decompress import BOMB_FLOOR, BOMB_RATIO, Stream, compression
from backref.sources.source import HEAD_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STANDARD_INPUT = "-"
ZIP = b"PK\x03\x04"
MOST_MEMBERS = 1_000
"""A ZIP with more files than this is refused."""
MOST_PART_BYTES = 128 << 20
"""A workbook with a larger part, its texts or a sheet unpacked, is refused: texts are all held."""
_DAMAGES = (zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError, struct.error)
"""What reading a ZIP raises for bytes that are no ZIP's."""
_WORKBOOK = "xl/workbook.xml"
_PACKAGE, _ARCHIVES = "datapackage.json", "archive/"
"""A WACZ describes itself in the one and keeps its archives in the other; the rest are indexes
and lists of pages."""
_NOT_READ = (
    (ZIP, "ZIP"),
    (b"PK\x05\x06", "empty ZIP"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"Rar!", "RAR"),
)


@dataclass
class Input:
    """One source of records. `size` is that of the file on disk, None when not known; `lined` is
    whether its lines are those of the file."""

    name: str
    head: bytes
    size: int | None
    _open: Callable[[], Stream]
    lined: bool = True

    def open(self) -> Stream:
        """The decompressed stream from its first byte. Standard input opens once."""
        return self._open()


def inputs(path: str) -> Iterator[Input]:
    """Everything that `path` holds: one input, or for a ZIP one for each of its files.

    Raises MissingFile for what cannot be read, UnknownFormat for an archive within an archive.
    """
    if path == STANDARD_INPUT:
        yield _standard_input()
        return
    with _opened(path) as raw:
        magic = raw.read(len(ZIP))
    if magic != ZIP:
        yield _input(path, partial(_opened, path), Path(path).stat().st_size)
    elif (members := _members(path)) and any(found.filename == _WORKBOOK for found in members):
        yield _workbook(path)
    else:
        yield from _zipped(path, members)


def _input(name: str, open_raw: Callable[[], BinaryIO], size: int | None) -> Input:
    name = _shown(name)

    def opened() -> Stream:
        return Stream(open_raw())

    with opened() as stream:
        head = stream.read(HEAD_BYTES)
    _refuse_nested(name, head)
    return Input(name, head, size, opened)


def _shown(name: str) -> str:
    """A file's name as text that can be stored and shown: on disk it need not be UTF-8."""
    return os.fsencode(name).decode("utf-8", "replace")


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except IsADirectoryError:
        raise MissingFile(f"{path} is a folder: name the files in it.") from None
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror or error}.") from None


def _refuse_nested(name: str, head: bytes) -> None:
    inner = compression(head) or next(
        (kind for magic, kind in _NOT_READ if head.startswith(magic)), ""
    )
    if inner:
        raise UnknownFormat(f"{name} holds {inner} data, which is not read here: unpack it first.")


def _standard_input() -> Input:
    stream = Stream(cast("BinaryIO", sys.stdin.buffer))
    head = stream.peek(HEAD_BYTES)
    _refuse_nested("standard input", head)
    return Input(STANDARD_INPUT, head, None, lambda: stream)


def _members(path: str) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except _DAMAGES as error:
        raise UnknownFormat(f"{path} is a damaged ZIP ({error}): unpack it first.") from None
    members = [member for member in found if _is_file(member)]
    if len(members) > MOST_MEMBERS:
        raise UnknownFormat(f"{path} holds more than {MOST_MEMBERS:,} files: unpack it first.")
    for member in members:
        _refuse_hostile(path, member)
    _refuse_hollow(path, members)
    return _of_interest(members)


def _of_interest(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """All files of a ZIP; of a WACZ its archives alone."""
    archives = [member for member in members if member.filename.startswith(_ARCHIVES)]
    is_wacz = archives and any(member.filename == _PACKAGE for member in members)
    return archives if is_wacz else members


def _refuse_hollow(path: str, members: list[zipfile.ZipInfo]) -> None:
    """A WACZ without archives holds no captures, only files that tell of them."""
    if not path.lower().endswith(".wacz"):
        return
    if not any(member.filename.startswith(_ARCHIVES) for member in members):
        raise UnknownFormat(
            f"{path} is a WACZ, but its folder {_ARCHIVES} holds no archive: it is broken, so "
            "get or make it anew.",
            format="WACZ",
        )


def _is_file(member: zipfile.ZipInfo) -> bool:
    """Whether it is a file that somebody meant to send; macOS adds shadows of its own."""
    parts = member.filename.split("/")
    hidden = parts[0] == "__MACOSX" or parts[-1].startswith(".")
    return not member.is_dir() and member.file_size > 0 and not hidden


def _refuse_hostile(path: str, member: zipfile.ZipInfo) -> None:
    name = _label(path, member)
    if member.flag_bits & 0x1:
        raise UnknownFormat(f"{name} is encrypted: unpack it first.")
    if member.file_size > max(BOMB_FLOOR, BOMB_RATIO * member.compress_size):
        raise UnknownFormat(f"{name} decompresses to over {BOMB_RATIO} times its size: refused.")


def _label(path: str, member: zipfile.ZipInfo) -> str:
    return f"{path}!{member.filename}"


def _zipped(path: str, members: list[zipfile.ZipInfo]) -> Iterator[Input]:
    for member in members:
        yield _input(_label(path, member), partial(_member, path, member), member.file_size)


def _member(path: str, member: zipfile.ZipInfo) -> BinaryIO:
    try:
        with zipfile.ZipFile(path) as archive:
            return cast("BinaryIO", archive.open(member))
    except _DAMAGES as error:
        raise UnknownFormat(f"{_label(path, member)} is damaged ({error}).") from None


def _workbook(path: str) -> Input:
    from backref.sources.workbook import first_sheet

    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            _refuse_hostile(path, part)
            if part.file_size > MOST_PART_BYTES:
                raise UnknownFormat(
                    f"{path} unpacks to more than {MOST_PART_BYTES >> 20} MiB: save it as CSV."
                )
    return replace(_input(path, partial(first_sheet, path), None), lined=False)
