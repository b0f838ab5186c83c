"""Lists as files: the rows that a page's filters choose, all of them and with all columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import Path
from starlette.responses import Response, StreamingResponse

from backref.errors import UsageError
from backref.faces import listing
from backref.faces.recorded import csv_lines, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Format = Annotated[Literal["csv", "xlsx", "json"], Path()]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
MOST_CELL = 32_000
"""Characters that a cell of a workbook holds, a little below Excel's own limit."""


def file(records: Iterable[dict[str, Any]], names: Sequence[str], how: str, title: str) -> Response:
    """The records as a file to keep; `names` are their columns."""
    headers = {"Content-Disposition": f'attachment; filename="backref-{title}.{how}"'}
    if how == "xlsx":
        return Response(_workbook(records, names), headers=headers, media_type=MEDIA[how])
    lines = csv_lines(([one] for one in records), names) if how == "csv" else _json(records)
    return StreamingResponse(lines, headers=headers, media_type=MEDIA[how])


def rows(found: Iterable[Any], kind: type, how: str, title: str) -> Response:
    """Rows of a kind as a file to keep."""
    return file(map(recorded, found), listing.names(kind), how, title)


def _json(records: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One array, a record a line."""
    before = "[\n"
    for record in records:
        yield before + listing.json_lines([record]).rstrip("\n")
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"


def _workbook(records: Iterable[dict[str, Any]], names: Sequence[str]) -> bytes:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError:
        raise UsageError(
            "Workbooks need one more library: install it with `pip install 'backref[xlsx]'`, "
            "or export CSV."
        ) from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("backref")
    sheet.append(list(names))
    for record in records:
        sheet.append([_cell(sheet, record[name], WriteOnlyCell) for name in names])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _cell(sheet: Any, value: object, kind: Any) -> Any:
    """A figure as a figure; anything else as text that no program runs."""
    if value is None or isinstance(value, (bool, int, float)):
        return kind(sheet, value)
    cell = kind(sheet, listing.text_of(value)[:MOST_CELL])
    cell.data_type = "s"
    return cell
