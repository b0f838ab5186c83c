"""The commands of `backref graph`: link graphs of the web, stored and ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from backref.faces.fetching import fetch

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="graph",
    help="Link graphs of the web: fetch what is published of them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: tuple[Callable[..., None], ...] = (fetch,)
"""Every command of the group, in the order of the help."""

for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
