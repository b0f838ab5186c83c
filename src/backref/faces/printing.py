"""The commands that print or write one whole thing."""

from __future__ import annotations

import sys

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


def version() -> None:
    """The version."""
    from importlib.metadata import version as installed

    print(f"backref {installed('backref')}")  # noqa: T201
