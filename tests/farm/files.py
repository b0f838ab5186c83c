"""A large file as a server gives it away, with ranges, and with all that goes wrong on the way."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from dataclasses import dataclass, field, replace

from .sites import Request


@dataclass(frozen=True)
class Mood:
    """How one request for the file is answered.

    `cut` hangs up after so many bytes of body; `status` refuses; `shift` tells a range that begins
    so many bytes late; `whole` ignores ranges; `untold` tells no length; `slow` waits so many
    seconds after each piece of `piece` bytes; `extra` sends so many bytes more than were told;
    `changed` is the file from now on, under another ETag.
    """

    cut: int | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    shift: int = 0
    whole: bool = False
    untold: bool = False
    slow: float = 0.0
    piece: int = 1 << 16
    changed: bytes | None = None


@dataclass
class Shelf:
    """One file at one path: an answer of the farm, which takes its `moods` one after the other and
    is well-behaved afterwards. `served` are the bytes of body that were written."""

    data: bytes
    moods: deque[Mood] = field(default_factory=deque)
    etag: str = '"one"'
    modified: str = "Mon, 02 Nov 2026 10:00:00 GMT"
    server: str = "AmazonS3"
    served: int = 0
    after: Mood = Mood()

    def answer(self) -> _Answer:
        """What is put under a path."""
        return _answering(self)

    def head(self, request: Request, mood: Mood) -> tuple[int, list[str], bytes]:
        """Status, headers and body of the answer to a request."""
        named = dict(request.headers)
        lines = ["Accept-Ranges: bytes", f"Server: {self.server}"]
        lines += [f"ETag: {self.etag}"] if self.etag else []
        lines += [f"Last-Modified: {self.modified}"] if self.modified else []
        told = re.fullmatch(r"bytes=(\d+)-(\d*)", named.get("range", ""))
        unchanged = named.get("if-range", self.etag) in (self.etag, self.modified)
        if told is None or mood.whole or not unchanged:
            return 200, lines, self.data
        begin = int(told[1])
        if begin >= len(self.data):
            return 416, [*lines, f"Content-Range: bytes */{len(self.data)}"], b""
        shown = begin + mood.shift
        end = min(int(told[2] or len(self.data)) + 1, len(self.data))
        of = f"{shown}-{end - 1}/{len(self.data)}"
        return 206, [*lines, f"Content-Range: bytes {of}"], self.data[shown:end]


_Answer = object


def _answering(shelf: Shelf) -> _Answer:
    async def answer(request: Request) -> None:
        mood = shelf.moods.popleft() if shelf.moods else shelf.after
        if mood.changed is not None:
            shelf.data, shelf.etag = mood.changed, f'"{len(mood.changed)}-{len(shelf.moods)}"'
        if mood.status is not None:
            said = "".join(f"{name}: {value}\r\n" for name, value in mood.headers)
            head = f"HTTP/1.1 {mood.status} -\r\n{said}Content-Length: 2\r\n\r\nno"
            await request.send(head.encode())
            return
        await _send(shelf, request, mood)

    return answer


async def _send(shelf: Shelf, request: Request, mood: Mood) -> None:
    status, lines, body = shelf.head(request, mood)
    chunked = mood.untold
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    lines = [f"HTTP/1.1 {status} -", *lines, length, "Connection: close", "", ""]
    await request.send("\r\n".join(lines).encode())
    cut = len(body) if mood.cut is None else mood.cut
    for at in range(0, min(cut, len(body)), mood.piece):
        piece = body[at : min(at + mood.piece, cut)]
        shelf.served += len(piece)
        await request.send(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if mood.slow:
            await asyncio.sleep(mood.slow)
    if chunked and cut >= len(body):
        await request.send(b"0\r\n\r\n")


def endless(piece: bytes, most: int) -> _Answer:
    """A body that goes on until somebody hangs up, of so many pieces at the most."""

    async def answer(request: Request) -> None:
        await request.send(b"HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(most):
            await request.send(b"%x\r\n%b\r\n" % (len(piece), piece))

    return answer


__all__ = ["Mood", "Shelf", "endless", "replace"]
