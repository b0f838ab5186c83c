"""Exports that are damaged or made to hurt: no crash, no hang, and every record accounted for."""

from __future__ import annotations

import csv
import io
import random
from contextlib import suppress
from pathlib import Path

import pytest
from exports_facts import SAMPLES, SHOP, read
from openpyxl import Workbook

from backref.errors import BackrefError
from backref.ingest.recognising import recognised
from backref.sources.exports import EXPORTS
from backref.sources.opening import inputs
from backref.sources.source import Context

NAMES = sorted(path.name for path in SAMPLES.iterdir())
ODD = [
    *(b'"', b'""', b",", b"\t", b";", b"\r", b"\n", b"\r\n", b"\0", b"\x1f", b"\x1a"),
    *(b"\xff\xfe", b"\xef\xbb\xbf", b"\xe2\x80\xaf", b"\xa4\xa4\xa4\xe5", b"\xe4\xf6\xfc"),
    *(b"%", b"9" * 30, b"-1", b"1e308", b"NaN", b"0x10", b"#", b"# ", b"http://", b"//", b"@"),
    *(b"=1+1", b"=HYPERLINK(\"http://x\")", b"<script>", b"../", b"2026-13-45", b"," * 2_000),
]  # fmt: skip


def mutated(data: bytes, dice: random.Random) -> bytes:
    """The data with some bytes cut, replaced, repeated or moved."""
    made = bytearray(data)
    for _ in range(dice.randint(1, 10)):
        at = dice.randint(0, len(made))
        to = min(len(made), at + dice.choice((0, 1, 3, 40)))
        match dice.randint(0, 3):
            case 0:
                made[at:to] = dice.choice(ODD)
            case 1:
                made[at:to] = dice.randbytes(dice.randint(0, 4))
            case 2:
                made[at:at] = made[at:to] * dice.randint(1, 50)
            case _:
                del made[at : at + dice.randint(0, 1 + len(made) // 3)]
    return bytes(made)


@pytest.mark.parametrize("name", NAMES)
def test_mutations_of_each_kind(name: str) -> None:
    check(name, range(30))


@pytest.mark.torture
@pytest.mark.parametrize("name", NAMES)
def test_a_thousand_mutations_of_each_kind(name: str) -> None:
    check(name, range(30, 1_030))


def check(name: str, seeds: range) -> None:
    """`read` holds that every record is a unit or a reject."""
    data = (SAMPLES / name).read_bytes()
    for seed in seeds:
        reading = read(mutated(data, random.Random(f"{name} {seed}")))
        assert all(reject.reason and len(reject.sample) <= 200 for reject in reading.rejects)


def check_workbook(folder: Path, seeds: range) -> None:
    """A damaged workbook is refused in a sentence, or its damage noted by the stream."""
    whole = (SAMPLES / "semrush_indexed_pages.csv").read_text(encoding="utf-8")
    written(folder / "whole.xlsx", list(csv.reader(io.StringIO(whole))))
    data = (folder / "whole.xlsx").read_bytes()
    for seed in seeds:
        path = folder / f"{seed}.xlsx"
        path.write_bytes(mutated(data, random.Random(f"workbook {seed}")))
        with suppress(BackrefError):
            for found in inputs(str(path)):
                with found.open() as stream:
                    read(stream.read(1 << 20))
        path.unlink()


def test_mutations_of_a_workbook(tmp_path: Path) -> None:
    check_workbook(tmp_path, range(60))


@pytest.mark.torture
def test_a_thousand_mutations_of_a_workbook(tmp_path: Path) -> None:
    check_workbook(tmp_path, range(60, 1_060))


def written(path: Path, rows: list[list[str]]) -> None:
    """A workbook of these rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([cell or None for cell in row])
    book.save(path)


def rows_of(name: str) -> list[list[str]]:
    data = (SAMPLES / name).read_bytes()
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "utf-8-sig")
    delimiter = ";" if "german" in name else ","
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


TABLES = [name for name in NAMES if name.endswith(".csv")]


@pytest.mark.parametrize("name", TABLES)
def test_a_workbook_is_its_table(name: str, tmp_path: Path) -> None:
    written(tmp_path / "x.xlsx", rows_of(name))
    (found,) = inputs(str(tmp_path / "x.xlsx"))
    with found.open() as stream:
        whole = read(stream.read(1 << 24))
    expected = read((SAMPLES / name).read_bytes())
    assert whole.verdict.dialect == expected.verdict.dialect
    for table in expected.rows:
        assert whole.ids(table) == expected.ids(table)


@pytest.mark.parametrize("code", ["big5", "latin-1", "utf-16-le", "utf-16-be", "shift_jis"])
def test_any_code_page_leaves_addresses_whole(code: str) -> None:
    words = {"big5": "連結", "shift_jis": "リンク"}.get(code, "Grüße")
    text = (
        "Page ascore,Source url,Target url,Anchor,Nofollow,First seen,Last seen\n"
        f"9,https://a.example/1,https://shop.example/,{words},true,2026-01-01,2026-02-02\n"
    )
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(code, b"")
    (row,) = (
        row
        for row in read(mark + text.encode(code)).rows["link_observations"]
        if row["assertion"] == "present" and row["is_unit"]
    )
    assert row["source_page"] == "a.example/1"
    assert code in ("big5", "shift_jis") or row["anchor"] == words


def test_formulas_stay_text() -> None:
    formula = '=HYPERLINK("http://evil.example")'
    quoted = formula.replace('"', '""')
    rows = read(
        "Page ascore,Source url,Target url,Anchor,Nofollow,First seen,Last seen\n"
        f'9,https://a.example/1,https://shop.example/,"{quoted}",true,2026-01-01,2026-02-02\n'.encode()
    ).rows["link_observations"]
    assert {row["anchor"] for row in rows if row["is_unit"]} == {formula}


def test_ten_thousand_columns_are_no_table() -> None:
    for first in ("Domain", "x", "Date"):
        head = ",".join([first, *(f"c{number}" for number in range(10_000))])
        assert EXPORTS.sniff(f"{head}\n{head}\n".encode()).confidence == 0.0


def test_of_plausibles_download_the_tables_with_senders_and_pages_are_read(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "shop_example_20260901.zip", "w") as archive:
        for table in ("sources", "entry_pages", "pages"):
            text = (SAMPLES / f"plausible_{table}.csv").read_bytes()
            archive.writestr(f"imported_{table}_20260901_20260930.csv", text)
        archive.writestr(
            "imported_visitors_20260901_20260930.csv",
            '"date","visitors","pageviews","bounces","visits","visit_duration"\n'
            '"2026-09-01",40,99,12,44,840\n',
        )
    asked = Context(b"key", "", None, (SHOP,))
    found = recognised(str(tmp_path / "shop_example_20260901.zip"), asked, None)
    assert sorted(each.verdict.dialect for each in found) == [
        "plausible entry pages",
        "plausible pages",
        "plausible sources",
    ]
