"""Backref: link intelligence you host yourself.

>>> import backref
>>> store = backref.open("folder")  # doctest: +SKIP
>>> store.site("example.com").links(state="lost", since="30d")  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backref.faces.query import Site, Store
    from backref.faces.query import open_store as open  # noqa: A004

__all__ = ["Site", "Store", "open"]

_NAMES = {"Site": "Site", "Store": "Store", "open": "open_store"}


def __getattr__(name: str) -> Any:
    """Load the engine only when somebody asks for data: `backref --help` shall be quick."""
    if name not in _NAMES:
        raise AttributeError(f"module 'backref' has no attribute {name!r}")
    return getattr(import_module("backref.faces.query"), _NAMES[name])
