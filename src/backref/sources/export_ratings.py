"""Vendors' own metrics of domains and pages, as rows of their own or beside links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from backref.identity import child_id
from backref.sources.export_frame import Frame, batch, rows_of
from backref.sources.source import Context, Parsed, Rows
from backref.sources.values import Moment, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = "ratings"


class _Figure(NamedTuple):
    """One figure of one row. `ordinal` is a number of its metric, so that a figure's identity
    does not depend on which others stand beside it."""

    unit: int
    ordinal: int
    metric: str
    scope: str
    subject: str
    value: float


def parse(frame: Frame, context: Context) -> Parsed:
    """Ratings of a frame whose rows are domains or pages: the first figure is the unit."""
    figures = _figures(frame, context)
    first: dict[int, _Figure] = {}
    for figure in figures:
        first.setdefault(figure.unit, figure)
    missing = {row: "no figure in any column" for row in range(len(frame)) if row not in first}
    if missing:
        frame = frame.without(missing)
        return parse(frame, context)
    site = context.site_name if frame.format.needs_site else ""
    ids = frame.identities(context.key, _TABLE, site)
    beside = [figure for figure in figures if first[figure.unit] is not figure]
    ordered = [*(first[row] for row in range(len(frame))), *beside]
    row_ids = [*ids, *_child_ids(context.key, ids, beside)]
    return Parsed(
        frame.read, [_rows(frame, ordered, row_ids, frame.column("last_seen"))], frame.rejects
    )


def beside(
    frame: Frame, context: Context, ids: list[bytes], seen: Sequence[Moment | None]
) -> list[Rows]:
    """The metrics that stand in a frame of links, each belonging to its row."""
    if not frame.ratings:
        return []
    figures = _figures(frame, context)
    return [_rows(frame, figures, _child_ids(context.key, ids, figures), seen)]


def _figures(frame: Frame, context: Context) -> list[_Figure]:
    found = []
    for metric, column, figures in frame.ratings:
        rating = column.rating
        if rating is None:
            continue
        name = metric.replace("{site}", context.site_name)
        ordinal = crc32(f"{metric}\0{rating.scope}\0{rating.of}".encode())
        subjects = _subjects(frame.column(rating.of), rating.scope)
        pairs = enumerate(zip(subjects, figures, strict=True))
        found += [
            _Figure(row, ordinal, name, rating.scope, subject, value)
            for row, (subject, value) in pairs
            if subject and value is not None
        ]
    return found


def _subjects(places: list[Any], scope: str) -> list[str | None]:
    """Who is rated: a page's fold key or domain, or the domain that the cell names."""
    if places and isinstance(places[0], Place):
        return [place.domain if scope == "domain" else place.page for place in places]
    return places


def _child_ids(key: bytes, ids: list[bytes], figures: list[_Figure]) -> list[bytes]:
    return [child_id(key, ids[each.unit], _TABLE, each.ordinal) for each in figures]


def _rows(
    frame: Frame, figures: list[_Figure], row_ids: list[bytes], seen: Sequence[Moment | None]
) -> Rows:
    constants = frame.format.constants
    units, _, metrics, scopes, subjects, figures_ = _columns(figures)
    times = [seen[unit] for unit in units]
    made = batch(
        _TABLE,
        {
            "row_id": row_ids,
            "position": [frame.positions[unit] for unit in units],
            "vendor": constants.get("vendor") or constants["witness"],
            "metric": metrics,
            "scope": scopes,
            "subject": subjects,
            "value": figures_,
            "observed_lo": [time and time.lo for time in times],
            "observed_hi": [time and time.hi for time in times],
        },
    )
    return rows_of(_TABLE, made, "all", units)


def _columns(figures: list[_Figure]) -> list[list[Any]]:
    return [list(column) for column in zip(*figures, strict=True)] or [[] for _ in _Figure._fields]
