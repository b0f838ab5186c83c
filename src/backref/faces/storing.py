"""The commands that fill a store and care for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from backref.faces import asking
from backref.faces.options import JsonOption, SiteOption, StoreOption  # noqa: TC001 - see cli

PARTIAL = 3


def init(
    site: Annotated[str, typer.Argument(help="The site's main domain, as example.com.")],
    *,
    also: Annotated[list[str] | None, typer.Option(help="A further domain of the brand.")] = None,
    was: Annotated[list[str] | None, typer.Option(help="A former domain of the brand.")] = None,
    brand: Annotated[
        list[str] | None, typer.Option(help="A term that people search the brand by.")
    ] = None,
    goal: Annotated[
        list[str] | None, typer.Option(help="A path whose visit converts; * stands for anything.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of the site's days.")] = None,
    store: StoreOption = None,
) -> None:
    """Make a store here, or add a site to it or change it."""
    from backref.faces import setup
    from backref.faces.terminal import say

    record = setup.site_record(
        site, also=also or (), was=was or (), brand=brand or (), goals=goal or (), zone=zone
    )
    named = store or (Path(place) if (place := os.environ.get("BACKREF_STORE")) else None)
    path = setup.store_of(Path.cwd(), named)
    saved = setup.save(path, record, zone=zone is not None)
    say(f"{saved.name} is in the store {path}. Next: backref import FILES")


def import_(
    files: Annotated[list[str], typer.Argument(help="Files of any known format; - is stdin.")],
    *,
    site: SiteOption = None,
    stream: Annotated[
        str, typer.Option(help="Tells servers apart whose equal log lines are different hits.")
    ] = "",
    release: Annotated[
        str, typer.Option(help="Of published ranks: their last month, where no file's name tells.")
    ] = "",
    log_format: Annotated[
        str, typer.Option(help="How lines of logs are written, as Apache or nginx is told it.")
    ] = "",
    internal: Annotated[bool, typer.Option("--internal", help="Keep internal links too.")] = False,
    skip_unknown: Annotated[
        bool,
        typer.Option("--skip-unknown", help="Import the others when some are not recognised."),
    ] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on importing logs while they grow, until Ctrl+C.")
    ] = False,
    every: Annotated[
        float, typer.Option(min=0.1, help="With --follow, look at them every so many seconds.")
    ] = 1.0,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Import files, recognised by what they hold, and bring the ledger up to date."""
    from backref.faces import following, importing

    found = asking.settings(store, site)
    if follow:
        how = log_format or found.log_format
        following.run(found, files, every=every, as_json=as_json, stream=stream, log_format=how)
        return
    all_stored = importing.run(
        found,
        files,
        stream=stream,
        release=release,
        log_format=log_format,
        internal=internal,
        skip_unknown=skip_unknown,
        as_json=as_json,
    )
    if not all_stored:
        raise typer.Exit(PARTIAL)


def verify(as_json: JsonOption = False, store: StoreOption = None) -> None:
    """Look at every byte of the store; exit 1 when something is missing or damaged."""
    from backref.faces import listing
    from backref.faces.terminal import say, visible
    from backref.lake.lake import Lake

    with Lake.open(asking.settings(store, None).store) as lake:
        findings = list(lake.verify())
    if as_json:
        listing.write(listing.json_lines(findings))
    else:
        listing.write(
            "".join(visible(f"{finding.subject}: {finding.message}") + "\n" for finding in findings)
        )
    if findings:
        raise typer.Exit(1)
    say("The store is whole.")


def rebuild(store: StoreOption = None) -> None:
    """Build every derived table anew from what was imported."""
    from backref.faces import importing
    from backref.lake.lake import Lake

    with Lake.open(asking.settings(store, None).store) as lake:
        importing.rebuild(lake)


def demo(
    *,
    folder: Annotated[Path, typer.Option(help="Where to make it.")] = Path("backref-demo"),
    seed: Annotated[int, typer.Option(help="Equal seeds make equal worlds.")] = 7,
    serve: Annotated[
        bool | None,
        typer.Option(
            "--serve/--no-serve", help="Show the dashboard at the end; a terminal does anyway."
        ),
    ] = None,
) -> None:
    """A simulated site from its files to its report and dashboard, in a folder of its own."""
    from backref.faces import demonstration, terminal
    from backref.faces.serve import command

    store = demonstration.run(folder, seed)
    if serve or (serve is None and terminal.somebody_watches()):
        command.show(store)
