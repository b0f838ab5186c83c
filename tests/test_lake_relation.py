"""Segments that were written before their table gained a column."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING

import lake_rows
import pyarrow as pa
import pytest
from lake_rows import PLACE, store

from backref import schema
from backref.errors import StoreTooOld
from backref.lake.lake import Lake
from backref.schema.table import Column

if TYPE_CHECKING:
    from pathlib import Path

TABLE, PARTITION = PLACE
EXAMPLES = {
    pa.string(): "x",
    pa.int64(): 1,
    pa.int32(): 1,
    pa.float64(): 1.0,
    pa.bool_(): True,
    pa.date32(): date(2026, 1, 1),
}
NEW = Column("mood", "text", "A column that came later.")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store with two rows of before."""
    with Lake.create(tmp_path / "store") as lake:
        store(lake, ["a", "b"])
    return tmp_path / "store"


def grown(monkeypatch: pytest.MonkeyPatch, table: str, column: Column) -> None:
    before = schema.TABLES[table]
    after = dataclasses.replace(before, columns=(*before.columns, column))
    monkeypatch.setitem(schema.TABLES, table, after)


def moody(rows: pa.Table, words: list[str]) -> pa.Table:
    return rows.append_column("mood", pa.array(words * rows.num_rows))


def moods(lake: Lake) -> list[object]:
    with lake.snapshot() as snapshot:
        return [row["mood"] for row in snapshot.rows(f"select mood from {TABLE} /* test.moods */")]


def test_a_column_that_came_later_reads_as_null(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(monkeypatch, TABLE, NEW)
    with Lake.open(old) as lake:
        assert moods(lake) == [None, None]
        assert len(lake.content_digest(TABLE)) > 4
        with lake.snapshot() as snapshot:
            limited = snapshot.rows(
                f"select mood, partition from {TABLE} /* test.part */",
                partitions={TABLE: [PARTITION]},
            )
        assert [row["partition"] for row in limited] == [PARTITION] * 2


def test_old_and_new_segments_are_read_together_and_merged(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(monkeypatch, TABLE, NEW)
    monkeypatch.setattr("backref.lake.compaction.LIMIT", 2)
    before = lake_rows.agents
    monkeypatch.setattr(
        lake_rows, "agents", lambda texts, number: moody(before(texts, number), ["new"])
    )
    with Lake.open(old) as lake:
        for text in "cdef":
            store(lake, [text])
        assert sorted(map(str, moods(lake))) == ["None", "None", *["new"] * 4]
        lake.compact()
        assert sorted(map(str, moods(lake))) == ["None", "None", *["new"] * 4]
    with Lake.open(old) as lake:
        assert sorted(map(str, moods(lake))) == ["None", "None", *["new"] * 4]
        assert list(lake.verify()) == []


def test_a_column_that_every_row_must_have_cannot_be_made_up(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown(monkeypatch, TABLE, dataclasses.replace(NEW, required=True))
    with Lake.open(old) as lake, pytest.raises(StoreTooOld, match="without mood: make a new store"):
        moods(lake)


def test_tables_that_hold_nothing_are_as_if_they_had_always_been_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Lake.create(tmp_path / "store"):
        pass
    grown(monkeypatch, TABLE, dataclasses.replace(NEW, required=True))
    with Lake.open(tmp_path / "store") as lake:
        assert moods(lake) == []


def test_a_derived_table_is_to_be_built_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = schema.TABLES["page_days"].arrow.empty_table()
    row = pa.Table.from_pylist([{field.name: EXAMPLES[field.type] for field in table.schema}])
    with Lake.create(tmp_path / "store") as lake, lake.swap() as swap:
        swap.put([{"page_days": row.cast(table.schema)}], "p", "v1")
        swap.commit()
    grown(monkeypatch, "page_days", NEW)
    query = "select * from page_days /* test.days */"
    with Lake.open(tmp_path / "store") as lake, lake.snapshot() as snapshot:
        with pytest.raises(StoreTooOld, match=r"without mood: run `backref rebuild`\.$"):
            snapshot.rows(query)
        with lake.swap() as swap:
            swap.put([{"page_days": moody(row.cast(table.schema), ["new"])}], "p", "v2")
            swap.commit()
        with lake.snapshot() as later:
            assert len(later.rows(query)) == 1
