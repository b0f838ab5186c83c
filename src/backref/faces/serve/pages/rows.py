"""Lists whose rows are all at hand: sorted as the address says, cut into pages by rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from backref.faces.query.links import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
Row = TypeVar("Row")


@dataclass(frozen=True)
class Part(Generic[Row]):
    """One page of a list. `first` is the place of its first row among `total`; `earlier` and
    `later` name the rows that further pages come before and after, None at an end."""

    rows: Sequence[Row]
    total: int
    first: int
    earlier: str | None
    later: str | None


def arranged(
    rows: Sequence[Row], keys: Mapping[str, Callable[[Row], Any]], sort: str, *, turned: bool
) -> list[Row]:
    """The rows by one of `keys`: figures and times from the largest, words from the first letter,
    the other way round when `turned`; what is not known last either way. Equals keep their order.
    """
    key = keys[one_of(sort, tuple(keys), "sort")]
    known = [row for row in rows if key(row) is not None]
    in_words = bool(known) and isinstance(key(known[0]), str)
    known.sort(key=key, reverse=in_words == turned)
    return known + [row for row in rows if key(row) is None]


def part(
    rows: Sequence[Row],
    name: Callable[[Row], str],
    *,
    after: str | None = None,
    before: str | None = None,
    limit: int,
) -> Part[Row]:
    """The rows that stand next after the row `after`, or next before `before`, or first. A name
    that no row has any more begins anew."""
    start, stop = 0, len(rows)
    if after is not None:
        start = _place(rows, name, after, -1) + 1
    elif before is not None:
        stop = _place(rows, name, before, 0)
        start = max(0, stop - limit)
    stop = min(start + limit, stop)
    shown = rows[start:stop]
    if not shown:
        shown, start = rows[:limit], 0
    end = start + len(shown)
    return Part(
        shown,
        len(rows),
        start + 1 if shown else 0,
        name(shown[0]) if start > 0 else None,
        name(shown[-1]) if end < len(rows) else None,
    )


def _place(rows: Sequence[Row], name: Callable[[Row], str], wanted: str, none: int) -> int:
    return next((at for at, row in enumerate(rows) if name(row) == wanted), none)


def searched(rows: Sequence[Row], words: str, text: Callable[[Row], str]) -> list[Row]:
    """The rows whose text holds the words."""
    wanted = words.strip().lower()
    return [row for row in rows if wanted in text(row).lower()] if wanted else list(rows)


def holds(wanted: Sequence[str], value: str) -> bool:
    """Whether a value is among those that an address chooses, or it chooses none."""
    return not any(wanted) or value in wanted
