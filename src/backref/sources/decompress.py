"""A decompressed stream: gzip, bzip2, Zstandard and LZ4, told by their first bytes, never by name.

What can be decompressed is handed on, and each damage is noted beside it: a cut-off file, a
broken checksum, a bomb. After a damage reading resumes at the next frame, so that an archive of
many gzip members loses only the broken ones. Input is fed in small pieces, because a decoder
keeps nothing of the piece in which it fails, and because that bounds what a piece swells to.
"""

from __future__ import annotations

import io
import re
import zlib
from bz2 import BZ2Decompressor
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from zipfile import BadZipFile, ZipExtFile

import zstandard
from isal import isal_zlib
from lz4.frame import LZ4FrameDecompressor

from backref.sources.source import Reject

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

PIECE_BYTES = 1 << 10
OUTPUT_BYTES = 1 << 20
PLAIN_BYTES = 1 << 20
SEARCHED_BYTES = 1 << 16
WINDOW_BYTES = 1 << 27
"""The largest Zstandard window, and with it the decoder's memory."""
BOMB_RATIO = 500
BOMB_FLOOR = 1 << 26
"""Output may be `BOMB_RATIO` times its input, once it is larger than `BOMB_FLOOR` bytes."""
LARGEST_BYTES = 1 << 40
"""No single source may decompress to more than this."""

_TELLING_BYTES = 10
"""So many bytes tell what a frame is."""


class Damage(str):
    """Why the bytes from here on are missing, in words."""

    __slots__ = ()


Pieces = Iterator[bytes | Damage]


class Stream(io.RawIOBase):
    """The decompressed bytes of one source, read once from start to end.

    `position` counts the bytes handed out, `digest` is their SHA-256, and `damages` are the
    places where bytes are missing, each a Reject at the position where the gap lies. What is
    `packed` is whole, for nobody appends to a line in it.
    """

    def __init__(self, raw: BinaryIO) -> None:
        super().__init__()
        self.position = 0
        self.damages: list[Reject] = []
        self._raw = _Counted(raw)
        head = self._raw.read(PIECE_BYTES)
        self.packed = isinstance(raw, ZipExtFile) or bool(compression(head))
        self._pieces = _pieces(self._raw, head)
        self._ready: deque[bytes] = deque()
        self._offset = 0
        self._digest = sha256()
        self._produced = 0

    def readable(self) -> bool:
        """Always."""
        return True

    @property
    def digest(self) -> str:
        """SHA-256 of what was read so far, in hexadecimal."""
        return self._digest.hexdigest()

    @property
    def consumed(self) -> int:
        """Bytes read of what lies beneath, compressed or not."""
        return self._raw.count

    def read(self, size: int | None = -1, /) -> bytes:
        """Exactly `size` bytes, fewer only at the end; all that is left for -1."""
        wanted = LARGEST_BYTES if size is None or size < 0 else size
        while self._produced - self.position < wanted and self._fill():
            pass
        taken = self._taken(wanted)
        self.position += len(taken)
        self._digest.update(taken)
        return taken

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, without taking them; fewer only near the end."""
        while self._produced - self.position < size and self._fill():
            pass
        return b"".join(self._ready)[self._offset : self._offset + size]

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """As `read`, into a buffer."""
        view = memoryview(buffer).cast("B")
        taken = self.read(len(view))
        view[: len(taken)] = taken
        return len(taken)

    def drain(self) -> None:
        """Read what is left, so that `digest` and `damages` speak of the whole source."""
        while self.read(PLAIN_BYTES):
            pass

    def close(self) -> None:
        """Close the file beneath."""
        if not self.closed:
            self._raw.close()
        super().close()

    def _taken(self, wanted: int) -> bytes:
        """Up to `wanted` bytes of the pieces that are ready; `_offset` of the first are gone."""
        parts = []
        while wanted and self._ready:
            part = memoryview(self._ready[0])[self._offset : self._offset + wanted]
            parts.append(part)
            wanted -= len(part)
            self._offset += len(part)
            if self._offset == len(self._ready[0]):
                self._ready.popleft()
                self._offset = 0
        return b"".join(parts)

    def _fill(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return self._ended()
        if isinstance(piece, Damage):
            self._note(piece)
            return True
        if piece:
            self._ready.append(piece)
        self._produced += len(piece)
        if refusal := bomb(self._produced, self._raw.count):
            self._note(refusal)
            self._pieces = iter(())
        return True

    def _ended(self) -> bool:
        if self._raw.trouble:
            self._note(Damage(self._raw.trouble))
            self._raw.trouble = ""
        return False

    def _note(self, damage: Damage) -> None:
        self.damages.append(Reject(self._produced, str(damage)))


class _Counted:
    """A raw stream that counts what was read of it, and ends where it breaks."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0
        self.trouble = ""

    def read(self, size: int) -> bytes:
        try:
            data = b"" if self.trouble else self._raw.read(size)
        except (OSError, EOFError, BadZipFile, zlib.error) as error:
            self.trouble = f"reading stops here ({error})"
            data = b""
        self.count += len(data)
        return data

    def close(self) -> None:
        self._raw.close()


