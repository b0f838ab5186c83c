"""What a derived table is made by: a plan of what each partition depends on, and a build."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow as pa

    from backref.lake.snapshot import Snapshot

    Plan = Callable[[Snapshot], Mapping[str, str]]
    Tables = Mapping[str, pa.Table | pa.RecordBatchReader]
    Build = Callable[[Snapshot, str], Tables]
    BuildMany = Callable[[Snapshot, Sequence[str]], Iterator[tuple[str, Tables]]]


_LIST = re.compile(r'"(\w+\.(?:csv|txt))"')


def digest_of(*parts: str) -> str:
    """A digest of texts in their order, as plans are made of."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


@cache
def code_of(room: str) -> str:
    """A digest of a room's code: its modules, its models, and the lists of the world they name.
    As a stage's version it changes whenever they do, so that nobody has to remember."""
    texts = {
        file.name: file.read_bytes()
        for file in files(room).iterdir()
        if file.name.endswith((".py", ".sql"))
    }
    named = {name for text in texts.values() for name in _LIST.findall(text.decode())}
    held = {file.name: file for file in files("backref.data").iterdir()}
    texts |= {name: held[name].read_bytes() for name in named & held.keys()}
    return blake2b(repr(sorted(texts.items())).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Stage:
    """One step from facts and earlier tables to derived tables.

    `plan` names every partition that the tables shall have, with a digest of all that the
    partition depends on (inputs, settings, the models' text). `build` makes one partition's
    rows for each of `tables`. `version` changes when the stage's code does, see `code_of`.
    A stage of many small partitions may have `build_many`, which makes several at a time, and large
    ones in parts.
    `reads` are the tables that the plan depends on, beside sites and ranked graphs: while none of
    them changed the plan is the last one. A stage that names none is planned in every run.
    """

    name: str
    tables: tuple[str, ...]
    version: str
    plan: Plan
    build: Build
    build_many: BuildMany | None = None
    reads: tuple[str, ...] = ()

    def builds(self, snapshot: Snapshot, partitions: Sequence[str]) -> Iterator[tuple[str, Tables]]:
        """Make partitions one after the other; a large one may come in several parts."""
        if self.build_many:
            yield from self.build_many(snapshot, partitions)
        else:
            for name in partitions:
                yield name, self.build(snapshot, name)
