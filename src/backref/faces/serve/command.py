"""`backref serve`: the server started from a command line, until it is told to end."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it when it runs
from typing import Annotated

import typer

from backref.faces.options import SiteOption, StoreOption
from backref.faces.serve.settings import HOST, PORT, Settings


def serve(
    *,
    host: Annotated[
        str, typer.Option(help="Where to listen; anything but this machine needs a password.")
    ] = HOST,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any that is free.")] = PORT,
    name: Annotated[
        list[str] | None, typer.Option(help="A host name that the server is reached by.")
    ] = None,
    new_password: Annotated[
        bool, typer.Option("--new-password", help="Print a link that sets a new password.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
    site: SiteOption = None,
    store: StoreOption = None,
) -> None:
    """The dashboard and the API, until Ctrl+C."""
    from backref.faces import asking
    from backref.faces.serve.running import run

    found = asking.settings(store, site)
    names = tuple(map(known_as, name or ()))
    settings = Settings(
        host,
        port,
        found.site,
        names=names,
        warm=True,
        private_channels=found.private_channels,
        contact=found.contact,
    )
    run(found.store, settings, browse=open_, new_password=new_password)


def known_as(name: str) -> str:
    """A host name as requests are compared with it. Raises UsageError for what is none."""
    from backref.errors import UsageError
    from backref.faces.serve.guard import hostname

    known = hostname(name)
    if not known or "/" in name:
        raise UsageError(f"--name {name!r} is no host name: give one such as backref.example.com.")
    return known


def show(store: Path) -> None:
    """The dashboard of a store that was just made, at a free port if the usual one is taken."""
    from backref.faces.serve.running import run

    run(store, Settings(warm=True), or_any_port=True)
