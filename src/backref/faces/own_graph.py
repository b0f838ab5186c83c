"""Backref's own graph from the command line: the links of the store, in any window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.errors import UsageError
from backref.faces.query import moment
from backref.graph.adding import NAME
from backref.graph.build import own_edges
from backref.graph.own import store
from backref.lake import trouble
from backref.lake.graphs import FOLDER
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from datetime import datetime

    from backref.config import Config
    from backref.graph.manifest import Manifest

LEVELS = ("domain", "host")


def add(found: Config, name: str, level: str, since: str | None, until: str | None) -> Manifest:
    """Store the graph of all links that stood in a window. Raises UsageError."""
    name, level = name or "own", level or "domain"
    if not NAME.fullmatch(name):
        raise UsageError(f"A graph cannot be called {name!r}: give letters, digits, - and _.")
    if level not in LEVELS:
        raise UsageError(f"There is no level {level!r}: choose domain or host.")
    began, ended = (_end(text) for text in (since, until))
    with Lake.open(found.store) as lake, lake.snapshot() as snapshot:
        edges = own_edges(snapshot, level, began, ended)
        with trouble.named("storing the graph"):
            return store(edges, found.store / FOLDER / name, level)


def _end(text: str | None) -> datetime | None:
    """The end of a day, or a time, in UTC."""
    return moment.until(text, "UTC") if text else None
