"""From a name to the addresses that it leads to now."""

from __future__ import annotations

import asyncio
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

LOOKUPS_AT_ONCE = 64
LOOKUP_SECONDS = 10.0
REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 50_000


class Endpoint(NamedTuple):
    """An address, as text, and a port: where a connection goes."""

    address: str
    port: int


class Resolver(Protocol):
    """Finds addresses. Raises OSError where a name leads nowhere or nobody answers."""

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """All endpoints of a host's port, the best first."""


class SystemResolver:
    """The machine's own resolver, in threads, because it blocks. Answers are kept for a minute."""

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None
        self._known: dict[tuple[str, int], tuple[float, tuple[Endpoint, ...]]] = {}

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        """All endpoints of a host's port. Raises OSError."""
        until, found = self._known.get((host, port), (0.0, ()))
        if until > time.monotonic():
            return found
        if self._threads is None:
            self._threads = ThreadPoolExecutor(LOOKUPS_AT_ONCE, thread_name_prefix="resolver")
        asked = asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host, port)
        async with asyncio.timeout(LOOKUP_SECONDS):
            found = await asked
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[host, port] = (time.monotonic() + REMEMBERED_SECONDS, found)
        return found

    def close(self) -> None:
        """Wait for no further answers."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def _look_up(host: str, port: int) -> tuple[Endpoint, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except UnicodeError as error:
        raise OSError(f"{host} is no name that can be looked up") from error
    endpoints = (Endpoint(str(place[0]), int(place[1])) for *_, place in found)
    return tuple(dict.fromkeys(endpoints))
