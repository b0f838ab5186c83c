"""Merging small segments, so that a partition never has many files to open.

Segments are merged smallest first and only with others of about their size, so that a row is
rewritten a number of times that grows with the logarithm of its partition. Rows and their ids
do not change, so neither does the partition's version: whoever read its ids may still publish.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa

from backref import schema
from backref.lake import holdings, relation, trouble
from backref.lake.segments import ROW_GROUP, fit
from backref.lake.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from backref.lake.catalogue import Catalogue
    from backref.lake.engine import Engine
    from backref.lake.records import Segment
    from backref.lake.segments import Segments

LIMIT = 32


def crowded(segments: Iterable[Segment]) -> list[tuple[str, str]]:
    """The partitions with more segments than a reader should open."""
    counts = Counter((segment.table, segment.partition) for segment in segments)
    return sorted(place for place, count in counts.items() if count > LIMIT)


def mergeable(segments: Iterable[Segment]) -> list[Segment]:
    """The smaller half, and what follows while none outweighs all that are smaller."""
    ordered = sorted(segments, key=lambda segment: (segment.bytes, segment.id))
    chosen = ordered[: LIMIT // 2]
    weight = sum(segment.bytes for segment in chosen)
    for segment in ordered[LIMIT // 2 :]:
        if segment.bytes > weight:
            break
        chosen.append(segment)
        weight += segment.bytes
    return chosen


def compact(
    catalogue: Catalogue,
    segments: Segments,
    engine: Engine,
    place: tuple[str, str],
    clock: Callable[[], datetime],
) -> int:
    """Merge segments of one partition; returns how many went. Does nothing when another
    process was quicker."""
    with catalogue.read() as connection:
        chosen = mergeable(holdings.live(connection, place))
    if len(chosen) < 2:
        return 0
    table, partition = place
    with Writer(segments, 0) as writer:
        writer.adopt(segments.write_sorted(table, partition, _merged(engine, segments, chosen)))
        segments.settle(writer.staged)
        with catalogue.write() as connection:
            if holdings.retire(connection, [s.id for s in chosen], clock()) != len(chosen):
                connection.rollback()
                return 0
            holdings.enlist(connection, writer.staged, max(s.version for s in chosen))
            writer.hand_over()
    return len(chosen)


def _merged(engine: Engine, segments: Segments, chosen: list[Segment]) -> Iterator[pa.Table]:
    table = schema.TABLES[chosen[0].table]
    rows = relation.by_name(table, [segments.path(segment.file) for segment in chosen])
    columns = ", ".join(f'"{name}"' for name in table.names)
    order = ", ".join(f'"{name}"' for name in table.sort)
    with trouble.named(f"merging segments of {table.name}"):
        cursor = engine.cursor()
        query = f"SELECT {columns} FROM {rows} ORDER BY {order}"  # noqa: S608
        for batch in cursor.sql(query).to_arrow_reader(ROW_GROUP):
            yield fit(table, pa.Table.from_batches([batch]))
        cursor.close()
