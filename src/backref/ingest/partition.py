"""What one partition knows of identities: those that the store holds, those met in this source.

The occurrence number k of a record is how many equal ones came before it in its source. Counts
are kept in sorted runs that are merged as they grow, each identity in exactly one run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backref.ingest.identifiers import Ids

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class _Run:
    """Sorted identities, each with how often it was met."""

    ids: Ids
    counts: np.ndarray


class Partition:
    """One partition at `version`: `stored` are the store's identities, sorted."""

    def __init__(self, version: int, stored: Ids) -> None:
        self.version = version
        self.stored = stored
        self._runs: list[_Run] = []

    @property
    def nbytes(self) -> int:
        """Memory that the identities take."""
        met = sum(len(run.ids) for run in self._runs)
        return 16 * len(self.stored) + 24 * met

    def occurrences(self, ids: Ids) -> np.ndarray:
        """The occurrence number of each identity; what is given is met from now on."""
        order = ids.order()
        ordered = ids[order]
        first = _firsts(ordered)
        begins = np.flatnonzero(first)
        group = np.cumsum(first) - 1
        counts = np.diff(begins, append=len(ids))
        before = self._met(ordered[begins], counts)
        numbers = np.empty(len(ids), np.int64)
        numbers[order] = before[group] + np.arange(len(ids)) - begins[group]
        return numbers

    def _met(self, ids: Ids, counts: np.ndarray) -> np.ndarray:
        """How often each of the distinct sorted ids was met before; adds `counts` to that."""
        before = np.zeros(len(ids), np.int64)
        unmet = np.arange(len(ids))
        for run in self._runs:
            places = run.ids.find(ids[unmet])
            there = places >= 0
            before[unmet[there]] = run.counts[places[there]]
            run.counts[places[there]] += counts[unmet[there]]
            unmet = unmet[~there]
        if unmet.size:
            self._runs.append(_Run(ids[unmet], counts[unmet].astype(np.int64)))
            self._merge()
        return before

    def _merge(self) -> None:
        """Keep each run more than twice as long as the next, so that there are few."""
        while len(self._runs) > 1 and len(self._runs[-2].ids) < 2 * len(self._runs[-1].ids):
            newer, older = self._runs.pop(), self._runs.pop()
            ids = Ids.joined((older.ids, newer.ids))
            order = ids.order(joined=True)
            counts = np.concatenate((older.counts, newer.counts))
            self._runs.append(_Run(ids[order], counts[order]))

    def spill(self, file: Path) -> None:
        """Write the identities to a file and let go of them until `recall`."""
        columns = [self.stored.head, self.stored.tail]
        for run in self._runs:
            columns += [run.ids.head, run.ids.tail, run.counts]
        with file.open("wb") as opened:
            for column in columns:
                np.save(opened, column, allow_pickle=False)
        self._spilled = len(self._runs)
        self.stored, self._runs = Ids.none(), []

    def recall(self, file: Path) -> None:
        """Read back what `spill` wrote."""
        with file.open("rb") as opened:

            def column() -> np.ndarray:
                return np.asarray(np.load(opened, allow_pickle=False))

            self.stored = Ids(column(), column())
            self._runs = [_Run(Ids(column(), column()), column()) for _ in range(self._spilled)]
        file.unlink()


def _firsts(ids: Ids) -> np.ndarray:
    """Which of the ordered identities are the first of their kind."""
    first = np.ones(len(ids), bool)
    first[1:] = (ids.head[1:] != ids.head[:-1]) | (ids.tail[1:] != ids.tail[:-1])
    return first
