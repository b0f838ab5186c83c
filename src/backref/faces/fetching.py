"""The command that fetches what is published of the web's link graph."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it
from typing import Annotated

import typer

from backref.faces import asking
from backref.faces.checking import ContactOption  # noqa: TC001 - see cli
from backref.faces.options import JsonOption, Listing, StoreOption, listing

PARTIAL = 3


def fetch(
    release: Annotated[
        str,
        typer.Argument(help="Its name, as cc-main-2026-apr-may-jun, or its last month: 2026-06."),
    ],
    *,
    ranks: Annotated[
        bool, typer.Option("--ranks", help="Only the ranks of what the ledger names.")
    ] = False,
    level: Annotated[str, typer.Option(help="domain or host.")] = "domain",
    domain: Annotated[
        list[str] | None,
        typer.Option("--domain", help="This domain too, as a rival's; may be repeated."),
    ] = None,
    keep_sample: Annotated[
        int, typer.Option(min=1, help="Every so many-th rank is kept as a scale of all.")
    ] = 100_000,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", min=0, help="Stop after so many; the next run goes on."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help="Without --ranks, the folder for the files.")
    ] = None,
    base: Annotated[
        str, typer.Option("--base", help="Where releases lie, if not at Common Crawl.")
    ] = "",
    contact: ContactOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Fetch a published release of the web's link graph, over one polite connection.

    With --ranks its file of ranks streams by, and nothing of it is kept but the rows of the
    ledger's domains and a sample. Without, the files of the whole graph come to disk, many
    gigabytes, for `backref graph add`. Stopped or killed at any time, the same command goes on.
    """
    from backref.faces import fetches

    found = asking.settings(store, None)
    asked = fetches.asked(release, level, base, domain or (), every=keep_sample, minutes=minutes)
    contact = contact or found.contact
    if not ranks:
        fetches.files(found, asked, into, contact, as_json=as_json)
    elif not fetches.ranks(found, asked, contact, as_json=as_json):
        raise typer.Exit(PARTIAL)


@listing
def published(wanted: Listing) -> None:
    """Common Crawl's published ranks of the site's domains and of those that link to it."""
    from backref.faces import showing

    with wanted.asked() as asked:
        rows = asked.ranks(limit=wanted.limit)
        showing.show(rows, "RANKS", wanted.how, asked)
