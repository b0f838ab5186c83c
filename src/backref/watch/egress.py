"""The wall around what messages may connect to.

A mail server, a webhook or a chat's server is named by whoever adds the channel, and libraries
resolve names for themselves. So the address is judged where the connection is made, by an audit
hook of the interpreter, whichever library makes it: what a name resolved to before, or resolves to
the second time, opens nothing.
"""

from __future__ import annotations

import socket
import sys
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from backref.check.guard import refused_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Forbidden(OSError):
    """A connection to an address that no message goes to."""


class Wall:
    """What one sending may connect to: public addresses and `allowed` ones. `refused` says what it
    tried beside. It knows every connection that was made, by whichever library."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(allowed)
        self._made: list[socket.socket] = []
        self.refused: list[str] = []

    def knows(self, made: socket.socket) -> None:
        """A socket is about to connect. What holds it may wrap it, so a copy is kept."""
        with suppress(OSError):
            self._made.append(made.dup())

    def cut(self) -> None:
        """Cut off all connections, whatever they are doing."""
        for made in list(self._made):
            with suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Forget the connections."""
        while self._made:
            self._made.pop().close()

    def judge(self, address: object) -> None:
        """Raise Forbidden unless a socket may connect there."""
        host = address[0] if isinstance(address, tuple) and address else address
        said = host if isinstance(host, str) else "what is no internet address"
        if said in self._allowed:
            return
        if reason := refused_address(said):
            self.refused.append(f"{said} is not sent to: {reason}.")
            raise Forbidden(self.refused[-1])


_WALL: ContextVar[Wall | None] = ContextVar("wall", default=None)


@contextmanager
def walled(allowed: Iterable[str] = ()) -> Iterator[Wall]:
    """Until it ends, this thread connects to public addresses and to `allowed`, which are names or
    addresses, alone."""
    _watch()
    wall = Wall(_resolved(allowed))
    token = _WALL.set(wall)
    try:
        yield wall
    finally:
        _WALL.reset(token)
        wall.close()


@cache
def _watch() -> None:
    """Judge connections from now on; a hook cannot be taken off, and costs nothing outside."""
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto") and (wall := _WALL.get()) is not None:
        wall.judge(arguments[1])
        if event == "socket.connect":
            wall.knows(arguments[0])


def _resolved(allowed: Iterable[str]) -> Iterator[str]:
    """The addresses of names; one that nobody knows allows nothing."""
    for name in allowed:
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except OSError:
            continue
        yield from (str(each[4][0]) for each in found)
