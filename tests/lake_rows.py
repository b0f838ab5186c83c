"""A small importer for tests of the lake: texts become rows of `agents`, each kept once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from backref.errors import Conflict
from backref.lake.lake import Lake
from backref.lake.records import ImportSummary

PLACE = ("agents", "all")


def row_id(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def agents(texts: Iterable[str], import_id: int = 1) -> pa.Table:
    texts = list(texts)
    ids = [row_id(text) for text in texts]
    return pa.table(
        {
            "row_id": pa.array(ids, pa.binary(16)),
            "import_id": pa.array([import_id] * len(texts), pa.int64()),
            "position": pa.array(range(len(texts)), pa.int64()),
            "agent": pa.array([int.from_bytes(name[:8]) for name in ids], pa.uint64()),
            "text": pa.array(texts, pa.string()),
        }
    )


def store(lake: Lake, texts: Iterable[str], rejects: Iterable[tuple[int, str, str]] = ()) -> int:
    """Import texts as the storage contract asks: read ids, write, publish, else repeat.
    Returns how many attempts it took."""
    texts = list(texts)
    rejects = [(*reject, None) for reject in rejects]
    import_id = lake.begin_import("memory", "agents")
    for attempt in range(1, 100):
        version, held = lake.ids(*PLACE)
        known = set(held.tolist())
        fresh = [text for text in dict.fromkeys(texts) if row_id(text) not in known]
        summary = ImportSummary(
            read=len(texts) + len(rejects),
            stored=len(fresh),
            duplicate=len(texts) - len(fresh),
            rejected=len(rejects),
        )
        with lake.writer(import_id) as writer:
            if fresh:
                writer.write(*PLACE, agents(fresh, import_id))
            try:
                lake.publish(import_id, writer, {PLACE: version}, summary, rejects)
            except Conflict:
                continue
            return attempt
    raise AssertionError("never published")


def swap_in(
    lake: Lake,
    tables: Mapping[str, pa.Table],
    partition: str,
    depends: str,
    expected: Mapping[str, int] | None = None,
) -> None:
    """Put new rows in place of a partition, or raise Conflict when it has moved."""
    with lake.swap() as swap:
        swap.put([tables], partition, depends, expected)
        if refused := swap.commit():
            raise Conflict(refused)


def texts(lake: Lake) -> list[str]:
    with lake.snapshot() as snapshot:
        return [
            row["text"] for row in snapshot.rows("/* t.t */ SELECT text FROM agents ORDER BY 1")
        ]


def counts(lake: Lake) -> Counter[str]:
    return Counter(record.state for record in lake.imports())


def ids_of(array: np.ndarray) -> set[bytes]:
    return set(array.tolist())
