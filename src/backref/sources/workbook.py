"""The first sheet of an XLSX workbook as the CSV that a spreadsheet would have saved."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from typing import TYPE_CHECKING, BinaryIO, cast

from backref.errors import UnknownFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from _typeshed import WriteableBuffer
    from openpyxl.workbook import Workbook

ROWS_AT_A_TIME = 1_000
MOST_FILLED = 200
"""Rows are filled up to so many cells: a sheet of short rows below a vast one must not grow."""


def first_sheet(path: str) -> BinaryIO:
    """The rows of the first sheet that is not empty, as UTF-8 CSV.

    Raises UnknownFormat for a damaged workbook and when the `xlsx` extra is missing.
    """
    raw = open(path, "rb")  # noqa: SIM115
    try:
        workbook = _loaded(path, raw)
    except BaseException:
        raw.close()
        raise
    blocks = _csv_blocks(_rows(workbook, raw))
    return cast("BinaryIO", io.BufferedReader(_Blocks(blocks)))


def _loaded(path: str, raw: BinaryIO) -> Workbook:
    """The workbook; from its bytes, for openpyxl would judge by the name's ending."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise UnknownFormat(
            f"{path} is a workbook, and reading one needs openpyxl: run `pip install openpyxl`, "
            "or `pip install '.[xlsx]'` in Backref's folder, or save it as CSV."
        ) from None
    try:
        return load_workbook(raw, read_only=True, data_only=True)
    except Exception as error:
        raise UnknownFormat(f"{path} is a damaged workbook: save it as CSV.") from error


def _rows(workbook: Workbook, raw: BinaryIO) -> Iterator[Iterable[object]]:
    """The rows of the first sheet with any; empty rows between them are left out. A sheet need not
    hold the blank cells at a row's end: they are filled up to the widest row above."""
    with raw:
        for sheet in workbook.worksheets:
            width = 0
            for row in sheet.iter_rows(values_only=True):
                if any(cell is not None for cell in row):
                    width = max(width, len(row))
                    blank = (None,) * (min(width, MOST_FILLED) - len(row))
                    yield (*row, *blank)
            if width:
                break


def _csv_blocks(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    block = io.StringIO()
    writer = csv.writer(block, lineterminator="\n")
    for number, row in enumerate(rows, 1):
        writer.writerow([_text(cell) for cell in row])
        if number % ROWS_AT_A_TIME == 0:
            yield block.getvalue().encode()
            block.seek(0)
            block.truncate()
    yield block.getvalue().encode()


def _text(cell: object) -> str:
    """A cell as text: days and times in ISO form, whole numbers without a fraction."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


class _Blocks(io.RawIOBase):
    """Blocks of bytes as a stream. A sheet that breaks while it is read raises OSError, which
    the stream above notes as a damage."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        super().__init__()
        self._blocks = blocks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while not self._rest:
            try:
                block = next(self._blocks, None)
            except Exception as error:
                raise OSError(f"the sheet is damaged: {error}") from error
            if block is None:
                return 0
            self._rest = block
        view = memoryview(buffer).cast("B")
        taken = self._rest[: len(view)]
        self._rest = self._rest[len(taken) :]
        view[: len(taken)] = taken
        return len(taken)
