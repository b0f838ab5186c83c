"""Engagement: visits added up, by whatever groups them, in the measures that every tool shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterable

MEASURES = (
    "visits", "engaged_visits", "bounced_visits", "views", "seconds", "timed", "conversions",
)  # fmt: skip


def measured(visits: pa.Table, group: pa.ChunkedArray, share: pa.ChunkedArray | None) -> pa.Table:
    """Visits by `group`, an equally long column, which each counts to by its share (None: wholly):
    the `MEASURES`. `seconds` are those of `timed` visits, whose duration is known."""
    weight = pa.array([1.0] * len(visits)) if share is None else share
    timed = pc.is_valid(visits["seconds"])
    parts = {
        "visits": 1.0,
        "engaged_visits": visits["engaged"].cast(pa.float64()),
        "bounced_visits": visits["bounced"].cast(pa.float64()),
        "views": visits["views"].cast(pa.float64()),
        "seconds": pc.fill_null(visits["seconds"], 0.0),
        "timed": timed.cast(pa.float64()),
        "conversions": visits["conversions"].cast(pa.float64()),
    }
    weighted = {name: pc.multiply(weight, part) for name, part in parts.items()}
    return added([pa.table({"group": group, **weighted})])


def added(tables: Iterable[pa.Table]) -> pa.Table:
    """Sums of several tables of `measured` as one, a row a group."""
    whole = pa.concat_tables(tables)
    sums = whole.group_by("group").aggregate([(name, "sum") for name in MEASURES])
    return sums.rename_columns(["group", *MEASURES])
