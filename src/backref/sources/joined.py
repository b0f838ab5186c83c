"""Several files that are one: what a tool cut into parts, read one after the other."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, BinaryIO, cast

from backref.sources.opening import Input

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from backref.sources.decompress import Stream
    from backref.sources.source import Reject


def joined(inputs: Sequence[Input]) -> Input:
    """One input of several, under the name of the first and the number of the others."""
    first, *others = inputs
    if not others:
        return first
    sizes = [each.size for each in inputs]
    return Input(
        f"{first.name} and {len(others)} more",
        first.head,
        None if None in sizes else sum(cast("list[int]", sizes)),
        lambda: Joined(inputs),  # type: ignore[arg-type, return-value]
        lined=False,
    )


def parts(stream: BinaryIO, head: bytes) -> Iterator[tuple[BinaryIO, bytes]]:
    """Each file of a stream with the bytes that it begins with: itself where it is of one file."""
    if isinstance(stream, Joined):
        yield from stream.parts()
    else:
        yield stream, head


class Joined(io.RawIOBase):
    """The decompressed bytes of several inputs, with what a `Stream` tells. Whoever does not ask
    for the parts reads them as one."""

    packed = True

    def __init__(self, inputs: Sequence[Input]) -> None:
        super().__init__()
        self._parts = self._opened(inputs)
        self._now: Stream | None = None
        self._before = [0, 0]
        self._digest = sha256()
        self.damages: list[Reject] = []

    def parts(self) -> Iterator[tuple[BinaryIO, bytes]]:
        """Each input's stream, open until the next one is asked for."""
        for stream, head in self._parts:
            yield cast("BinaryIO", stream), head

    @property
    def position(self) -> int:
        """Bytes handed out."""
        return self._before[0] + (self._now.position if self._now else 0)

    @property
    def consumed(self) -> int:
        """Bytes read of the files, compressed or not."""
        return self._before[1] + (self._now.consumed if self._now else 0)

    @property
    def digest(self) -> str:
        """SHA-256 of the digests of the parts, in hexadecimal."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Always."""
        return True

    def drain(self) -> None:
        """Read what is left of every part."""
        for _ in self._parts:
            pass

    def _opened(self, inputs: Sequence[Input]) -> Iterator[tuple[Stream, bytes]]:
        for each in inputs:
            with each.open() as stream:
                self._now = stream
                yield stream, each.head
                stream.drain()
                self._before = [self.position, self.consumed]
                self._now = None
                self._digest.update(stream.digest.encode())
                self.damages += [
                    damage._replace(reason=f"{each.name}: {damage.reason}")
                    for damage in stream.damages
                ]
