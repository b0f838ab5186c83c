"""What a site of the farm is made of: paths and what they answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Seen:
    """A request as it arrived. Times are by the monotonic clock: `at` when it was read, `done` just
    before
    its answer was written."""

    at: float
    done: float
    host: str
    path: str
    address: str
    version: str
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True)
class Request:
    """A request with the connection that it came over, for answers that are no HTTP at all."""

    host: str
    path: str
    headers: tuple[tuple[str, str], ...]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes, every: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if every:
                await asyncio.sleep(every)


@dataclass(frozen=True)
class Reply:
    """An answer; its length is added to the headers."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0

    def head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} -"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1")


Raw = Callable[[Request], Awaitable[None]]
Answer = Reply | Raw | Callable[[str], Reply]
"""A fixed answer, one made from the path, or (a coroutine function) bytes written by hand, after
which the connection is closed."""


@dataclass
class Site:
    """One host. Its answers are found by path, else by `others`."""

    host: str
    address: str
    pages: dict[str, Answer] = field(default_factory=dict)
    others: Answer = Reply(b"not here", 404)
    tls: str = "good"
    http2: bool = False

    def answer(self, path: str) -> Answer:
        return self.pages.get(path.partition("?")[0], self.others)


def page(*links: str, text: str = "A page.", headers: Iterable[tuple[str, str]] = ()) -> Reply:
    """A small HTML page with these links."""
    anchors = "".join(f'<p>Read <a href="{link}">this</a> today.</p>' for link in links)
    html = f"<!doctype html><title>{text}</title><main><p>{text}</p>{anchors}</main>"
    return Reply(html.encode(), headers=(("Content-Type", "text/html; charset=utf-8"), *headers))
