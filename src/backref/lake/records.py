"""What the catalogue tells about sites, imports, rejects, segments and partitions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True)
class SiteRecord:
    """One site of the store.

    `also` are further domains of the same brand, `was` its former ones, `zone` the time zone of
    its reporting days, `brand` terms that mark a query as asking for the brand, `goals` path
    patterns (`*` stands for anything) whose visit counts as a conversion.
    """

    name: str
    also: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    zone: str = "UTC"
    brand: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    created: datetime | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """All its hosts, the main one first."""
        return (self.name, *self.also, *self.was)


@dataclass(frozen=True)
class ImportSummary:
    """What became of an import's records: read = stored + duplicate + rejected.

    `sha256` is that of the decompressed source, None when it was not read whole; `earliest` and
    `latest` are the times of its records, None when they tell none.
    """

    read: int
    stored: int
    duplicate: int
    rejected: int
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    sha256: str | None = None
    earliest: datetime | None = None
    latest: datetime | None = None


@dataclass(frozen=True)
class ImportRecord:
    """One import as the catalogue holds it. `state` is running, done, failed, interrupted or
    undone; the counts are None until it is done, and stay when it is undone. Its records are of the
    time from `earliest` to `latest`, None when they tell none. `batch` is the first of the imports
    that came with it: of one command, from one folder or archive."""

    id: int
    file: str
    format: str
    dialect: str
    confidence: float
    site: str | None
    stream: str
    started: datetime
    finished: datetime | None
    state: str
    read: int | None
    stored: int | None
    duplicate: int | None
    rejected: int | None
    counts: Mapping[str, int]
    seconds: float | None
    sha256: str | None
    earliest: datetime | None
    latest: datetime | None
    reason: str | None
    batch: int | None = None


class RejectRecord(NamedTuple):
    """A record that an import could not store: where it stood, why, and how it began. `line` is
    None where its file has no lines."""

    import_id: int
    file: str
    position: int
    reason: str
    sample: str
    line: int | None


class Segment(NamedTuple):
    """One immutable file of rows of one partition. `version` is the partition's version that
    the rows came with; `file` is relative to the segments' folder."""

    id: int
    table: str
    partition: str
    version: int
    file: str
    rows: int
    bytes: int
    sha256: str


class Partition(NamedTuple):
    """What is known of one partition. `version` counts its changes; `depends` and `content`
    are the digests of what a derived partition was built from and of its rows."""

    version: int
    depends: str | None
    content: str | None


@dataclass(frozen=True)
class Contents:
    """Everything that one version of the catalogue lists."""

    version: int
    sites: tuple[SiteRecord, ...]
    segments: Mapping[str, Mapping[str, tuple[Segment, ...]]]
    partitions: Mapping[str, Mapping[str, Partition]]
    batches: Mapping[int, int] = field(default_factory=dict)
