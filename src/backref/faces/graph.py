"""The commands of `backref graph`: link graphs of the web, stored and ranked."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from backref.faces import asking
from backref.faces.fetching import fetch, published
from backref.faces.graphs import add, drop, list_
from backref.faces.options import JsonOption, StoreOption  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from collections.abc import Callable

app = typer.Typer(
    name="graph",
    help="Link graphs of the web: store them whole, fetch what is published of them, rank them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def rank(
    name: Annotated[str, typer.Argument(help="The graph, as `backref graph list` names it.")],
    *,
    damping: Annotated[
        float, typer.Option(min=0.0, max=0.99, help="How often a reader follows a link.")
    ] = 0.85,
    tolerance: Annotated[
        float, typer.Option(min=1e-14, max=0.1, help="Stop when so little is missing in all.")
    ] = 1e-9,
    seeds: Annotated[
        Path | None, typer.Option("--seeds", help="A file of domains that you trust, one a line.")
    ] = None,
    spam_seeds: Annotated[
        Path | None, typer.Option("--spam-seeds", help="A file of domains known for spam.")
    ] = None,
    replicas: Annotated[
        int | None,
        typer.Option(
            min=0, max=1000, help="Resamplings behind the intervals; 0 for none. Default: by size."
        ),
    ] = None,
    harmonic: Annotated[
        bool, typer.Option("--harmonic/--no-harmonic", help="Harmonic centrality too.")
    ] = True,
    memory: Annotated[
        str | None, typer.Option(help="What it may take, as 4GB. Default: half of the machine's.")
    ] = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Rank a stored graph: authority, trust and spam mass of all its nodes.

    Stopped at any time, the next run that asks for the same goes on from there.
    """
    from backref.faces import ranking

    asked = ranking.Options(damping, tolerance, seeds, spam_seeds, replicas, harmonic, memory)
    ranking.run(asking.settings(store, None), name, asked, as_json=as_json)


COMMANDS: tuple[Callable[..., None], ...] = (add, list_, drop, fetch, published, rank)
"""Every command of the group, in the order of the help."""

for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
