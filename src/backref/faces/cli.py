"""The command line: it parses, asks, and prints. What is worth knowing is decided below it.

Data goes to stdout, everything else to stderr. Exit codes: 0 done, 1 something failed, 2 a wrong
request, 3 done in part (records were rejected, files skipped), 4 a condition was met, 130
interrupted.

The commands are functions of the modules named here; typer reads their signatures when it runs,
so what these name must be imported, and nothing heavy may be, before a command is chosen.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from backref.errors import BackrefError, QueryFailed
from backref.faces import checking, graph, happening, listings, printing, ranked, reporting, storing
from backref.faces.alerting import command as alerting
from backref.faces.doctor import doctor
from backref.faces.options import StoreOption  # noqa: TC001 - typer reads it
from backref.faces.serve.command import serve
from backref.faces.tagging.command import tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

app = typer.Typer(
    name="backref",
    help="Who links to a site, what each link is worth to search, and the people it brings.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS: tuple[Callable[..., None], ...] = (
    storing.init,
    storing.import_,
    printing.overview,
    listings.links,
    listings.domains,
    listings.referrers,
    listings.engagement,
    listings.leads,
    listings.disavow,
    listings.broken,
    listings.pages,
    ranked.authority,
    ranked.gap,
    happening.events,
    happening.survival,
    reporting.report,
    alerting.watch,
    alerting.alerts,
    alerting.digest,
    listings.imports,
    listings.sites,
    listings.placements,
    checking.check,
    checking.find,
    checking.evidence,
    tag,
    storing.verify,
    storing.rebuild,
    doctor,
    storing.demo,
    serve,
    printing.version,
)
"""Every command, in the order of the help."""

HINT = " (BACKREF_DEBUG=1 shows the details)"

for command in COMMANDS:
    app.command(command.__name__.rstrip("_"))(command)
app.add_typer(graph.app)


def _version(wanted: bool) -> None:
    if wanted:
        printing.version()
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool,
        typer.Option("--version", is_eager=True, callback=_version, help="Print the version."),
    ] = False,
    store: StoreOption = None,
) -> None:
    """Who links to a site, what each link is worth to search, and the people it brings."""
    if store is not None:
        context.default_map = {
            **_with_store(COMMANDS, store),
            "graph": _with_store(graph.COMMANDS, store),
        }


def _with_store(commands: Iterable[Callable[..., None]], store: Path) -> dict[str, object]:
    """The store as the default of each command."""
    return {command.__name__.rstrip("_"): {"store": str(store)} for command in commands}


def main() -> None:
    """The entry point: every failure is an exit code and one sentence on stderr, with what more
    can be told below it."""
    try:
        app()
    except BackrefError as error:
        hint = HINT if isinstance(error, QueryFailed) else ""
        _fail(str(error).partition("\n")[0] + hint, error, error.exit_code)
    except Exception as error:
        _fail(f"Something unforeseen failed: {type(error).__name__}: {error}{HINT}", error, 1)
    finally:
        _flush()


def _fail(sentence: str, error: Exception, code: int) -> None:
    if os.environ.get("BACKREF_DEBUG"):
        raise error
    from backref.faces.terminal import say, visible

    say(f"backref: {visible(sentence)}")
    for line in getattr(error, "details", ()):
        say(f"  {visible(line)}")
    sys.exit(code)


def _flush() -> None:
    """Flush while it can still be told that the reader has left."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        from backref.faces.terminal import nobody_reads

        nobody_reads()
