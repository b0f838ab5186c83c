"""A listing in its order, to be read a page at a time without asking for all of it again.

A page begins behind a row that is named, never behind a number of rows: what was added or taken
away meanwhile is neither shown twice nor passed over. Where the named row is gone itself, the page
begins at the place that it had.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from backref.faces.query.links import numbers, places, rows_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.faces.query.rows import LinkRow
    from backref.faces.query.view import View


class Ordered(Protocol):
    """Rows in order, each with a name of its own."""

    def __len__(self) -> int:
        """How many rows there are."""

    def rows(self, start: int, stop: int) -> Sequence[Any]:
        """The rows from one place up to another."""

    def name(self, row: Any, at: int) -> str:
        """What a row, which stands at a place, is called."""

    def place(self, name: str) -> int | None:
        """Where the row of that name stands, None when there is none."""


class Held:
    """Rows that are all there already; `name` tells what one is called."""

    def __init__(self, rows: Sequence[Any], name: Callable[[Any], str]) -> None:
        self._rows = rows
        self._name = name

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, start: int, stop: int) -> Sequence[Any]:
        """The rows from one place up to another."""
        return self._rows[start:stop]

    def name(self, row: Any, _: int) -> str:
        """What a row is called."""
        return self._name(row)

    def place(self, name: str) -> int | None:
        """Where the row of that name stands, None when there is none."""
        return self._places.get(name)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {self._name(row): at for at, row in enumerate(self._rows)}


class Links:
    """Links of a site, chosen and sorted as `query.links` does; a page of them is looked up, and
    its lifelines drawn, when it is read."""

    def __init__(self, view: View, **choice: Any) -> None:
        self._view = view
        self._ids = numbers(view, **choice)["link_id"].combine_chunks()
        self._places = places(view, self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def rows(self, start: int, stop: int) -> Sequence[LinkRow]:
        """The rows from one place up to another."""
        return rows_at(self._view, self._places.slice(start, max(0, stop - start)))

    def name(self, row: LinkRow, _: int) -> str:
        """A link's identity."""
        return row.link_id

    def place(self, name: str) -> int | None:
        """Where the link of that identity stands, None when there is none."""
        try:
            number = pa.scalar(int(name, 16), pa.uint64())
        except (ValueError, OverflowError):
            return None
        at = int(pc.index(self._ids, number).as_py())
        return None if at < 0 else at
