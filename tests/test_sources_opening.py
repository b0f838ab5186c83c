"""What the user names: files, ZIPs, workbooks, standard input."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from backref.errors import MissingFile, UnknownFormat
from backref.sources import opening


def contents(path) -> dict[str, bytes]:
    found = {}
    for each in opening.inputs(str(path)):
        with each.open() as stream:
            found[each.name] = stream.read()
        assert found[each.name].startswith(each.head)
    return found


def zipped(path, **members: bytes):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_file_is_one_input_whatever_it_is_called(tmp_path):
    path = tmp_path / "access.csv"
    path.write_bytes(gzip.compress(b"hello"))
    assert contents(path) == {str(path): b"hello"}


def test_each_file_of_a_zip_is_an_input(tmp_path):
    path = zipped(
        tmp_path / "x.zip",
        **{
            "Queries.csv": b"a",
            "sub/Pages.csv": b"b",
            "empty": b"",
            "__MACOSX/._a": b"c",
            ".DS_Store": b"d",
        },
    )
    assert contents(path) == {f"{path}!Queries.csv": b"a", f"{path}!sub/Pages.csv": b"b"}


def test_a_damaged_file_of_a_zip_keeps_what_can_be_read(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.csv", b"a" * 5_000)
    path.write_bytes(path.read_bytes().replace(b"aaaa" * 10, b"bbbb" * 10, 1))
    (found,) = opening.inputs(str(path))
    with found.open() as stream:
        stream.drain()
        assert len(stream.damages) == 1


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(b"x", mtime=0),
        b"PK\x03\x04....",
        b"\xfd7zXZ\x00",
        b"Rar!\x1a",
        b"7z\xbc\xaf\x27\x1c",
    ],
)
def test_archives_within_archives_are_refused(tmp_path, data):
    (tmp_path / "a.gz").write_bytes(gzip.compress(data))
    for path in (tmp_path / "a.gz", zipped(tmp_path / "a.zip", member=data)):
        if data.startswith(b"\x1f") and path.suffix == ".zip":
            continue
        with pytest.raises(UnknownFormat, match="unpack it first"):
            list(opening.inputs(str(path)))


def test_a_compressed_file_in_a_zip_is_read(tmp_path):
    path = zipped(tmp_path / "a.zip", log=gzip.compress(b"hello"))
    assert contents(path) == {f"{path}!log": b"hello"}


def test_what_is_not_read_is_named(tmp_path):
    path = tmp_path / "a.warc.xz"
    path.write_bytes(b"\xfd7zXZ\x00" + bytes(90))
    with pytest.raises(UnknownFormat, match="xz"):
        list(opening.inputs(str(path)))


def test_a_wacz_without_archives_is_told_as_what_it_is(tmp_path):
    members = {"datapackage.json": b"{}", "data/archive/test.txt": b"x"}
    path = zipped(tmp_path / "broken.wacz", **members)
    with pytest.raises(UnknownFormat, match=r"is a WACZ, but its folder archive/ holds no") as told:
        contents(path)
    assert told.value.format == "WACZ"


def test_a_wacz_is_its_archives(tmp_path):
    members = {
        "datapackage.json": b"{}",
        "archive/a.warc": b"WARC/1.0 one",
        "archive/b.warc.gz": gzip.compress(b"WARC/1.0 two"),
        "indexes/index.cdx.gz": gzip.compress(b"com,example)/ 2"),
        "pages/pages.jsonl": b"{}",
    }
    path = zipped(tmp_path / "x.wacz", **members)
    assert contents(path) == {
        f"{path}!archive/a.warc": b"WARC/1.0 one",
        f"{path}!archive/b.warc.gz": b"WARC/1.0 two",
    }
    del members["datapackage.json"]
    assert len(contents(zipped(tmp_path / "y.zip", **members))) == 4


def test_zip_bombs_are_refused(tmp_path):
    path = zipped(tmp_path / "bomb.zip", zeros=bytes(70 << 20))
    with pytest.raises(UnknownFormat, match="times its size"):
        list(opening.inputs(str(path)))


def test_too_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_MEMBERS", 2)
    path = zipped(tmp_path / "x.zip", a=b"1", b=b"2", c=b"3")
    with pytest.raises(UnknownFormat, match="more than 2 files"):
        list(opening.inputs(str(path)))


def test_a_broken_zip_is_refused(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 and nothing more")
    with pytest.raises(UnknownFormat, match="damaged ZIP"):
        list(opening.inputs(str(path)))


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(MissingFile, match="No such file"):
        list(opening.inputs(str(tmp_path / "none.log")))
    with pytest.raises(MissingFile, match="is a folder"):
        list(opening.inputs(str(tmp_path)))


@pytest.mark.parametrize("data", [b"hello\n" * 40_000, gzip.compress(b"hello\n" * 40_000, mtime=0)])
def test_standard_input_is_read_from_its_first_byte(data, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert contents("-") == {"-": b"hello\n" * 40_000}


def workbook(path, *sheets: list[list[object]]):
    book = Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_its_first_sheet_with_rows_as_csv(tmp_path):
    rows = [
        ["url", "cost", "day", "at", "paid"],
        ['a,"b"', 12.0, date(2026, 11, 23), datetime(2026, 11, 23, 10, 5), True],  # noqa: DTZ001
        [None, 0.5, None, None, None],
    ]
    path = workbook(tmp_path / "sheet.csv", [], rows, [["other"]])
    assert contents(path) == {
        str(path): b"url,cost,day,at,paid\n"
        b'"a,""b""",12,2026-11-23,2026-11-23 10:05:00,true\n'
        b",0.5,,,\n"
    }


def test_a_workbook_without_its_library_says_what_to_install(tmp_path, monkeypatch):
    path = workbook(tmp_path / "a.xlsx", [["url"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UnknownFormat, match=r"pip install openpyxl`, or `pip install '\.\[xlsx\]'"):
        list(opening.inputs(str(path)))


def test_a_damaged_workbook_is_refused(tmp_path):
    path = zipped(tmp_path / "a.xlsx", **{"xl/workbook.xml": b"<workbook"})
    with pytest.raises(UnknownFormat, match="damaged workbook"):
        list(opening.inputs(str(path)))


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/.texts"])
def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path, part):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr(part, bytes(opening.MOST_PART_BYTES + 1))
    with pytest.raises(UnknownFormat, match=r"unpacks to more than 128 MiB: save it as CSV\.$"):
        list(opening.inputs(str(path)))


def test_a_name_that_is_not_utf8_is_shown_with_replacement(tmp_path):
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.log")
    Path(name).write_bytes(b"hello")
    assert contents(name) == {f"{tmp_path}/\N{REPLACEMENT CHARACTER}.log": b"hello"}
