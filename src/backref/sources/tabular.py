"""Tables in text: bytes of any spelling to records, streaming and bounded.

An export may be UTF-8 with or without a mark, UTF-16, or a Windows code page; its cells may be
cut by tabs, commas or semicolons; its lines may end in any way, a stray carriage return among
them. None of that reaches the reader of the records. What cannot be a record (an endless line,
a cell beyond the csv module's limit) comes as `Damaged`.
"""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BLOCK_BYTES = 262_144
LINE_CHARS = 1_048_576
RECORD_CHARS = 2 * LINE_CHARS
DELIMITERS = "\t,;"
ONE_CELL = "\x1f"
"""A delimiter that `lines` never lets through: with it a record is its whole line."""
SPOILED = "\0"
"""Stands in a record in place of a line that was too long to hold."""
_BREAK = "x" * (csv.field_size_limit() + 1)
"""More than a cell can hold: the csv module gives up the record that it is in."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Damaged(NamedTuple):
    """A record that could not be cut out of the text, and why."""

    reason: str


class Unended(list[str]):
    """The cells of a record after which no line end comes: the text's last, if it is whole.

    `torn`: it breaks off within quotes. `closed`: a quote ends its last cell.
    """

    def __init__(self, cells: Iterable[str], torn: bool, closed: bool) -> None:
        super().__init__(cells)
        self.torn = torn
        self.closed = closed

    def __reduce__(self) -> tuple[type[Unended], tuple[list[str], bool, bool]]:
        return Unended, (list(self), self.torn, self.closed)


class Spelling(NamedTuple):
    """How a text is written: its encoding, and whether lone carriage returns end its lines."""

    encoding: str
    returns: bool


def spelling(head: bytes) -> Spelling:
    """How the text that begins with `head` is written."""
    encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
    text = head.decode(encoding, errors="replace")
    return Spelling(encoding, "\r" in text and "\n" not in text)


class Lines:
    """The lines of a byte stream as text, each with its end; an iterator.

    `taken` counts the characters handed out so far, in whole blocks: what a caller bounds its
    own memory by. `record` counts those since `records` last handed out a record: one that
    runs on over too many lines is broken off; `begun` is the number of the line in which it
    began. `unended` is the last line, once it was handed
    out, if no line end comes after it.
    """

    def __init__(self, stream: BinaryIO, how: Spelling) -> None:
        self.taken = 0
        self.record = 0
        self.begun = 1
        self.unended = ""
        self._blocks = _blocks(stream, how)

    def __iter__(self) -> Iterator[str]:
        number = 1
        for block in self._blocks:
            self.taken += len(block)
            whole = block.endswith("\n")
            for line in io.StringIO(block, newline=""):
                if not self.record:
                    self.begun = number
                self.record += len(line)
                if self.record > RECORD_CHARS:
                    yield _BREAK
                    self.record, self.begun = len(line), number
                if not whole and not line.endswith("\r"):
                    self.unended = line
                yield line
                number += line.endswith("\n")


def _blocks(stream: BinaryIO, how: Spelling) -> Iterator[str]:
    """Text of whole lines, cleaned, in blocks."""
    pending: list[str] = []
    length = 0
    for text in _decoded(stream, how):
        clean = _clean(text, how.returns)
        head, newline, tail = clean.rpartition("\n")
        if newline:
            yield _unless_endless("".join((*pending, head, newline)))
            pending, length = [], 0
        if length <= LINE_CHARS:
            pending.append(tail)
        length += len(tail)
    if length:
        yield _unless_endless("".join(pending))


def _unless_endless(block: str) -> str:
    """The block, with a mark in place of a first line that is too long to be a record."""
    if len(block) <= LINE_CHARS or -1 < (end := block.find("\n")) <= LINE_CHARS:
        return block
    return SPOILED + block[end:] if end > 0 else SPOILED


def _clean(text: str, returns: bool) -> str:
    """One line end, no character that is the reader's own, no marks where files were joined."""
    if "\ufeff" in text:
        text = text.replace("\ufeff", "")
    if returns:
        text = text.replace("\r", "\n")
    return text.replace(ONE_CELL, " ") if ONE_CELL in text else text


def _decoded(stream: BinaryIO, how: Spelling) -> Iterator[str]:
    """Decoded pieces, never cut inside a pair of return and newline, which is a newline."""
    pieces = _utf16(stream, how.encoding) if how.encoding.startswith("utf-16") else _bytes(stream)
    held = ""
    for piece in pieces:
        text = held + piece
        held = "\r" if text.endswith("\r") else ""
        yield text[: len(text) - len(held)].replace("\r\n", "\n")
    if held:
        yield held


def _utf16(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while data := stream.read(BLOCK_BYTES):
        yield decoder.decode(data)
    yield decoder.decode(b"", final=True)


def _bytes(stream: BinaryIO) -> Iterator[str]:
    """UTF-8, and line by line the Windows code page where a line is not UTF-8."""
    held = b""
    while data := stream.read(BLOCK_BYTES):
        whole, newline, rest = (held + data).rpartition(b"\n")
        if not newline and len(rest) <= BLOCK_BYTES:
            held = rest
            continue
        cut = len(whole) + len(newline) or _character_end(rest)
        whole, held = (held + data)[:cut], (held + data)[cut:]
        yield _text(whole)
    if held:
        yield _text(held)


def _character_end(data: bytes) -> int:
    """Where to cut endless bytes so that no UTF-8 character is torn."""
    cut = len(data)
    while cut > len(data) - 4 and data[cut - 1] & 0b1100_0000 == 0b1000_0000:
        cut -= 1
    return cut - 1 if data[cut - 1] >= 0b1100_0000 else cut


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_line_text(line) for line in data.splitlines(keepends=True))


def _line_text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def records(lines: Lines, delimiter: str) -> Iterator[list[str] | Damaged]:
    """The records of the lines; a blank line is an empty record."""
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            for record in reader:
                yield _unended(record, lines) if lines.unended else record
                lines.record = 0
        except csv.Error as error:
            lines.record = 0
            yield Damaged(f"not readable as a table row: {error}")
        else:
            return


def _unended(record: list[str], lines: Lines) -> Unended:
    """The last record, and what its quotes tell. A record that runs over several lines does so
    within quotes, so that its last line begins within them."""
    last = lines.unended
    torn = (last.count('"') + (lines.record > len(last))) % 2 == 1
    return Unended(record, torn, not torn and last.rstrip().endswith('"'))


def head_records(head: bytes, how: Spelling, delimiter: str, limit: int) -> list[list[str]]:
    """The first whole records of a file's head, damaged ones left empty."""
    whole = head[: _last_line_end(head, how)]
    found: list[list[str]] = []
    for record in records(Lines(io.BytesIO(whole), how), delimiter):
        found.append([] if isinstance(record, Damaged) else record)
        if len(found) == limit:
            break
    return found


def _last_line_end(head: bytes, how: Spelling) -> int:
    """Where the last whole line ends; a head without any line end is all one line."""
    mark = ("\r" if how.returns else "\n").encode(how.encoding)
    at = head.rfind(mark)
    return at + len(mark) if at >= 0 else len(head)
