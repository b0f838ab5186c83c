"""Where this process connects to, as the interpreter itself sees it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Watch:
    def __init__(self) -> None:
        self.allowed: frozenset[str] | None = None
        self.connected: list[str] = []
        self.looked_up: list[str] = []
        self.hooked = False

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.allowed is None:
            return
        if event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
            self.connected.append(str(arguments[1][0]))
            if arguments[1][0] not in self.allowed:
                raise PermissionError(f"a packet to {arguments[1][0]}")
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            self.looked_up.append(str(arguments[0]))
            raise PermissionError(f"a question for {arguments[0]}")


_watch = _Watch()


@contextmanager
def only_to(addresses: frozenset[str]) -> Iterator[_Watch]:
    """Record all connections of this process and every name that is looked up, and let none but
    these addresses be reached: nothing leaves, and what tried to is told."""
    if not _watch.hooked:
        sys.addaudithook(_watch.see)
        _watch.hooked = True
    _watch.connected, _watch.looked_up, _watch.allowed = [], [], addresses
    try:
        yield _watch
    finally:
        _watch.allowed = None
