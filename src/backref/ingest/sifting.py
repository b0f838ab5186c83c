"""Parsed records to new rows: numbered, judged, split by partition, visitors hashed.

A record's further rows come and go with it. Whether a record is new is known before its visitor
is hashed, so that a repeated import never asks for a salt that is gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from backref.errors import SourceError
from backref.ingest.identifiers import Ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.ingest.novelty import Novelty
    from backref.ingest.staging import Staging
    from backref.ingest.visitors import Visitors
    from backref.sources.source import Parsed, Rows

HITS = "hits"


class Sifting:
    """Takes what was parsed, in order, and hands what is new to the staging. `repeated` counts
    the records that equal an earlier one of the same source."""

    def __init__(
        self, unit_table: str, novelty: Novelty, visitors: Visitors, staging: Staging
    ) -> None:
        self._unit_table = unit_table
        self._novelty = novelty
        self._visitors = visitors
        self._staging = staging
        self.repeated = 0

    def take(self, parsed: Parsed) -> int:
        """Stage what is new; returns how many records are."""
        records = parsed.read - len(parsed.rejects)
        new = np.zeros(records, bool)
        occurrence = np.full(records, -1, np.int64)
        owned = [rows for rows in parsed.rows if rows.unit is not None]
        leading = [self._judge(rows, new, occurrence) for rows in owned]
        if (occurrence < 0).any():
            raise SourceError("A source named fewer records than it read: an error of Backref.")
        for rows, leads in zip(owned, leading, strict=True):
            self._stage_owned(rows, leads, new, occurrence, parsed)
        self.repeated += int((occurrence > 0).sum())
        for rows in parsed.rows:
            if rows.unit is None:
                self._stage_entries(rows, parsed)
        return int(new.sum())

    def _judge(self, rows: Rows, new: np.ndarray, occurrence: np.ndarray) -> np.ndarray:
        """Number and judge the records among the rows; returns where those stand: in the unit
        table, the first row of each record."""
        leads = np.zeros(len(rows.batch), bool)
        if rows.table != self._unit_table:
            return leads
        unit = _units(rows)
        records, first = np.unique(unit, return_index=True)
        leads[first[occurrence[records] < 0]] = True
        ids = Ids.of_array(rows.batch["row_id"])
        for partition, at in _by_partition(rows.partition):
            led = at[leads[at]]
            if led.size:
                numbered = self._novelty.of_records((rows.table, partition), ids[led])
                new[unit[led]] = numbered.new
                occurrence[unit[led]] = numbered.occurrence
        return leads

    def _stage_owned(
        self,
        rows: Rows,
        leads: np.ndarray,
        new: np.ndarray,
        occurrence: np.ndarray,
        parsed: Parsed,
    ) -> None:
        unit = _units(rows)
        keep = new[unit]
        if not keep.any():
            return
        first = Ids.of_array(rows.batch["row_id"])
        ids = self._novelty.repeated(first, occurrence[unit])
        if rows.table == self._unit_table and not leads.all():
            self._staging.add_further(ids[keep & ~leads])
        batch = rows.batch if ids is first else _with_ids(rows.batch, ids)
        self._stage(rows, batch, keep, parsed)

    def _stage_entries(self, rows: Rows, parsed: Parsed) -> None:
        ids = Ids.of_array(rows.batch["row_id"])
        keep = np.zeros(len(ids), bool)
        for partition, at in _by_partition(rows.partition):
            keep[at] = self._novelty.of_entries((rows.table, partition), ids[at])
        if keep.any():
            self._stage(rows, rows.batch, keep, parsed)

    def _stage(self, rows: Rows, batch: pa.RecordBatch, keep: np.ndarray, parsed: Parsed) -> None:
        for partition, at in _by_partition(rows.partition):
            kept = at[keep[at]]
            if not kept.size:
                continue
            part = batch if kept.size == len(batch) else batch.take(pa.array(kept))
            if rows.table == HITS:
                part = self._visitors.known(partition, part, parsed.clients)
            self._staging.add((rows.table, partition), part)


def _with_ids(batch: pa.RecordBatch, ids: Ids) -> pa.RecordBatch:
    place = batch.schema.get_field_index("row_id")
    return batch.set_column(place, "row_id", ids.to_array())


def _units(rows: Rows) -> np.ndarray:
    """The number of the record that each row belongs to."""
    assert rows.unit is not None
    return np.asarray(rows.unit)


def _by_partition(names: pa.Array) -> Iterator[tuple[str, np.ndarray]]:
    """Each partition and its rows' numbers, ascending."""
    coded = names.dictionary_encode()
    distinct = coded.dictionary.to_pylist()
    if not distinct:
        return
    if len(distinct) == 1:
        yield distinct[0], np.arange(len(names))
        return
    numbers = coded.indices.to_numpy()
    order = np.argsort(numbers, kind="stable")
    ends = np.cumsum(np.bincount(numbers, minlength=len(distinct)))
    yield from zip(distinct, np.split(order, ends[:-1]), strict=True)
