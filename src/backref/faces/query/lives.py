"""What links may still expect, by how long those like them have lived."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from backref.ledger.survival import Expectation, Lives

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from backref.faces.query.view import View
    from backref.ledger.survival import Estimate

DAY = timedelta(days=1) / timedelta(microseconds=1)


def lives_of(held: pa.Table) -> Lives:
    """The lives of `lives.sql`, in its order."""
    low, high = (_days(held, until) for until in ("lived", "lost"))
    return Lives(low, np.where(np.isnan(high), np.nan, np.fmax(low, high)))


def _days(held: pa.Table, until: str) -> Any:
    """Days from when links were first seen; not a number where there is no end."""
    passed = pc.subtract(held[until], held["born"]).cast("int64").cast("float64", safe=False)
    return passed.to_numpy() / DAY


class Remaining:
    """What the links of a site may still expect from when they were last seen on: as those do that
    came about in the same way, and where too few of these were lost, as all do."""

    def __init__(self, view: View) -> None:
        held = view.table("lives.sql")
        lives, ways = lives_of(held), held["acquired"].to_numpy()
        self._all = Expectation(lives)
        self._by_way = {way: Expectation(lives.some(ways == way)) for way in set(ways)}
        self._ids, self._ages, self._ways = held["link_id"].to_numpy(), lives.low, ways

    def of(self, numbers: Sequence[int]) -> list[Estimate | None]:
        """The days that each link may expect; None where nothing can be said."""
        wanted = np.asarray(numbers, np.uint64)
        places = np.searchsorted(self._ids, wanted).tolist()
        return [self._at(place, number) for place, number in zip(places, numbers, strict=True)]

    def _at(self, place: int, number: int) -> Estimate | None:
        if place == len(self._ids) or int(self._ids[place]) != number:
            return None
        age = float(self._ages[place])
        return self._by_way[self._ways[place]].at(age) or self._all.at(age)
