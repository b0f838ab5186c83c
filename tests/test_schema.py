"""The schema: every table is well formed and documented, in code and in the reference."""

from __future__ import annotations

import pytest

from backref.schema import PROVENANCE, TABLES, Table


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_is_well_formed(table: Table) -> None:
    assert len(set(table.names)) == len(table.names)
    assert set(table.sort) <= set(table.names)
    assert (table.kind == "fact") == (
        table.names[: len(PROVENANCE)] == tuple(c.name for c in PROVENANCE)
    )
    assert table.arrow.names == list(table.names)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_says_what_it_is(table: Table) -> None:
    for text in (table.doc, *(column.doc for column in table.columns)):
        assert len(text) > 3
        assert text.endswith(".")