def bomb(produced: int, consumed: int) -> Damage | None:
    """A refusal when the output is out of all proportion to its input."""
    if produced > LARGEST_BYTES:
        return Damage(f"more than {LARGEST_BYTES >> 40} TiB decompressed: the rest is refused")
    if produced > BOMB_FLOOR and produced > BOMB_RATIO * consumed:
        return Damage(f"decompresses to over {BOMB_RATIO} times its size: the rest is refused")
    return None


_INFLATE_ERROR = cast("type[Exception]", isal_zlib.error)


@dataclass(frozen=True)
class _Codec:
    """One compression: how its files begin, how a frame is decoded, where a later one is found.

    A frame is a gzip member, a bzip2 stream or a Zstandard or LZ4 frame; a file is any number of
    them.
    """

    name: str
    begins: re.Pattern[bytes]
    decoder: Callable[[], Any]
    errors: tuple[type[Exception], ...]


_CODECS = (
    _Codec(
        "gzip",
        re.compile(rb"\x1f\x8b\x08[\x00-\x1f]"),
        lambda: isal_zlib.decompressobj(wbits=31),
        (_INFLATE_ERROR,),
    ),
    _Codec(
        "bzip2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72E8P\x90)"), BZ2Decompressor, (OSError,)
    ),
    _Codec(
        "Zstandard",
        re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
        lambda: zstandard.ZstdDecompressor(max_window_size=WINDOW_BYTES).decompressobj(),
        (zstandard.ZstdError,),
    ),
    _Codec("LZ4", re.compile(rb"\x04\x22\x4d\x18"), LZ4FrameDecompressor, (RuntimeError,)),
)


def compression(head: bytes) -> str:
    """The name of the compression that `head` begins with, empty when there is none."""
    return next((codec.name for codec in _CODECS if codec.begins.match(head)), "")


def _pieces(raw: _Counted, head: bytes) -> Pieces:
    for codec in _CODECS:
        if codec.begins.match(head):
            return _frames(codec, raw, head)
    return _plain(raw, head)


def _plain(raw: _Counted, head: bytes) -> Pieces:
    while head:
        yield head
        head = raw.read(PLAIN_BYTES)


def _frames(codec: _Codec, raw: _Counted, rest: bytes) -> Pieces:
    """The output of all frames, with one damage for each stretch of input that is lost."""
    lost = False
    while rest:
        rest, wrong, fruitful = yield from _frame(codec, raw, rest)
        lost = lost and not fruitful
        if wrong and not lost:
            yield Damage(wrong)
        if wrong:
            rest, lost = _resumed(codec, raw, rest), True
            continue
        rest = _after_padding(raw, rest)
        if rest and not codec.begins.match(rest):
            yield Damage(f"bytes that are no {codec.name} follow the {codec.name} data")
            rest, lost = _resumed(codec, raw, rest), True


def _frame(
    codec: _Codec, raw: _Counted, rest: bytes
) -> Generator[bytes, None, tuple[bytes, str, bool]]:
    """One frame's output. Returns the input behind it, what is wrong with it, and whether any
    output came."""
    decoder = codec.decoder()
    fruitful = False
    while rest:
        piece, rest = rest[:PIECE_BYTES], rest[PIECE_BYTES:]
        try:
            for output in _decoded(decoder, piece):
                fruitful = fruitful or bool(output)
                yield output
        except codec.errors as error:
            return piece[1:] + rest, f"{codec.name} data is damaged ({error})", fruitful
        if decoder.eof:
            return (decoder.unused_data or b"") + rest, "", fruitful
        rest = rest or raw.read(PIECE_BYTES)
    return b"", f"{codec.name} data ends too early", fruitful


def _decoded(decoder: Any, data: bytes) -> Iterator[bytes]:
    if not isinstance(decoder, BZ2Decompressor):
        yield decoder.decompress(data)
        return
    yield decoder.decompress(data, OUTPUT_BYTES)
    while not (decoder.eof or decoder.needs_input):
        yield decoder.decompress(b"", OUTPUT_BYTES)


def _after_padding(raw: _Counted, rest: bytes) -> bytes:
    """What follows a frame, without zero padding, and enough of it to tell what it is."""
    while len(rest := rest.lstrip(b"\0")) < _TELLING_BYTES and (more := raw.read(PIECE_BYTES)):
        rest += more
    return rest


def _resumed(codec: _Codec, raw: _Counted, rest: bytes) -> bytes:
    """The input from the next thing on that looks like a frame; empty when there is none."""
    while not (found := codec.begins.search(rest)):
        more = raw.read(SEARCHED_BYTES)
        if not more:
            return b""
        rest = rest[-_TELLING_BYTES:] + more
    return rest[found.start() :]
