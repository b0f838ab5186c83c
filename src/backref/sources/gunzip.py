"""A gzip stream (RFC 1952) read as it comes, whose reading can be written down at any byte and gone
on with by another process."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from backref.errors import SourceError
from backref.sources import inflate
from backref.sources.decompress import bomb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OUTPUT_BYTES = 1 << 20
_WINDOW = inflate.WINDOW
_LONGEST_HEAD = 1 << 18
_EXTRA, _NAME, _COMMENT, _CHECK, _RESERVED = 4, 8, 16, 2, 0xE0
_HEAD, _BODY, _TAIL = 0, 1, 2


class BadGzip(SourceError):
    """The bytes are no whole gzip stream; the message is a plain sentence."""


class Gunzip:
    """Decompresses what it is fed with; each member's CRC-32 and length are checked at its end.

    `read` and `produced` count bytes of all members. `state` holds all that is needed to go on:
    arrays and numbers by name, less than 100 KiB together.
    """

    def __init__(self) -> None:
        self.read = self.produced = self.members = 0
        self._phase = _HEAD
        self._crc = self._size = 0
        self._pending = b""
        self._out = np.zeros(_WINDOW + OUTPUT_BYTES, np.uint8)
        self._registers = np.zeros(inflate.REGISTERS, np.int64)
        self._literals = np.zeros(inflate.LITERALS, np.uint8)
        self._distances = np.zeros(inflate.DISTANCES, np.uint8)
        self._tables = np.zeros((2, 1 << 15), np.int32)

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """What further bytes decompress to, in pieces of a mebibyte at most. Raises BadGzip."""
        self.read += len(piece)
        self._pending += piece
        while True:
            if self._phase == _HEAD:
                if not self._member():
                    return
            elif self._phase == _TAIL:
                if not self._ended():
                    return
            else:
                ended = self._step()
                if fresh := self._fresh():
                    yield fresh
                if ended == inflate.MORE:
                    return
                if ended == inflate.BAD:
                    raise BadGzip("The compressed data are damaged.")

    def end(self) -> None:
        """There is no more. Raises BadGzip unless the last member was whole."""
        if self._phase != _HEAD or self._pending or not self.members:
            raise BadGzip("The compressed data end too early.")

    def state(self) -> dict[str, Any]:
        """All that is needed to go on."""
        return {
            "numbers": np.array(
                [self.read, self.produced, self.members, self._phase, self._crc, self._size],
                np.int64,
            ),
            "pending": np.frombuffer(self._pending, np.uint8),
            "window": self._out[:_WINDOW],
            "registers": self._registers,
            "literals": self._literals,
            "distances": self._distances,
        }

    @classmethod
    def going_on(cls, state: Mapping[str, Any]) -> Gunzip:
        """Go on from a state."""
        made = cls()
        numbers = [int(number) for number in state["numbers"]]
        made.read, made.produced, made.members, made._phase, made._crc, made._size = numbers
        made._pending = state["pending"].tobytes()
        made._out[:_WINDOW] = state["window"]
        made._registers[:] = state["registers"]
        made._literals[:] = state["literals"]
        made._distances[:] = state["distances"]
        if made._registers[inflate.KIND] > 0:
            inflate.prepared(made._literals, made._distances, made._tables)
        return made

    def _member(self) -> bool:
        """Read the head of the next member; False when there is not enough of it."""
        if self.members:
            self._pending = self._pending.lstrip(b"\0")
        size = _head_size(self._pending)
        if size is None:
            return False
        self._pending = self._pending[size:]
        self._phase, self._crc, self._size = _BODY, 0, 0
        self._registers[:] = 0
        self._registers[inflate.AT], self._registers[inflate.KIND] = _WINDOW, -1
        self._out[:_WINDOW] = 0
        return True

    def _step(self) -> int:
        """Decompress as far as input and room go."""
        registers = self._registers
        data = np.frombuffer(self._pending, np.uint8)
        ended = inflate.inflated(
            data, self._out, registers, self._literals, self._distances, self._tables
        )
        whole = int(registers[inflate.BIT]) >> 3
        if ended == inflate.DONE:
            whole = (int(registers[inflate.BIT]) + 7) >> 3
            self._phase = _TAIL
        self._pending = self._pending[whole:]
        registers[inflate.BIT] &= 7
        return ended

    def _fresh(self) -> bytes:
        """What is new, the window moved behind it. Raises BadGzip for a bomb."""
        at = int(self._registers[inflate.AT])
        fresh = self._out[_WINDOW:at].tobytes()
        self._out[:_WINDOW] = self._out[at - _WINDOW : at].copy()
        self._registers[inflate.AT] = _WINDOW
        self._crc = zlib.crc32(fresh, self._crc)
        self._size += len(fresh)
        self.produced += len(fresh)
        if refusal := bomb(self.produced, self.read):
            raise BadGzip(f"The compressed data are refused: {refusal}.")
        return fresh

    def _ended(self) -> bool:
        """Compare with what stands behind a member; False when that is not there yet."""
        if len(self._pending) < 8:
            return False
        crc, size = (int.from_bytes(self._pending[at : at + 4], "little") for at in (0, 4))
        if crc != self._crc or size != self._size & 0xFFFFFFFF:
            raise BadGzip("The compressed data do not have the checksum that stands behind them.")
        self._pending = self._pending[8:]
        self._phase = _HEAD
        self.members += 1
        return True


def _head_size(data: bytes) -> int | None:
    """The size of a member's head, None when there is not enough of it. Raises BadGzip."""
    if not b"\x1f\x8b\x08".startswith(data[:3]) or (len(data) > 3 and data[3] & _RESERVED):
        raise BadGzip("There are bytes that are no gzip data.")
    if len(data) < 10:
        return None
    at, flags = 10, data[3]
    if flags & _EXTRA:
        at += 2 + int.from_bytes(data[at : at + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            end = data.find(b"\0", at)
            if end < 0:
                if len(data) > _LONGEST_HEAD:
                    raise BadGzip("The head of the gzip data has no end.")
                return None
            at = end + 1
    at += 2 if flags & _CHECK else 0
    return at if len(data) >= at else None
