"""From a command's options to the store, site and format that they mean."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from backref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.config import Config
    from backref.faces.listing import Format
    from backref.faces.query import Site, Store


def settings(store: Path | None, site: str | None) -> Config:
    """The configuration, with the store and site of a command."""
    from backref import config

    return config.load(store, site)


@contextmanager
def opened(found: Config) -> Iterator[Store]:
    """The open store of a configuration."""
    from backref.faces.query import Store
    from backref.lake.lake import Lake

    with Store(Lake.open(found.store)) as held:
        yield held


@contextmanager
def site_of(store: Path | None, site: str | None, as_of: str | None) -> Iterator[Site]:
    """The site that a command asks, its store open."""
    found = settings(store, site)
    with opened(found) as held:
        yield held.site(found.site, as_of)


def format_of(*, as_json: bool, as_csv: bool) -> Format:
    """How a command shall print. Raises UsageError."""
    from backref.faces.listing import Format

    if as_json and as_csv:
        raise UsageError("Choose one of --json and --csv.")
    return Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE
