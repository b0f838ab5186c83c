"""Groups of a listing's rows: the ledger by its dimensions, other listings added up."""

from __future__ import annotations

from dataclasses import make_dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, get_type_hints

from backref.faces.python import frames
from backref.faces.python.listed import Listed
from backref.faces.query import GroupRow, groups, sums
from backref.faces.query.links import one_of
from backref.faces.query.sums import GROUPINGS, names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from backref.faces.query import LinkRow, Site


def by_dimension(
    asked: Callable[[], Site], dimension: str, narrowed: Callable[[], Sequence[LinkRow]] | None
) -> Listed[GroupRow]:
    """The ledger by a dimension: all of it, or the links that `narrowed` reads. Raises UsageError
    for another dimension."""
    one_of(dimension, groups.DIMENSIONS, "grouping")

    def ask(**given: Any) -> Sequence[GroupRow]:
        among = None if narrowed is None else [row.link_id for row in narrowed()]
        return asked().groups(dimension, among=among, **given)

    return Listed(f"links of {asked().name} by {dimension}", GroupRow, ask, sorts=groups.SORTS)


def added(
    listed: Listed[Any],
    listing: str,
    grouping: str,
    narrowed: Callable[[], Sequence[Any]] | None,
) -> Listed[Any]:
    """The rows of a listing added up. Raises UsageError for a grouping that it has not."""
    one_of(grouping, tuple(GROUPINGS[listing].keys), "grouping")
    kind = kind_of_sums(listing, listed.kind)

    def ask(**given: Any) -> Sequence[Any]:
        rows = listed.ask() if narrowed is None else narrowed()
        return [kind(**sum_) for sum_ in sums(listing, rows, grouping, **given)]

    return Listed(f"{listed.name} by {grouping}", kind, ask)


def kind_of_sums(listing: str, kind: type) -> type[Any]:
    """The kind of row that a grouped listing has, with the types of the rows that it adds up."""
    types = {"group": str, "rows": int}
    known = get_type_hints(kind, localns=frames.NAMES)
    return make_dataclass(
        f"{listing.title()}Group",
        [(name, types.get(name) or known[name] | None) for name in names(listing)],
        frozen=True,
    )


def with_sums(listed: Listed[Any], listing: str) -> Listed[Any]:
    """The listing, able to be added up."""
    return replace(listed, grouped=partial(added, listed, listing))
