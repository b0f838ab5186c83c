"""Digests of rows that say whether two tables hold the same, in whatever order.

Two 64-bit hashes of each row are summed. Floats count to ten significant digits, because the
last digits of a sum depend on the order of its terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.lake import trouble

if TYPE_CHECKING:
    import pyarrow as pa

    from backref import schema
    from backref.lake.engine import Engine
    from backref.lake.snapshot import Snapshot

PROVENANCE = frozenset({"import_id", "position"})


def of_table(snapshot: Snapshot, table: schema.Table) -> str:
    """Digest of all rows of a table in a snapshot, where they come from left out."""
    return _told(snapshot.rows(f"/* lake.content */ {_query(table, table.name)}")[0])


def of_rows(engine: Engine, table: schema.Table, rows: pa.Table) -> str:
    """Digest of rows of a table that are not stored yet."""
    with trouble.named(f"digesting {table.name}"):
        cursor = engine.cursor()
        cursor.register("fresh_rows", rows)
        count, forth, back = cursor.execute(_query(table, "fresh_rows")).fetchall()[0]
        cursor.close()
    return _told({"count": count, "forth": forth, "back": back})


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


def _told(sums: dict[str, object]) -> str:
    return f"{sums['count']}-{sums['forth'] or 0}-{sums['back'] or 0}"
