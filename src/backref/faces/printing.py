"""The commands that print or write one whole thing."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from backref.errors import UsageError
from backref.faces import asking
from backref.faces.options import (  # noqa: TC001 - see cli
    AsOfOption,
    JsonOption,
    SiteOption,
    StoreOption,
)


def overview(
    *,
    site: SiteOption = None,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """The headline, five numbers, three piles to act on, and what matters more."""
    from backref.faces import listing, overview, terminal

    with asking.site_of(store, site, as_of) as asked:
        found = asked.overview()
    if as_json:
        listing.write(listing.json_lines([found]))
    else:
        listing.write(overview.text(found, colours=terminal.coloured(sys.stdout)))


def placements(
    template: Annotated[
        bool, typer.Option("--template", help="Print an empty placement sheet.")
    ] = False,
) -> None:
    """The sheet of what the team agreed, built or paid; fill it in and import it."""
    from backref.faces import listing
    from backref.sources.export_placements import placement_template

    if not template:
        raise UsageError(
            "Say `backref placements --template > placements.csv`, fill the sheet in, import it."
        )
    listing.write(placement_template())


def version() -> None:
    """The version."""
    from importlib.metadata import version as installed

    print(f"backref {installed('backref')}")  # noqa: T201
