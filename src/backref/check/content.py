"""Bodies as they were meant: content codings undone piece by piece, never beyond a bound.

Each decoder gives out a bounded piece at a time, so that a bomb is noticed long before it is
unfolded. https://www.rfc-editor.org/rfc/rfc9110#section-8.4
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PIECE_BYTES = 1 << 16
RATIO_FLOOR = 1 << 20
"""A body may swell as it likes until it is so large."""
LARGE = 512 << 10
"""So many bytes make a body a large one, of which few come in at once."""
MOST_CODINGS = 3
MOST_MEMBERS = 64
ZSTD_PIECE_BYTES = 64
"""Zstandard unfolds whole blocks of 128 KiB, each of three bytes at the least, so that it is fed
in crumbs."""
ZSTD_WINDOW_BYTES = 8 << 20
"""The largest window that a web server may use. https://www.rfc-editor.org/rfc/rfc9659"""


class Undecodable(Exception):
    """The body is not what its Content-Encoding says; the message is a plain sentence."""


class Bomb(Exception):
    """The body swells out of all proportion; the message is a plain sentence."""


class Decoder(Protocol):
    """Undoes one coding."""

    def decode(self, piece: bytes) -> Iterator[bytes]:
        """What a piece unfolds to, in bounded pieces. Raises Undecodable."""


class Body:
    """A body as it comes in: fed with `add`, decoded and cut at `most` bytes, `full` when there.

    `ratio` is how many times its size it may unfold to, once it is larger than a mebibyte.
    """

    def __init__(self, codings: Sequence[str], most: int, ratio: int) -> None:
        self.received = 0
        self._decoders = [_decoder(coding) for coding in reversed(codings)]
        self._most = most
        self._ratio = ratio
        self._pieces: list[bytes] = []
        self._size = 0
        self._between = 0

    @property
    def full(self) -> bool:
        """Whether nothing more is wanted."""
        return self._size > self._most

    @property
    def large(self) -> bool:
        """Whether it has come to a size that few bodies have."""
        return self._size > LARGE

    def add(self, piece: bytes) -> None:
        """Take what came over the network. Raises Undecodable and Bomb."""
        self.received += len(piece)
        for part in self._unfolded(self._decoders, piece):
            self._pieces.append(part)
            self._size += len(part)
            self._judge(self._size)
            if self.full:
                return

    def content(self) -> bytes:
        """What there is, at most the wanted bytes."""
        return b"".join(self._pieces)[: self._most]

    def _unfolded(self, decoders: Sequence[Decoder], piece: bytes) -> Iterator[bytes]:
        """What decoders make of a piece. What one hands to the next is bounded like a body, for it
        may come to nothing in the end."""
        if not decoders:
            yield piece
            return
        for part in decoders[0].decode(piece):
            if decoders[1:]:
                self._between += len(part)
                self._judge(self._between)
                if self._between > self._most + RATIO_FLOOR:
                    raise Bomb("The body unfolds to too much between its codings.")
            yield from self._unfolded(decoders[1:], part)

    def _judge(self, size: int) -> None:
        if size > max(RATIO_FLOOR, self._ratio * self.received):
            raise Bomb(f"The body unfolds to more than {self._ratio} times its size.")


def codings(value: str) -> list[str]:
    """The codings of a Content-Encoding header, in the order in which they were applied.

    Raises Undecodable where one is unknown or they are too many.
    """
    named = [name for part in value.lower().split(",") if (name := part.strip())]
    found = [name for name in named if name != "identity"]
    if unknown := [name for name in found if name not in _DECODERS]:
        raise Undecodable(f"The body is coded as {unknown[0][:40]!a}, which nobody asked for.")
    if len(found) > MOST_CODINGS:
        raise Undecodable(f"The body is coded {len(found)} times over.")
    return found


class _Inflate:
    """gzip with its members, and deflate with or without the zlib head that belongs to it."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._zlib = zlib.decompressobj(bits)
        self._members = 1
        self._begun = False

    def decode(self, piece: bytes) -> Iterator[bytes]:
        if not self._begun and piece:
            self._begun = True
            if self._bits == zlib.MAX_WBITS and piece[0] & 0x0F != zlib.DEFLATED:
                self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        if self._zlib.eof and not self._next_member(piece):
            return
        part = b""
        while piece or len(part) == PIECE_BYTES:
            try:
                part = self._zlib.decompress(piece, PIECE_BYTES)
            except zlib.error as error:
                raise Undecodable("The compressed body is damaged.") from error
            if part:
                yield part
            piece = self._zlib.unconsumed_tail or self._zlib.unused_data
            if self._zlib.eof and not self._next_member(piece):
                return

    def _next_member(self, piece: bytes) -> bool:
        """Begin a further gzip member, if one follows; what else does is no body."""
        if self._bits == zlib.MAX_WBITS or piece[:1] != b"\x1f" or self._members >= MOST_MEMBERS:
            return False
        self._members += 1
        self._zlib = zlib.decompressobj(self._bits)
        return True


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    def decode(self, piece: bytes) -> Iterator[bytes]:
        while not self._brotli.is_finished():
            try:
                part = self._brotli.process(piece, output_buffer_limit=PIECE_BYTES)
            except brotli.error as error:
                raise Undecodable("The compressed body is damaged.") from error
            if not part:
                return
            yield part
            piece = b""


class _Zstandard:
    def __init__(self) -> None:
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
        self._zstd = decompressor.decompressobj(read_across_frames=False)

    def decode(self, piece: bytes) -> Iterator[bytes]:
        for at in range(0, len(piece), ZSTD_PIECE_BYTES):
            if self._zstd.eof:
                return
            try:
                part = self._zstd.decompress(piece[at : at + ZSTD_PIECE_BYTES])
            except zstandard.ZstdError as error:
                raise Undecodable("The compressed body is damaged.") from error
            if part:
                yield part


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Inflate(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Inflate(zlib.MAX_WBITS | 16),
    "deflate": lambda: _Inflate(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstandard,
}
ACCEPTED = "gzip, deflate, br, zstd"
"""What we say that we understand."""


def _decoder(coding: str) -> Decoder:
    return _DECODERS[coding]()
