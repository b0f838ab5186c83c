"""Reading an export in tests: all rows of all its tables, with the sums checked."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backref.sources.exports import EXPORTS
from backref.sources.source import HEAD_BYTES, Context, Parsed, Reject, Site, Verdict

KEY = b"a key for tests"
SHOP = Site("shop.example", frozenset({"shop.example", "shop.test"}))
SAMPLES = Path(__file__).parent / "data" / "exports"


@dataclass
class Reading:
    """What an export yielded: its verdict, records read, rows by table, rejects."""

    verdict: Verdict
    read: int = 0
    units: int = 0
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def ids(self, table: str) -> set[bytes]:
        return {row["row_id"] for row in self.rows.get(table, [])}

    def take(self, parsed: Parsed, unit_table: str) -> None:
        self.read += parsed.read
        self.rejects += parsed.rejects
        for made in parsed.rows:
            made.batch.validate(full=True)
            required = [each.name for each in made.batch.schema if not each.nullable]
            assert not any(made.batch.column(name).null_count for name in required)
            rows = made.batch.to_pylist()
            units, cuts = made.unit.to_pylist(), made.partition.to_pylist()
            for at, (row, unit, cut) in enumerate(zip(rows, units, cuts, strict=True)):
                is_unit = made.table == unit_table and unit == at
                self.units += is_unit
                kept = {**row, "unit": unit, "is_unit": is_unit, "partition": cut}
                self.rows.setdefault(made.table, []).append(kept)


def read(data: bytes, site: Site | None = SHOP, sites: tuple[Site, ...] = (SHOP,)) -> Reading:
    """Recognise and read an export; every record read is a unit or a reject."""
    reading = Reading(EXPORTS.sniff(data[:HEAD_BYTES]))
    if not reading.verdict.confidence:
        return reading
    context = Context(KEY, reading.verdict.dialect, site, sites, head=data[:HEAD_BYTES])
    unit_table = EXPORTS.unit_table(context)
    for chunk in EXPORTS.chunks(io.BytesIO(data), context):
        if isinstance(chunk, Reject):
            reading.read += 1
            reading.rejects.append(chunk)
        else:
            reading.take(EXPORTS.parse(chunk, context), unit_table)
    assert reading.read == reading.units + len(reading.rejects)
    return reading


def sample(name: str) -> Reading:
    """Read one of the hand-made samples."""
    return read((SAMPLES / name).read_bytes())
