"""The server's life: a socket, the address to tell, and an end without noise."""

from __future__ import annotations

import errno
import logging
import socket
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING

import uvicorn

from backref.errors import UsageError
from backref.faces.serve.app import create_app
from backref.faces.terminal import say
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from backref.faces.serve.settings import Settings

PATIENCE = 3
"""Seconds that open connections get when the server ends."""


def run(
    store: Path, settings: Settings, *, browse: bool = False, or_any_port: bool = False
) -> None:
    """Serve a store until Ctrl+C. Raises NoStore, and UsageError where it cannot listen."""
    if not settings.private:
        raise UsageError("Without a password it may listen on this machine only: leave out --host.")
    with Lake.open(store):
        pass
    with listening(settings, or_any_port=or_any_port) as listener:
        app = create_app(store, settings)
        address = f"http://{_named(settings.host)}:{listener.getsockname()[1]}/"
        say(f"Backref shows {store} at {address} (Ctrl+C ends it)")
        if browse:
            webbrowser.open(address)
        _serve(app, listener)
    say("Ended.")


def listening(settings: Settings, *, or_any_port: bool = False) -> socket.socket:
    """A socket at the settings' host and port. Raises UsageError with the mend."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
    except OverflowError as error:
        raise UsageError(f"There is no port {settings.port}: name one up to 65535.") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE and or_any_port:
            return socket.create_server((settings.host, 0), family=family)
        raise UsageError(_why_not(error, settings)) from error


def _why_not(error: OSError, settings: Settings) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {settings.port} is in use: end what listens there, "
                "or choose another with --port."
            )
        case errno.EACCES:
            return f"Port {settings.port} may not be used by you: choose one from 1024 with --port."
        case _:
            return f"{settings.host} is no address of this machine: choose one with --host."


def _named(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _serve(app: FastAPI, listener: socket.socket) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
