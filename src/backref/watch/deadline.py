"""A bound on the whole of a conversation: timeouts of single operations never end a trickle."""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from types import TracebackType

AGAIN = 0.2
"""Seconds until a connection is cut off again, which may have been made meanwhile."""


class Connection(Protocol):
    """What holds a socket, once it is connected."""

    sock: socket.socket | None


class Deadline:
    """Cuts a connection off when so many seconds have passed, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: Connection | None = None
        self._done = Event()
        self._thread = Thread(target=self._wait, daemon=True)

    def cuts(self, connection: Connection) -> None:
        """Have this connection cut off."""
        self._held = connection

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()

    def _wait(self) -> None:
        left = self._seconds
        while not self._done.wait(left):
            held = getattr(self._held, "sock", None)
            if held is not None:
                with suppress(OSError):
                    socket.socket.shutdown(held, socket.SHUT_RDWR)
            left = AGAIN
