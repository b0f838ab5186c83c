from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from backref.faces.listing import (
    FORMULA,
    Column,
    csv_text,
    cut,
    fitted,
    json_lines,
    middle,
    names,
    number,
    percent,
    shown,
    table,
)


@dataclass(frozen=True)
class Row:
    name: str | None
    count: float | None = None
    at: datetime | None = None
    levels: dict[str, float] | None = None
    seen: tuple[str, ...] = ()


COLUMNS = (
    Column("name", lambda row: row.name, right=False, flexible=True),
    Column("count", lambda row: row.count),
)


def test_json_holds_everything() -> None:
    row = Row("\x1b\u202eé", 1.25, datetime(2026, 11, 22, tzinfo=UTC), {"page": 2.0}, ("a", "b"))
    (line,) = json_lines([row]).splitlines()
    assert json.loads(line) == {
        "name": "\x1b\u202eé",
        "count": 1.25,
        "at": "2026-11-22T00:00:00+00:00",
        "levels": {"page": 2.0},
        "seen": ["a", "b"],
    }
    assert "\u202e" not in line
    assert "é" in line


@pytest.mark.parametrize("sign", FORMULA)
def test_csv_disarms_formulas(sign: str) -> None:
    (row,) = csv.DictReader(io.StringIO(csv_text([Row(f"{sign}1+1", -2.0)])))
    assert row["name"].startswith("'")
    assert row["count"] == "-2"
    assert row["at"] == ""


@given(st.lists(st.text(max_size=12) | st.text(' ";,=+a', max_size=8), min_size=1, max_size=5))
def test_no_csv_cell_is_a_formula_or_breaks_a_line(names: list[str]) -> None:
    text = csv_text([Row(name, None, None, {name: 1.0}, (name,)) for name in names])
    read = list(csv.reader(io.StringIO(text)))
    assert len(read) == len(names) + 1 == len(text.splitlines())
    assert not any(cell.startswith(FORMULA) for row in read for cell in row)
    elsewhere = csv.reader(io.StringIO(text), delimiter=";")
    assert not any(cell.lstrip().startswith(FORMULA) for row in elsewhere for cell in row)


@pytest.mark.parametrize(
    "name", ["a;=1+1", 'a;"=1+1', "a; @x", "=1;-2", "＝1+1", 'a";=HYPERLINK("//evil.test")']
)
def test_no_cell_runs_where_semicolons_part_cells(name: str) -> None:
    text = csv_text([Row("x", None, None, None, (name,))])
    for delimiter in ",;":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=delimiter) for cell in row]
        assert not any(cell.strip('" ').startswith(FORMULA) for cell in cells)


def test_a_table_gives_way_only_where_it_may() -> None:
    rows = [Row("a-long-name.example.com/with/a/path", 12345.0), Row("漢字.example", None)]
    wide = table(rows, COLUMNS, 1000)
    assert wide.splitlines() == [
        "name                                  count",
        "a-long-name.example.com/with/a/path  12,345",
        "漢字.example                              -",
    ]
    narrow = table(rows, COLUMNS, 24).splitlines()
    assert narrow[1] == "a-long-n…/a/path  12,345"
    assert all(cell_len(line) <= 24 for line in narrow)


@given(st.text(max_size=40), st.integers(3, 30))
def test_the_middle_gives_way(text: str, width: int) -> None:
    found = middle(text, width)
    assert cell_len(found) <= width
    assert (found == text) == (cell_len(text) <= width) or "…" in text


def test_the_most_dispensable_columns_go_first() -> None:
    row = Row("a-long-name.example.com/with/a/path", 12345.0)
    columns = [
        Column("name", lambda row: row.name, flexible=True),
        Column("kept", lambda row: row.count),
        Column("first", lambda row: row.count, spare=9),
        Column("second", lambda row: row.count, spare=5),
    ]
    for width, left in ((1000, 4), (36, 4), (35, 3), (27, 2), (5, 2)):
        found = fitted([row], columns, width)
        assert len(found) == left
        assert columns[2] not in found or left == 4
        if width > 20:
            assert all(cell_len(line) <= width for line in table([row], found, width).splitlines())


def test_csv_without_a_row_has_its_header() -> None:
    assert csv_text([], names(Row)) == "name,count,at,levels,seen\n"
    assert csv_text([Row("x")], names(Row)).splitlines()[0] == "name,count,at,levels,seen"


@given(st.text(max_size=40), st.integers(2, 30))
def test_a_cut_text_fits(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cut(text, width) == text or cut(text, width).endswith("…")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (0.0, "0"),
        (0, "0"),
        (1234567, "1,234,567"),
        (0.26, "0.3"),
        (3.46, "3.5"),
        (412.4, "412.4"),
        (8.0000001, "8"),
        (True, "True"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), "2026-11-22"),
    ],
)
def test_values_for_people(value: object, expected: str) -> None:
    if value is not True:
        assert shown(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (None, "-"),
        (0.0, "0 %"),
        (0.004, "0.4 %"),
        (0.0001, "<0.1 %"),
        (0.0994, "9.9 %"),
        (0.25, "25 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(share: float | None, expected: str) -> None:
    assert percent(share) == expected


def test_zero_and_unknown_are_not_the_same() -> None:
    assert number(0) != number(None)
