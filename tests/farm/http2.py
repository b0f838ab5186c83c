"""HTTP/2 by a server that others wrote."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config


async def serve_http2(
    app: Any, files: tuple[Path, Path], addresses: list[str], over: asyncio.Event
) -> tuple[int, asyncio.Task[None]]:
    """Serve an ASGI app on one port of several addresses until `over`; returns the port."""
    port = _free_port(addresses)
    config = Config()
    config.bind = [f"{address}:{port}" for address in addresses]
    config.certfile, config.keyfile = map(str, files)
    config.alpn_protocols = ["h2"]
    config.graceful_timeout = 0.1
    config.errorlog = None
    task = asyncio.create_task(serve(app, config, mode="asgi", shutdown_trigger=over.wait))
    for _ in range(500):
        if _listening(addresses[-1], port):
            break
        await asyncio.sleep(0.01)
    return port, task


def _free_port(addresses: list[str]) -> int:
    with socket.socket() as tried:
        tried.bind((addresses[0], 0))
        return int(tried.getsockname()[1])


def _listening(address: str, port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex((address, port)) == 0
