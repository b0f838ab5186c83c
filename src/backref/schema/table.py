"""What a table is: its columns with their types, and the Arrow schema that they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["fact", "derived"]
TypeName = Literal["id", "hash", "text", "int", "small", "float", "flag", "time", "date"]

BUCKET = "16 buckets of the {} (`url.bucket`)"
SITE_DAY = "site and UTC day, as `example.com/2026-11-23`"
SITE_MONTH = "site and month of UTC days, as `example.com/2026-11`"
SITE = "site"


@dataclass(frozen=True)
class Column:
    """One column: its name, type, meaning, and unit where it has one."""

    name: str
    type: TypeName
    doc: str
    unit: str = ""
    required: bool = False


@dataclass(frozen=True)
class Table:
    """One table. `partition` says what its partitions are; `sort` how a segment is ordered;
    `looked_up` whether few rows that stand together are asked for at a time."""

    name: str
    kind: Kind
    doc: str
    partition: str
    sort: tuple[str, ...]
    columns: tuple[Column, ...]
    looked_up: bool = False

    @cached_property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of a segment."""
        import pyarrow as pa

        return pa.schema(
            pa.field(column.name, arrow_type(column.type), nullable=not column.required)
            for column in self.columns
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


def arrow_type(name: TypeName) -> pa.DataType:
    """The Arrow type behind a type name; `id` is 16 bytes, `hash` an unsigned 64-bit number."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "id": pa.binary(16),
        "hash": pa.uint64(),
        "text": pa.string(),
        "int": pa.int64(),
        "small": pa.int32(),
        "float": pa.float64(),
        "flag": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
        "date": pa.date32(),
    }
    return types[name]
