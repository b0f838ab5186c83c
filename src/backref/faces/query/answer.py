"""An answer in rows: the rows that were asked for, and how many there are in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row = TypeVar("Row")


class Answer(list[Row]):
    """Rows of an answer, cut to what was asked for; `total` is how many there are."""

    def __init__(self, rows: Iterable[Row], total: int | None = None) -> None:
        super().__init__(rows)
        self.total = len(self) if total is None else total


def first(rows: Sequence[Row], limit: int | None) -> Answer[Row]:
    """The first `limit` rows, all without a limit."""
    return Answer(rows[:limit], len(rows))


def total(found: Sequence[dict[str, Any]]) -> int:
    """How many rows a read model would have had without its limit: its column `total`."""
    return int(found[0]["total"]) if found else 0
