"""One request and its answer over one connection, within bounds."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpcore2

from backref.check.connection import Overflow
from backref.check.content import Body, Bomb, Undecodable, codings
from backref.check.fetched import Outcome
from backref.check.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable

    from backref.check.connection import Connection
    from backref.check.look import Look

HEAD_BYTES = 1 << 18
"""So many bytes may come before the head of the answer itself is whole."""
FRAME_BYTES = 1 << 20
"""So much more than its body may come after the head, for what stands between its parts."""
STEP_BYTES, STEP_SECONDS = 1 << 15, 60.0
"""A body that is passed on ends when so few bytes came within so many seconds."""
SWITCHING = 101
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BLANKED = bytes(0x20 if byte < 0x20 or byte == 0x7F else byte for byte in range(256))


@dataclass
class Answer:
    """A response as far as it came; what is missing of the body is told by `truncated`."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    http_version: str
    address: str
    tls: str
    body: bytes = b""
    truncated: bool = False

    def header(self, name: bytes) -> str | None:
        """The value of the first header of a lower-case name, None without one."""
        found = next((value for key, value in self.headers if key.lower() == name), None)
        return None if found is None else found.decode("utf-8", "replace")


@dataclass
class Result:
    """What an exchange came to: an answer, a trouble, or both when the body broke off."""

    answer: Answer | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Bounds:
    """At most `most` bytes of a body are kept, which may unfold to `ratio` times what came over
    the wire; a large one comes in only on a seat, of which there are as many as memory holds."""

    most: int
    ratio: int
    seats: asyncio.Semaphore


@dataclass
class Passing:
    """A body on its way to whoever looks, instead of into memory. It has no time limit as a whole:
    `limit`, which bounds the exchange, begins anew whenever a further `STEP_BYTES` have come."""

    look: Look
    limit: asyncio.Timeout
    _step: int = 0

    async def all_of(self, pieces: AsyncIterable[bytes]) -> bool:
        """Pass pieces on; whether the body came to its end."""
        self._again()
        async for piece in pieces:
            if not self.look.take(piece):
                return False
            self._step += len(piece)
            if self._step >= STEP_BYTES:
                self._again()
        return True

    def _again(self) -> None:
        self._step = 0
        self.limit.reschedule(asyncio.get_running_loop().time() + STEP_SECONDS)


async def exchange(
    connection: Connection,
    request: httpcore2.Request,
    bounds: Bounds,
    into: Result,
    passing: Passing,
) -> None:
    """Send a request and read its answer within bounds; a body that the look passes on is not kept.

    All that happens is put `into` the result as it happens, so that it is there when the caller's
    time is over. Nothing but a cancellation is raised.
    """
    connection.stream.begin(HEAD_BYTES)
    try:
        response = await connection.send(request)
        into.answer = answer = _head(connection, response)
        passed = passing.look.passes_on(answer)
        most = passing.look.most_passed if passed else bounds.most
        connection.stream.begin(most + FRAME_BYTES)
        try:
            if passed:
                answer.truncated = True
                answer.truncated = not await passing.all_of(response.aiter_stream())
            else:
                await _read_body(response, answer, bounds)
        finally:
            await response.aclose()
    except (Bomb, Undecodable) as error:
        outcome = Outcome.TOO_LARGE if isinstance(error, Bomb) else Outcome.PROTOCOL
        into.trouble = Trouble(outcome, str(error))
    except Exception as error:
        _broken(connection, into, error)


def _head(connection: Connection, response: httpcore2.Response) -> Answer:
    version = response.extensions.get("http_version", b"").decode("ascii", "replace")
    if response.status <= SWITCHING:
        raise ValueError(f"status {response.status}")
    return Answer(
        response.status,
        clean(response.headers),
        version.removeprefix("HTTP/"),
        connection.address,
        connection.tls,
    )


def clean(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
    """Headers that can be written down a line each, whatever HTTP/2 let through: names of other
    letters are left out, and control characters in values become blanks."""
    return tuple(
        (name, value.translate(_BLANKED).strip())
        for name, value in headers
        if _NAME.fullmatch(name)
    )


async def _read_body(response: httpcore2.Response, answer: Answer, bounds: Bounds) -> None:
    coded = ",".join(
        value.decode("latin-1")
        for name, value in answer.headers
        if name.lower() == b"content-encoding"
    )
    body = Body(codings(coded), bounds.most, bounds.ratio)
    answer.truncated = True
    try:
        await _fill(body, response.aiter_stream(), bounds.seats)
        answer.truncated = body.full
    finally:
        answer.body = body.content()


async def _fill(body: Body, pieces: AsyncIterable[bytes], seats: asyncio.Semaphore) -> None:
    async with AsyncExitStack() as seated:
        waited = False
        async for piece in pieces:
            body.add(piece)
            if body.full:
                return
            if body.large and not waited:
                await seated.enter_async_context(seats)
                waited = True


def _broken(connection: Connection, into: Result, error: Exception) -> None:
    """Say what it means that the exchange broke. A body that broke off is an answer that is cut."""
    if isinstance(error, Overflow):
        if into.answer is None:
            into.trouble = Trouble(Outcome.PROTOCOL, "The head of the answer has no end.")
        return
    if into.answer is not None and isinstance(error, (OSError, httpcore2.RemoteProtocolError)):
        return
    if isinstance(error, OSError) or not connection.stream.received:
        into.trouble = Trouble(Outcome.CONNECT, "The server hung up before it answered.")
        return
    into.trouble = Trouble(Outcome.PROTOCOL, f"What the server sent is no HTTP ({_named(error)}).")


def _named(error: Exception) -> str:
    """The error in the library's words, cut short, for they may quote what was sent."""
    text = " ".join(str(error).split()) or type(error).__name__
    return ascii(text[:120])[1:-1]
