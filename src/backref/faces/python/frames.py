"""Rows as tables of other libraries: Arrow first, from which Polars and pandas make theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from importlib import import_module
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

import pyarrow as pa

from backref.errors import NotInstalled
from backref.faces import listing
from backref.faces.query import LinkRow
from backref.faces.query.plan import PlanRow
from backref.faces.recorded import recorded

if TYPE_CHECKING:
    import pandas
    import polars

TYPES: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    datetime: pa.timestamp("us", tz="UTC"),
    date: pa.date32(),
}
NAMES: dict[str, Any] = {"date": date, "datetime": datetime, "Mapping": Mapping}
"""What the rows' annotations name."""
DRAWN = {"lifeline": pa.string()}
LIFELINES: dict[type, dict[str, pa.DataType]] = {LinkRow: DRAWN, PlanRow: DRAWN}
"""What stands in a table otherwise than in a row: a glyph a week, as in CSV and JSON."""


def layout(kind: type) -> pa.Schema:
    """The Arrow schema of rows of a kind."""
    hints = get_type_hints(kind, localns=NAMES)
    otherwise = LIFELINES.get(kind, {})
    return pa.schema(
        (name, otherwise.get(name) or _type(hints[name])) for name in listing.names(kind)
    )


def _type(hint: Any) -> pa.DataType:
    """The Arrow type of a row's value."""
    inner = [one for one in get_args(hint) if one not in (NoneType, Ellipsis)]
    if get_origin(hint) is tuple:
        return pa.list_(_type(inner[0]))
    if get_origin(hint) in (dict, Mapping):
        return pa.map_(*map(_type, inner))
    return TYPES[hint] if hint in TYPES else _type(inner[0])


def table(rows: Sequence[Any], columns: pa.Schema) -> pa.Table:
    """Rows as an Arrow table."""
    return pa.Table.from_pylist([_record(row) for row in rows], columns)


def _record(row: Any) -> dict[str, Any]:
    """A row's names and values; mappings as Arrow takes them."""
    return {
        name: list(value.items()) if isinstance(value, Mapping) else value
        for name, value in recorded(row).items()
    }


def polars_of(rows: pa.Table) -> polars.DataFrame:
    """The table for Polars. Raises NotInstalled."""
    frame: polars.DataFrame = _needed("polars").from_arrow(rows)
    return frame


def pandas_of(rows: pa.Table) -> pandas.DataFrame:
    """The table for pandas, its columns backed by Arrow, so that counts stay whole and what is not
    known does not become a number. Raises NotInstalled."""
    return rows.to_pandas(types_mapper=_needed("pandas").ArrowDtype)


def _needed(library: str) -> Any:
    try:
        return import_module(library)
    except ImportError:
        raise NotInstalled(
            f"This needs {library}, which is not installed: run `pip install {library}`."
        ) from None
