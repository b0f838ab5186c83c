"""What a derived table is made by: a plan of what each partition depends on, and a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa

    from backref.lake.snapshot import Snapshot

    Plan = Callable[[Snapshot], Mapping[str, str]]
    Build = Callable[[Snapshot, str], Mapping[str, pa.Table | pa.RecordBatchReader]]


@dataclass(frozen=True)
class Stage:
    """One step from facts and earlier tables to derived tables.

    `plan` names every partition that the tables shall have, with a digest of all that the
    partition depends on (inputs, settings, the models' text). `build` makes one partition's
    rows for each of `tables`. `version` changes when code outside the models changes meaning.
    """

    name: str
    tables: tuple[str, ...]
    version: str
    plan: Plan
    build: Build
