"""Vendors' own metrics of domains and pages, as rows of their own or beside links."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pyarrow as pa

from backref.identity import child_id
from backref.sources.export_frame import Frame, batch, rows_of
from backref.sources.source import Context, Parsed, Rows
from backref.sources.values import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from backref.sources.dates import Moment

_TABLE = "ratings"


@dataclass(frozen=True)
class _Figures:
    """One metric's figures in a frame: the rows that have one, whom each rates, and its value.

    `ordinal` is a number of the metric itself, so that a figure's identity does not depend on
    which others stand beside it.
    """

    ordinal: int
    vendor: str
    metric: str
    scope: str
    rows: list[int]
    subjects: list[str]
    values: list[float]


def parse(frame: Frame, context: Context) -> Parsed:
    """Ratings of a frame whose rows are domains or pages: a row's first figure is the unit."""
    figures = _figures(frame, context)
    first = _first(figures)
    if missing := {row: "no figure" for row in range(len(frame)) if row not in first}:
        return parse(frame.without(missing), context)
    site = context.site_name if frame.format.needs_site else ""
    ids = frame.identities(context.key, _TABLE, site)
    at = [(each is first[row], row) for each in figures for row in each.rows]
    children = iter(_child_ids(context.key, ids, figures))
    row_ids = [ids[row] if unit else child for (unit, row), child in zip(at, children, strict=True)]
    rows = _rows(frame, figures, row_ids, frame.column("last_seen"))
    order = pa.array(sorted(range(len(at)), key=lambda k: (not at[k][0], at[k][1])), pa.int64())
    assert rows.unit is not None  # set by _rows: every rating belongs to its record
    sorted_rows = rows_of(_TABLE, rows.batch.take(order), "all", rows.unit.take(order))
    return Parsed(frame.read, [sorted_rows], frame.rejects)


def beside(
    frame: Frame, context: Context, ids: list[bytes], seen: Sequence[Moment | None]
) -> list[Rows]:
    """The metrics that stand in a frame of links, each belonging to its row."""
    if not frame.ratings:
        return []
    figures = _figures(frame, context)
    return [_rows(frame, figures, _child_ids(context.key, ids, figures), seen)]


def _first(figures: list[_Figures]) -> dict[int, _Figures]:
    """For each row the metric that is its unit: the first in the format's order."""
    return {row: each for each in reversed(figures) for row in each.rows}


def _figures(frame: Frame, context: Context) -> list[_Figures]:
    found = []
    constants = frame.format.constants
    own = constants.get("vendor") or constants["witness"]
    for metric, rating, values in frame.ratings:
        subjects = _subjects(frame.column(rating.of), rating.scope)
        rows = [
            row
            for row, value in enumerate(values)
            if value is not None and subjects[row] is not None
        ]
        found.append(
            _Figures(
                crc32(f"{rating.vendor}{metric}\0{rating.scope}\0{rating.of}".encode()),
                rating.vendor or own,
                metric.replace("{site}", context.site_name),
                rating.scope,
                rows,
                [subjects[row] for row in rows],
                [float(values[row]) for row in rows],
            )
        )
    return found


def _subjects(places: list[Any], scope: str) -> list[Any]:
    """Who is rated: a page's fold key or domain, or the domain that the cell names."""
    if not any(isinstance(place, Place) for place in places):
        return places
    name = "domain" if scope == "domain" else "page"
    return [place and getattr(place, name) for place in places]


def _child_ids(key: bytes, ids: list[bytes], figures: list[_Figures]) -> list[bytes]:
    return [child_id(key, ids[row], _TABLE, each.ordinal) for each in figures for row in each.rows]


def _rows(
    frame: Frame, figures: list[_Figures], row_ids: list[bytes], seen: Sequence[Moment | None]
) -> Rows:
    units = [row for each in figures for row in each.rows]
    times = [seen[unit] for unit in units]
    made = batch(
        _TABLE,
        {
            "row_id": row_ids,
            "position": [frame.positions[unit] for unit in units],
            **{
                name: [getattr(each, name) for each in figures for _ in each.rows]
                for name in ("vendor", "metric", "scope")
            },
            "subject": list(chain.from_iterable(each.subjects for each in figures)),
            "value": list(chain.from_iterable(each.values for each in figures)),
            "observed_lo": [time and time.lo for time in times],
            "observed_hi": [time and time.hi for time in times],
        },
    )
    return rows_of(_TABLE, made, "all", units)
