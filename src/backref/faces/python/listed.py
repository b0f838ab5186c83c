"""Questions that are answered with rows of our own: the listings of a site and of a store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.python import frames
from backref.faces.python.wanted import Wanted, fits, ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa

Row = TypeVar("Row")


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """A listing. `ask` answers with its rows, and takes its filters and `sort`; `counted` only
    counts them, where that is less work; `grouped` makes the question for groups of rows."""

    name: str
    kind: type[Row]
    ask: Callable[..., Sequence[Row]]
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()
    cuts: bool = True
    counted: Callable[..., int] | None = None
    grouped: Callable[[str, Callable[[], Sequence[Row]] | None], Any] | None = None

    def columns(self) -> tuple[str, ...]:
        """The names that its rows have."""
        return listing.names(self.kind)

    def rows(self, wanted: Wanted) -> Iterator[Row]:
        """The rows: what the listing can do itself is left to it."""
        asked: dict[str, Any] = dict(wanted.given)
        own_order = wanted.order in self.sorts and not wanted.reverse
        if own_order:
            asked["sort"] = wanted.order
        if self.cuts and not wanted.where and (own_order or wanted.order is None):
            asked["limit"] = wanted.limit
        found = list(self.ask(**asked))
        for name, value in wanted.where.items():
            found = [row for row in found if fits(getattr(row, name), value)]
        if wanted.order and not own_order:
            name = wanted.order
            found = ordered(found, lambda row: getattr(row, name), reverse=wanted.reverse)
        return iter(found[: wanted.limit])

    def table(self, wanted: Wanted) -> pa.Table:
        """The rows as Arrow."""
        return frames.table(list(self.rows(wanted)), frames.layout(self.kind))

    def count(self, wanted: Wanted) -> int:
        """How many rows that is."""
        if wanted.where or self.counted is None:
            return sum(1 for _ in self.rows(wanted))
        total = self.counted(**wanted.given)
        return total if wanted.limit is None else min(total, wanted.limit)

    def by(self, grouping: str, wanted: Wanted, /) -> Any:
        """The question for groups of the rows. Raises UsageError where there is none."""
        if self.grouped is None:
            raise UsageError(f"There are no groups of {self.name}: leave out `.by`.")
        narrowed = wanted.given or wanted.where
        return self.grouped(grouping, (lambda: list(self.rows(wanted))) if narrowed else None)
