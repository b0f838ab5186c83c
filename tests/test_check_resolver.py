"""From names to addresses, with the system's own function put in place of the network."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from backref.check import resolver
from backref.check.resolver import Endpoint, SystemResolver

FOUND = [
    (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
    (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("2606:2800::1", 80, 0, 0)),
    (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
]


def test_all_addresses_are_told_once_and_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return FOUND

    monkeypatch.setattr(resolver.socket, "getaddrinfo", look_up)

    async def run() -> list[tuple[Endpoint, ...]]:
        system = SystemResolver()
        found = [await system.resolve("example.com", 80) for _ in range(3)]
        system.close()
        return found

    wanted = (Endpoint("93.184.216.34", 80), Endpoint("2606:2800::1", 80))
    assert asyncio.run(run()) == [wanted] * 3
    assert asked == ["example.com"]


@pytest.mark.parametrize(
    "error", [socket.gaierror(-2, "unknown"), OSError("no network"), UnicodeError("label too long")]
)
def test_a_name_without_addresses_is_an_error_of_the_system(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def look_up(*_: Any, **__: Any) -> list[Any]:
        raise error

    monkeypatch.setattr(resolver.socket, "getaddrinfo", look_up)
    with pytest.raises(OSError, match=r"."):
        asyncio.run(SystemResolver().resolve("example.com", 80))


def test_who_waits_too_long_hears_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    over = threading.Event()
    monkeypatch.setattr(resolver.socket, "getaddrinfo", lambda *_, **__: over.wait(10) and FOUND)
    monkeypatch.setattr(resolver, "LOOKUP_SECONDS", 0.05)

    async def run() -> None:
        system = SystemResolver()
        try:
            await system.resolve("example.com", 80)
        finally:
            over.set()
            system.close()

    with pytest.raises(TimeoutError):
        asyncio.run(run())
