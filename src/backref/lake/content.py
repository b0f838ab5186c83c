"""Digests of rows that say whether two tables hold the same, in whatever order.

Two 64-bit hashes of each row are summed. Floats count to ten significant digits, because the
last digits of a sum depend on the order of its terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from backref.lake import trouble

if TYPE_CHECKING:
    import pyarrow as pa

    from backref import schema
    from backref.lake.engine import Engine
    from backref.lake.snapshot import Snapshot

PROVENANCE = frozenset({"import_id", "position"})


class Sums(NamedTuple):
    """What a digest is told from; those of parts add up to those of the whole."""

    rows: int = 0
    forth: int = 0
    back: int = 0

    def plus(self, other: Sums) -> Sums:
        """The sums of both parts."""
        return Sums(*(one + further for one, further in zip(self, other, strict=True)))

    @property
    def digest(self) -> str:
        """As the catalogue keeps it."""
        return f"{self.rows}-{self.forth}-{self.back}"


def of_table(snapshot: Snapshot, table: schema.Table) -> str:
    """Digest of all rows of a table in a snapshot, where they come from left out."""
    (row,) = snapshot.rows(f"/* lake.content */ {_query(table, table.name)}")
    return _sums(*row.values()).digest


def of_rows(engine: Engine, table: schema.Table, rows: pa.Table) -> Sums:
    """The sums of rows of a table that are not stored yet."""
    with trouble.named(f"digesting {table.name}"):
        cursor = engine.cursor()
        cursor.register("fresh_rows", rows)
        (found,) = cursor.execute(_query(table, "fresh_rows")).fetchall()
        cursor.close()
    return _sums(*found)


def _query(table: schema.Table, relation: str) -> str:
    columns = [_canonical(column) for column in table.columns if column.name not in PROVENANCE]
    forth, back = ", ".join(columns), ", ".join(reversed(columns))
    return (
        f"SELECT count(*) AS count, CAST(sum(hash({forth})) AS VARCHAR) AS forth, "  # noqa: S608
        f"CAST(sum(hash({back})) AS VARCHAR) AS back FROM {relation}"
    )


def _canonical(column: schema.Column) -> str:
    name = f'"{column.name}"'
    return f"format('{{:.9e}}', {name} + 0.0)" if column.type == "float" else name


def _sums(rows: int, forth: str | None, back: str | None) -> Sums:
    return Sums(rows, int(forth or 0), int(back or 0))
