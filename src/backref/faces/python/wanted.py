"""What is wanted of a question's rows: narrowed, in an order, cut."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True)
class Wanted:
    """`given` are filters that the question itself knows, `where` columns with what they shall
    hold; `order` is one of the question's own or a column, `limit` the most rows."""

    given: Mapping[str, Any] = field(default_factory=dict)
    where: Mapping[str, Any] = field(default_factory=dict)
    order: str | None = None
    reverse: bool = False
    limit: int | None = None


def fits(value: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one, one of several, or one that a function says yes to. A
    value of several parts, as `witnesses`, fits by any of them."""
    if callable(wanted):
        return bool(wanted(value))
    if isinstance(wanted, Collection) and not isinstance(wanted, (str, bytes)):
        return any(fits(value, one) for one in wanted)
    if isinstance(value, (tuple, list, Mapping)):
        return wanted in value
    return bool(value == wanted)


def ordered(
    rows: Iterable[Any], value: Callable[[Any], Any], *, reverse: bool = False
) -> list[Any]:
    """Rows in the order of a value: of numbers and times the largest and newest first, of words as
    in a dictionary, the other way round if `reverse`; what is not known stands last."""
    known: list[Any] = []
    unknown: list[Any] = []
    for row in rows:
        (unknown if value(row) is None else known).append(row)
    falling = bool(known) and isinstance(value(known[0]), (bool, int, float, date, datetime))
    known.sort(key=value, reverse=falling is not reverse)
    return known + unknown
