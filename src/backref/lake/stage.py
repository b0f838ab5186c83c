"""What a derived table is made by: a plan of what each partition depends on, and a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from backref.lake.snapshot import Snapshot

    Plan = Callable[[Snapshot], Mapping[str, str]]
    Tables = Mapping[str, pa.Table | pa.RecordBatchReader]
    Build = Callable[[Snapshot, str], Tables]
    BuildMany = Callable[[Snapshot, Sequence[str]], Iterator[tuple[str, Tables]]]


@dataclass(frozen=True)
class Stage:
    """One step from facts and earlier tables to derived tables.

    `plan` names every partition that the tables shall have, with a digest of all that the
    partition depends on (inputs, settings, the models' text). `build` makes one partition's
    rows for each of `tables`. `version` changes when code outside the models changes meaning.
    A stage of many small partitions may have `build_many`, which makes several at a time.
    """

    name: str
    tables: tuple[str, ...]
    version: str
    plan: Plan
    build: Build
    build_many: BuildMany | None = None

    def builds(self, snapshot: Snapshot, partitions: Sequence[str]) -> Iterator[tuple[str, Tables]]:
        """Make partitions one after the other."""
        if self.build_many:
            yield from self.build_many(snapshot, partitions)
        else:
            for name in partitions:
                yield name, self.build(snapshot, name)
