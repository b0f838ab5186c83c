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
from backref.faces.serve.settings import ANYWHERE
from backref.faces.terminal import say
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

    from backref.faces.serve.door import Door
    from backref.faces.serve.settings import Settings

MOST_AT_ONCE = 200
"""Connections; whoever comes beyond is told to come again."""
PATIENCE = 3
"""Seconds that open connections get when the server ends."""


def run(
    store: Path,
    settings: Settings,
    *,
    browse: bool = False,
    or_any_port: bool = False,
    new_password: bool = False,
) -> None:
    """Serve a store until Ctrl+C. Raises NoStore, and UsageError where it cannot listen."""
    with Lake.open(store), listening(settings, or_any_port=or_any_port) as listener:
        address = f"http://{_reached_by(settings)}:{listener.getsockname()[1]}/"

        def begun(app: FastAPI) -> None:
            say(f"Backref shows {store} at {address} (Ctrl+C ends it)")
            if not settings.private:
                _tell_of_the_door(app.state.door, address, renewed=new_password)
            if browse:
                webbrowser.open(address)

        _serve(create_app(store, settings, begun), listener)
    say("Ended.")


def _tell_of_the_door(door: Door, address: str, *, renewed: bool) -> None:
    """Say where the password is set, when there is none or a new one is wanted."""
    if renewed or not door.has_password:
        say(f"Set the password once at {address}setup?key={door.new_key()}")


def listening(settings: Settings, *, or_any_port: bool = False) -> socket.socket:
    """A socket at the settings' host and port. Raises UsageError with the mend."""
    if not settings.host:
        raise UsageError("--host is empty: name an address of this machine, or leave it out.")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
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


def _reached_by(settings: Settings) -> str:
    """A name of the server for an address; one that listens everywhere is on this machine too."""
    if settings.names:
        return settings.names[0]
    host = "localhost" if settings.host in ANYWHERE else settings.host
    return f"[{host}]" if ":" in host else host


def _serve(app: FastAPI, listener: socket.socket) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    # Whoever sends nonsense is answered; it is nothing to tell the owner of.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_graceful_shutdown=PATIENCE,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
