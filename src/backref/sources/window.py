"""A stream read in order, with as much of it at hand as was asked for and not yet used."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    import re

READ_BYTES = 1 << 16


class Window:
    """What is looked at stays at hand until it is used: looking ahead for what ends a record, and
    not finding it, costs nothing a second time.

    `stream.damages`, where a stream keeps it, lists gaps that are already told.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._data = bytearray()
        self._at = 0
        self._base = 0
        self._ended = False

    @property
    def position(self) -> int:
        """Where the next byte stands in the stream."""
        return self._base + self._at

    def reach(self, size: int) -> int:
        """Have `size` bytes at hand if there are so many; how many of these there are."""
        have = len(self._data) - self._at
        if have < size and not self._ended:
            self._read(size)
            have = len(self._data) - self._at
        return min(have, size)

    def _read(self, size: int) -> None:
        del self._data[: self._at]
        self._base += self._at
        self._at = 0
        while (missing := size - len(self._data)) > 0:
            piece = self._stream.read(max(READ_BYTES, min(missing, READ_BYTES * 4)))
            if not piece:
                self._ended = True
                break
            self._data += piece

    def peek(self, size: int, offset: int = 0) -> bytes:
        """Up to `size` bytes behind the next `offset`, which stay where they are."""
        self.reach(offset + size)
        begin = self._at + offset
        return bytes(self._data[begin : begin + size])

    def skip(self, size: int) -> None:
        """Go past bytes that are at hand."""
        self._at += size

    def take(self, size: int) -> bytes:
        """The next `size` bytes; fewer at the end."""
        size = self.reach(size)
        with memoryview(self._data) as data:
            taken = bytes(data[self._at : self._at + size])
        self._at += size
        return taken

    def discard(self, size: int) -> int:
        """Go past `size` bytes without keeping them; how many there were."""
        gone = 0
        while gone < size and (step := self.reach(min(size - gone, READ_BYTES))):
            self._at += step
            gone += step
        return gone

    def find(self, wanted: re.Pattern[bytes], size: int) -> tuple[int, int] | None:
        """Where among the next `size` bytes at hand something first stands: where it begins and
        ends. It may look back at what was used last."""
        found = wanted.search(self._data, self._at, self._at + size)
        return (found.start() - self._at, found.end() - self._at) if found else None

    def is_told(self, begin: int) -> bool:
        """Whether the stream told of a gap between `begin` and here."""
        damages = getattr(self._stream, "damages", ())
        return any(begin <= damage.position <= self.position for damage in damages)
