"""Relations: rows that are read when they are asked for, in the shape that is asked for.

What narrows, orders and cuts a relation makes another one and reads nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from backref.errors import UsageError
from backref.faces.python import frames, shown
from backref.faces.python.wanted import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas
    import polars
    import pyarrow as pa

Row = TypeVar("Row")
T_co = TypeVar("T_co", covariant=True)


class Question(Protocol[T_co]):
    """What a relation asks: a listing of `faces.query`, or a table of the store."""

    @property
    def name(self) -> str:
        """What it is about, as `links of example.com`."""

    @property
    def filters(self) -> Collection[str]:
        """Filters of its own."""

    @property
    def sorts(self) -> Collection[str]:
        """Orders of its own, the largest or newest first."""

    def columns(self) -> tuple[str, ...]:
        """The names that its rows have."""

    def rows(self, wanted: Wanted) -> Iterator[T_co]:
        """The rows one by one."""

    def table(self, wanted: Wanted) -> pa.Table:
        """The rows as Arrow."""

    def count(self, wanted: Wanted) -> int:
        """How many rows that is."""

    def by(self, grouping: str, wanted: Wanted, /) -> Question[Any]:
        """The question for groups of the rows."""


class Relation(Generic[Row]):
    """Rows of an answer. Nothing is read before `rows`, `arrow`, `polars`, `pandas`, `len`,
    iteration or showing it; the store's state at its opening answers, however late."""

    def __init__(self, question: Question[Row], wanted: Wanted | None = None) -> None:
        self._question = question
        self._wanted = wanted or Wanted()
        self._held: list[Row] | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns; of SQL they are known only by asking."""
        return self._question.columns()

    def filter(self, **values: Any) -> Relation[Row]:
        """The rows that fit. A name is one of the listing's filters, as the command line has them
        (`state="lost"`, `since="30d"`), or a column. What a column shall hold is a value, several
        of which any will do, None for not known, or a function of the value.

        Raises UsageError for a name that is neither.
        """
        self._refuse_behind_a_limit("filter")
        own = {name: value for name, value in values.items() if name in self._question.filters}
        for name in values.keys() - own.keys():
            self._refuse_unknown(name, "column or filter", self._question.filters)
        where = {name: value for name, value in values.items() if name not in own}
        return self._but(given={**self._wanted.given, **own}, where={**self._wanted.where, **where})

    def sort(self, by: str, *, reverse: bool = False) -> Relation[Row]:
        """The rows in another order: one of the listing's own (`visits`, `first-seen`) or that of
        a column. The largest number, the newest time, the first word stands first, or last if
        `reverse`; what is not known always stands last. Raises UsageError for another order."""
        self._refuse_behind_a_limit("sort")
        if by not in self._question.sorts:
            self._refuse_unknown(by, "sort", self._question.sorts)
        elif reverse and by not in self.columns:
            raise UsageError(f"The order {by!r} cannot be turned round: sort by a column instead.")
        return self._but(order=by, reverse=reverse)

    def limit(self, most: int) -> Relation[Row]:
        """The first rows, `most` of them at most. Raises UsageError for less than one."""
        if most < 1:
            raise UsageError(f"A limit of {most} leaves no row: give 1 or more.")
        held = self._wanted.limit
        return self._but(limit=most if held is None else min(held, most))

    def by(self, grouping: str) -> Relation[Any]:
        """The rows added up by one of the listing's groupings, as `--by` does. Raises UsageError
        for another one."""
        self._refuse_behind_a_limit("group")
        return Relation(self._question.by(grouping, self._wanted))

    def rows(self) -> list[Row]:
        """All rows at once."""
        if self._held is None:
            self._held = list(self._question.rows(self._wanted))
        return self._held

    def arrow(self) -> pa.Table:
        """The rows as an Arrow table; a link's lifeline as text with a glyph a week."""
        return self._question.table(self._wanted)

    def polars(self) -> polars.DataFrame:
        """The rows as a Polars frame. Raises NotInstalled without Polars."""
        return frames.polars_of(self.arrow())

    def pandas(self) -> pandas.DataFrame:
        """The rows as a pandas frame of Arrow-backed columns. Raises NotInstalled without
        pandas."""
        return frames.pandas_of(self.arrow())

    def __len__(self) -> int:
        return len(self._held) if self._held is not None else self._question.count(self._wanted)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._held) if self._held is not None else self._question.rows(self._wanted)

    def __repr__(self) -> str:
        """What is asked, without asking it."""
        wanted = self._wanted
        steps = [f"{name}={value!r}" for name, value in {**wanted.given, **wanted.where}.items()]
        if wanted.order:
            steps.append(f"sort={wanted.order!r}" + (", reverse=True" if wanted.reverse else ""))
        if wanted.limit is not None:
            steps.append(f"limit={wanted.limit}")
        return f"<{self._question.name}{': ' if steps else ''}{', '.join(steps)}>"

    def __str__(self) -> str:
        """The first rows as the command line shows them."""
        return shown.text(self._first(), self.columns, self._about())

    def _repr_html_(self) -> str:
        """The first rows as a table, links with their lifelines."""
        return shown.html(self._first(), self.columns, self._about())

    def _first(self) -> Sequence[Row]:
        return (
            self.rows()[: shown.ROWS] if self._held is not None else self.limit(shown.ROWS).rows()
        )

    def _about(self) -> str:
        total = len(self)
        said = f"{shown.ROWS} of {total:,} rows" if total > shown.ROWS else f"{total} rows"
        return f"{self._question.name}: {said}"

    def _but(self, **changed: Any) -> Relation[Row]:
        return Relation(self._question, replace(self._wanted, **changed))

    def _refuse_behind_a_limit(self, doing: str) -> None:
        if self._wanted.limit is not None:
            raise UsageError(f"The relation is cut already: {doing} before limiting it.")

    def _refuse_unknown(self, name: str, what: str, own: Collection[str]) -> None:
        if name not in self.columns:
            known = ", ".join(dict.fromkeys((*own, *self.columns)))
            raise UsageError(f"There is no {what} {name!r}: choose one of {known}.")
