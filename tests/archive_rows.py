"""What a source of archives reads, as plain rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from backref.schema import TABLES
from backref.sources.source import Chunk, Context, Parsed, Reject, Source


def parsed(source: Source, stream: Any, context: Context) -> Iterator[Parsed | Reject]:
    """What a source makes of a stream, chunk by chunk."""
    for found in source.chunks(stream, context):
        yield source.parse(found, context) if isinstance(found, Chunk) else found


class Read:
    """Everything of one archive, as plain rows."""

    def __init__(self, found: Iterator[Parsed | Reject]) -> None:
        self.read = 0
        self.counts: Counter[str] = Counter()
        self.rejects: list[Reject] = []
        self.rows: dict[str, list[dict[str, Any]]] = {
            "page_observations": [],
            "link_observations": [],
        }
        for one in found:
            if isinstance(one, Reject):
                self.rejects.append(one)
                self.read += 1
                continue
            self.read += one.read
            self.counts += one.counts
            self.rejects += one.rejects
            for rows in one.rows:
                wanted = [name for name in TABLES[rows.table].names if name != "import_id"]
                assert rows.batch.schema.names == wanted
                assert rows.unit is not None
                assert len(rows.batch) == len(rows.partition) == len(rows.unit)
                self.rows[rows.table] += rows.batch.to_pylist()

    @property
    def pages(self) -> list[dict[str, Any]]:
        return self.rows["page_observations"]

    @property
    def links(self) -> list[dict[str, Any]]:
        return self.rows["link_observations"]
