"""Questions that are answered with Arrow batches: hits, sessions, and what SQL selects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from backref.errors import UsageError
from backref.faces.python.wanted import Wanted, fits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FALLING = (pa.types.is_integer, pa.types.is_floating, pa.types.is_temporal, pa.types.is_boolean,
           pa.types.is_decimal)  # fmt: skip


@dataclass(frozen=True)
class Stored:
    """Rows that stream. `read` takes the filters and `limit`, `counted` the filters alone."""

    name: str
    layout: Callable[[], pa.Schema]
    read: Callable[..., pa.RecordBatchReader]
    counted: Callable[..., int]
    filters: tuple[str, ...] = ()
    sorts: tuple[str, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """The names that its rows have."""
        return tuple(self.layout().names)

    def rows(self, wanted: Wanted) -> Iterator[dict[str, Any]]:
        """The rows as names and values, a batch at a time unless they must be sorted."""
        for batch in self.table(wanted).to_batches() if wanted.order else self._batches(wanted):
            yield from batch.to_pylist()

    def table(self, wanted: Wanted) -> pa.Table:
        """The rows as Arrow."""
        found = pa.Table.from_batches(self._batches(wanted), self.layout())
        if not wanted.order:
            return found
        return _sorted(found, wanted.order, reverse=wanted.reverse).slice(0, wanted.limit)

    def count(self, wanted: Wanted) -> int:
        """How many rows that is."""
        if wanted.where:
            return sum(batch.num_rows for batch in self._batches(wanted))
        total = self.counted(**wanted.given)
        return total if wanted.limit is None else min(total, wanted.limit)

    def by(self, *_: object) -> Any:
        """Nothing groups these. Raises UsageError."""
        raise UsageError(f"There are no groups of {self.name}: group its frame, or use SQL.")

    def _batches(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        """The rows that fit, in the order of the store, cut unless they are yet to be sorted."""
        left = None if wanted.order else wanted.limit
        cut = {} if left is None or wanted.where else {"limit": left}
        for batch in self.read(**wanted.given, **cut):
            kept = _kept(batch, wanted.where)
            yield kept.slice(0, left)
            if left is not None:
                left -= kept.num_rows
                if left <= 0:
                    return


def _kept(batch: pa.RecordBatch, where: Mapping[str, Any]) -> pa.RecordBatch:
    for name, value in where.items():
        batch = batch.filter(_mask(batch.column(name), name, value))
    return batch


def _mask(column: pa.Array, name: str, wanted: Any) -> pa.Array:
    """Which of a column's values fit."""
    if callable(wanted) or pa.types.is_nested(column.type):
        return pa.array([fits(value, wanted) for value in column.to_pylist()], pa.bool_())
    several = isinstance(wanted, (list, tuple, set, frozenset))
    try:
        values = pa.array(list(wanted) if several else [wanted], column.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        raise UsageError(f"{name} holds no {wanted!r}: its type is {column.type}.") from None
    return pc.is_in(column, value_set=values)


def _sorted(rows: pa.Table, by: str, *, reverse: bool) -> pa.Table:
    falling = any(is_one(rows.schema.field(by).type) for is_one in FALLING)
    order = "descending" if falling is not reverse else "ascending"
    try:
        return rows.sort_by([(by, order)])
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        raise UsageError(f"There is no order of {by!r}: sort by another column.") from None
