"""Which records are new: equal ones are numbered, and what the store holds is left out."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backref import identity
from backref.ingest.identifiers import Ids
from backref.ingest.partition import Partition

if TYPE_CHECKING:
    from pathlib import Path

    from backref.lake.lake import Lake

Place = tuple[str, str]
"""A table and one of its partitions."""
HELD_BYTES = 256 << 20
"""Identities of partitions beyond this are spilled, the longest unused first."""


class Numbered(NamedTuple):
    """Identities with their occurrence numbers worked in; `new` are those not yet stored."""

    ids: Ids
    occurrence: np.ndarray
    new: np.ndarray


class Novelty:
    """The identities of every partition that one import touches."""

    def __init__(self, lake: Lake, scratch: Path) -> None:
        self._lake = lake
        self._scratch = scratch
        self._held: OrderedDict[Place, Partition] = OrderedDict()
        self._spilled: dict[Place, tuple[Partition, Path]] = {}

    def of_records(self, place: Place, ids: Ids) -> Numbered:
        """Number counted records, given by their first occurrence's identity, and judge them."""
        partition = self._partition(place)
        occurrence = partition.occurrences(ids)
        numbered = self.repeated(ids, occurrence)
        return Numbered(numbered, occurrence, partition.stored.find(numbered) < 0)

    def of_entries(self, place: Place, ids: Ids) -> np.ndarray:
        """Which entries of a dictionary are new, to the store and to this import."""
        partition = self._partition(place)
        first = partition.occurrences(ids) == 0
        return np.asarray(first & (partition.stored.find(ids) < 0))

    def repeated(self, ids: Ids, occurrence: np.ndarray) -> Ids:
        """The identities of later occurrences."""
        again = np.flatnonzero(occurrence)
        if not again.size:
            return ids
        first = ids[again].to_bytes()
        later = b"".join(
            identity.repeated_id(self._lake.key, first[16 * at : 16 * at + 16], int(number))
            for at, number in enumerate(occurrence[again])
        )
        changed = Ids(ids.head.copy(), ids.tail.copy())
        changed.head[again], changed.tail[again] = (half := Ids.of_bytes(later)).head, half.tail
        return changed

    def versions(self) -> dict[Place, int]:
        """The version of each partition at which its identities were read."""
        spilled = {place: partition for place, (partition, _) in self._spilled.items()}
        return {place: partition.version for place, partition in (self._held | spilled).items()}

    def _partition(self, place: Place) -> Partition:
        if place in self._spilled:
            partition, file = self._spilled.pop(place)
            partition.recall(file)
            self._held[place] = partition
        elif place not in self._held:
            version, stored = self._lake.ids(*place)
            self._held[place] = Partition(version, Ids.of_bytes(stored.tobytes()).sorted())
        self._held.move_to_end(place)
        self._make_room()
        return self._held[place]

    def _make_room(self) -> None:
        """Spill what was not used for longest; the partition in use always stays."""
        total = sum(partition.nbytes for partition in self._held.values())
        while total > HELD_BYTES and len(self._held) > 1:
            place, partition = self._held.popitem(last=False)
            total -= partition.nbytes
            file = self._scratch / f"ids-{len(self._spilled)}-{id(partition):x}"
            partition.spill(file)
            self._spilled[place] = (partition, file)
