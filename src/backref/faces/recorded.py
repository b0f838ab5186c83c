"""Rows as every file and answer holds them: names and values, a lifeline as one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backref.faces import lifeline, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def recorded(row: Any) -> dict[str, Any]:
    """A row as names and values, its lifeline with a glyph a week."""
    values = listing.record(row)
    if isinstance(cells := values.get("lifeline"), tuple):
        values["lifeline"] = lifeline.strip(cells)
    return values


def csv_lines(parts: Iterable[Sequence[Any]], names: Sequence[str]) -> Iterator[str]:
    """Rows that come in parts as CSV, a part at a time; `names` are their columns."""
    yield ",".join(names) + "\n"
    for part in parts:
        _, _, lines = listing.csv_text([recorded(row) for row in part]).partition("\n")
        yield lines
