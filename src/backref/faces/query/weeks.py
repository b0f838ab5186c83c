"""What became of each link week by week: its lifeline and its visits, found by the link at once.

Both are read for all links of a site together, once a view, so that a page of links costs as much
in a large store as in a small one.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from backref.ledger import lifeline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pyarrow as pa

    from backref.faces.query.view import View


class ByLink:
    """Rows of a table with a column `link_id`, in its order."""

    def __init__(self, rows: pa.Table) -> None:
        self._ids = rows["link_id"].to_numpy()
        self._rows = rows.drop_columns("link_id").combine_chunks()

    def of(self, numbers: Sequence[int]) -> list[list[dict[str, Any]]]:
        """The rows of each link."""
        wanted = np.asarray(numbers, np.uint64)
        begins = np.searchsorted(self._ids, wanted, "left")
        ends = np.searchsorted(self._ids, wanted, "right")
        at = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
        found = iter(self._rows.take(np.concatenate(at)).to_pylist()) if at else iter(())
        return [[next(found) for _ in each] for each in at]


class Weeks:
    """The 52 weeks that end with a view's, of every link of its site."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.shown = lifeline.weeks(view.until_day)

    def cells(self, numbers: Sequence[int]) -> list[tuple[str, ...]]:
        """The lifeline of each link, see `ledger.lifeline`."""
        return [
            lifeline.cells([lifeline.Run(**run) for run in runs], self.shown)
            for runs in self._runs.of(numbers)
        ]

    def visits(self, numbers: Sequence[int]) -> list[tuple[float, ...]]:
        """The visits of each link by week."""
        return [
            lifeline.weekly({row["week"]: row["visits"] for row in sent}, self.shown)
            for sent in self._sent.of(numbers)
        ]

    @cached_property
    def _runs(self) -> ByLink:
        return self._of_all("lifeline_runs.sql", week_lo=self.shown[0], week_hi=self.shown[-1])

    @cached_property
    def _sent(self) -> ByLink:
        view, last = self._view, self.shown[-1] + timedelta(days=6)
        days: dict[str, date] = {"day_lo": self.shown[0], "day_hi": min(view.until_day, last)}
        return self._of_all("weekly_visits.sql", site=view.site.name, **days)

    def _of_all(self, file: str, **params: Any) -> ByLink:
        links = self._view.standing.select(["link_id"]).drop_null()
        return ByLink(self._view.table(file, {"shown": links}, **params))
