"""Backref: link intelligence you host yourself.

>>> import backref
>>> with backref.open("folder") as store:  # doctest: +SKIP
...     store.site("example.com").links(state="lost", since="30d").pandas()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backref.errors import BackrefError
    from backref.faces.python import Relation, Site, Store
    from backref.faces.python import open_store as open  # noqa: A004

__all__ = ["BackrefError", "Relation", "Site", "Store", "open"]

_PYTHON = "backref.faces.python"
_NAMES = {
    "BackrefError": ("backref.errors", "BackrefError"),
    "Relation": (_PYTHON, "Relation"),
    "Site": (_PYTHON, "Site"),
    "Store": (_PYTHON, "Store"),
    "open": (_PYTHON, "open_store"),
}


def __getattr__(name: str) -> Any:
    """Load the engine only when somebody asks for data: `backref --help` shall be quick."""
    if name not in _NAMES:
        raise AttributeError(f"module 'backref' has no attribute {name!r}")
    module, held = _NAMES[name]
    return getattr(import_module(module), held)


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__))
