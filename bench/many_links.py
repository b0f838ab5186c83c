"""A store of very many links, published through the lake's own writer as imports publish them.

Domains are linked to by Zipf's law, and link by it: a few have very many links, most have a few.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from backref import schema
from backref.lake.lake import Lake
from backref.lake.records import ImportSummary
from backref.url import bucket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

AT_ONCE = 1_000_000
"""Links of one import."""
TARGETS, SOURCES = 200_000, 300_000
PAGES = 400
"""Own pages of a domain, the first ones more linked to."""
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
DAY = 86_400_000_000
ANCHORS = [
    f"{word} {number}" for word in ("read", "source", "guide", "shop") for number in range(9)
]


def target(rank: int) -> str:
    """The domain that is linked to most often but for `rank` others."""
    return f"target{rank}.example"


def write(path: Path, count: int) -> None:
    """Make a store of `count` links, each seen once, and of the ratings of half of the domains
    that link; nothing is derived yet."""
    with Lake.create(path) as lake:
        _publish(lake, {("ratings", "all"): ratings()})
        for number, start in enumerate(range(0, count, AT_ONCE)):
            chance = np.random.default_rng(number)
            _publish(lake, dict(_by_bucket(links(chance, start, min(AT_ONCE, count - start)))))


def links(chance: np.random.Generator, start: int, count: int) -> pa.Table:
    """Observations of `count` links, numbered from `start`; their pages bear these numbers."""
    linking, linked = _zipf(chance, SOURCES, count), _zipf(chance, TARGETS, count)
    pages = _texts((chance.pareto(0.8, count) * 3).astype(np.int64) % PAGES)
    source, goal = _named("source", linking), _named("target", linked)
    names = _texts(np.arange(start, start + count))
    source_page = pc.binary_join_element_wise(source, "/2026/post-", names, "")
    target_page = pc.binary_join_element_wise(goal, "/article-", pages, "")
    seen = chance.integers(0, 300, count) * DAY + int(BEGIN.timestamp()) * 1_000_000
    times = pa.array(seen, pa.timestamp("us", tz="UTC"))
    told = {
        "row_id": _identities(chance, count),
        "import_id": pa.repeat(pa.scalar(1, pa.int64()), count),
        "position": pa.array(np.arange(count)),
        "witness": pa.repeat("ahrefs", count),
        "assertion": _often("present", "reported_lost", chance.random(count) < 0.05),
        "observed_lo": times,
        "observed_hi": times,
        "source_url": pc.binary_join_element_wise("https://", source_page, ""),
        "source_page": source_page,
        "source_hash": pa.array(chance.integers(0, 1 << 63, count).astype(np.uint64)),
        "source_host": source,
        "source_domain": source,
        "source_identity": source,
        "target_url": pc.binary_join_element_wise("https://", target_page, ""),
        "target_page": target_page,
        "target_host": goal,
        "target_domain": goal,
        "anchor": pa.array(ANCHORS).take(pa.array(chance.integers(0, len(ANCHORS), count))),
        "anchor_kind": pa.repeat("text", count),
        "nofollow": pa.array(chance.random(count) < 0.3),
        "title": pc.binary_join_element_wise("What we found, part ", names, ""),
        "language": pa.repeat("en", count),
    }
    return _table("link_observations", told, count)


def ratings() -> pa.Table:
    """A rating of every second domain that links."""
    chance = np.random.default_rng(1 << 20)
    rated = np.arange(0, SOURCES, 2)
    told = {
        "row_id": _identities(chance, len(rated)),
        "import_id": pa.repeat(pa.scalar(1, pa.int64()), len(rated)),
        "vendor": pa.repeat("ahrefs", len(rated)),
        "metric": pa.repeat("DR", len(rated)),
        "scope": pa.repeat("domain", len(rated)),
        "subject": _named("source", rated),
        "value": pa.array(np.round(chance.random(len(rated)) ** 3 * 100, 1)),
    }
    return _table("ratings", told, len(rated))


def _zipf(chance: np.random.Generator, most: int, count: int) -> np.ndarray:
    """Ranks from 0, each about as often as one over itself."""
    return np.minimum((most + 1.0) ** chance.random(count), most).astype(np.int64) - 1


def _named(kind: str, ranks: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(kind, _texts(ranks), ".example", "")


def _texts(numbers: np.ndarray) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _often(usual: str, other: str, where: np.ndarray) -> pa.Array:
    return pc.if_else(pa.array(where), other, usual)


def _identities(chance: np.random.Generator, count: int) -> pa.Array:
    return pa.Array.from_buffers(
        pa.binary(16), count, [None, pa.py_buffer(chance.bytes(16 * count))]
    )


def _table(name: str, told: Mapping[str, pa.Array], count: int) -> pa.Table:
    arrow = schema.TABLES[name].arrow
    columns = [
        told[field.name] if field.name in told else pa.nulls(count, field.type) for field in arrow
    ]
    return pa.table(
        [column.cast(field.type) for column, field in zip(columns, arrow, strict=True)], arrow
    )


def _by_bucket(rows: pa.Table) -> Iterator[tuple[tuple[str, str], pa.Table]]:
    domains = rows["target_domain"].combine_chunks().dictionary_encode()
    buckets = np.array([bucket(name) for name in domains.dictionary.to_pylist()])
    places = buckets[domains.indices.to_numpy()]
    for name in np.unique(buckets).tolist():
        yield ("link_observations", name), rows.filter(pa.array(places == name))


def _publish(lake: Lake, tables: Mapping[tuple[str, str], pa.Table]) -> None:
    """As one import. No row is stored yet, which spares reading the ids of those that are."""
    number = lake.begin_import("many links", "bench")
    with lake.snapshot() as snapshot, lake.writer(number) as writer:
        expected = {place: snapshot.version_of(*place) for place in tables}
        for (table, partition), rows in tables.items():
            writer.write(table, partition, rows)
        stored = sum(map(len, tables.values()))
        lake.publish(number, writer, expected, ImportSummary(stored, stored, 0, 0))
