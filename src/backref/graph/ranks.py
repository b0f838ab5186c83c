"""The results of ranking a stored graph: a vector a file, one value a node, mapped when read.

ranks/
  NAME.npy       one value for each node, in the order of the nodes
  NAME.json      how it was made: parameters, residual or error, sweeps, seconds, digest
  ranked.json    written last: without it nothing was ranked

They are made in `ranks.unfinished`, vector by vector, which another run goes on with when it asks
for the same, and are put in place all at once.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np

from backref.errors import StoreBusy, StoreDamaged, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FOLDER, UNFINISHED, REPLACED = "ranks", "ranks.unfinished", "ranks.replaced"
RANKED, ASKED = "ranked.json", "asked.json"
VERSION = 1
CHUNK = 1 << 26

Told = dict[str, Any]


@dataclass(frozen=True)
class Ranks:
    """The results that stand in `folder`; `told` is what `ranked.json` says of them all."""

    folder: Path
    told: Told

    @classmethod
    def open(cls, graph: Path) -> Ranks:
        """The results of the graph in a folder. Raises UsageError where it was not ranked."""
        _mend(graph)
        try:
            return cls(graph / FOLDER, json.loads((graph / FOLDER / RANKED).read_bytes()))
        except FileNotFoundError:
            raise UsageError(
                f"The graph {graph.name} is not ranked: run `backref graph rank {graph.name}`."
            ) from None
        except (OSError, ValueError):
            raise _damaged(graph / FOLDER / RANKED) from None

    @property
    def names(self) -> tuple[str, ...]:
        """What was computed."""
        return tuple(self.told["vectors"])

    def __contains__(self, name: str) -> bool:
        return name in self.told["vectors"]

    def vector(self, name: str) -> NDArray[Any]:
        """The values of all nodes, mapped. Raises KeyError for what was not computed."""
        if name not in self:
            raise KeyError(name)
        path = self.folder / f"{name}.npy"
        try:
            found: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
        except (OSError, ValueError):
            raise _damaged(path) from None
        if len(found) != self.told["vectors"][name]["length"]:
            raise _damaged(path)
        return found

    def of(self, name: str) -> Told:
        """How a vector was made."""
        made: Told = self.told["vectors"][name]
        return made


class Draft:
    """Results in the making. Vectors that an earlier run for the same finished are there."""

    def __init__(self, graph: Path, asked: Mapping[str, Any]) -> None:
        self.graph, self.folder, self.asked = graph, graph / UNFINISHED, dict(asked)
        held = self.folder / ASKED
        if not held.is_file() or json.loads(held.read_bytes()) != self.asked:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
            _write(held, json.dumps(self.asked).encode())

    def has(self, name: str) -> bool:
        """Whether a vector is finished."""
        return (self.folder / f"{name}.json").is_file()

    def vector(self, name: str) -> NDArray[Any]:
        """A finished vector, mapped."""
        found: NDArray[Any] = np.load(self.folder / f"{name}.npy", mmap_mode="r").view(np.ndarray)
        return found

    def told(self, name: str) -> Told:
        """How a finished vector was made."""
        made: Told = json.loads((self.folder / f"{name}.json").read_bytes())
        return made

    def keep(self, name: str, values: NDArray[Any], **made: object) -> None:
        """Finish a vector; `made` says how it was made."""
        self._save(name, values)
        digest = _digest(values)
        told = {**made, "type": str(values.dtype), "length": len(values), "digest": digest}
        _write(self.folder / f"{name}.json", json.dumps(told).encode())
        self.forget(name)

    def checkpoint(self, name: str, **state: NDArray[Any]) -> None:
        """Keep the state of an unfinished vector, so that a killed run goes on from there."""
        path = self.folder / f"{name}.state"
        with path.with_suffix(".part").open("wb") as file:
            np.savez(file, **state)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".part").rename(path)

    def state(self, name: str) -> dict[str, NDArray[Any]]:
        """The last state that was kept; nothing where there is none, or none that can be read."""
        try:
            with np.load(self.folder / f"{name}.state") as held:
                return dict(held)
        except (OSError, ValueError, EOFError, KeyError):
            return {}

    def forget(self, name: str) -> None:
        """Remove the state of a vector."""
        (self.folder / f"{name}.state").unlink(missing_ok=True)

    def publish(self, told: Told) -> Ranks:
        """Put the results in place of earlier ones."""
        made = {
            path.stem: json.loads(path.read_bytes())
            for path in sorted(self.folder.glob("*.json"))
            if path.name not in (ASKED, RANKED)
        }
        digests = [(name, one["digest"]) for name, one in made.items()]
        whole = {
            "version": VERSION,
            **told,
            "asked": self.asked,
            "ranked": datetime.now(UTC).isoformat(timespec="seconds"),
            "digest": blake2b(repr((VERSION, digests)).encode(), digest_size=16).hexdigest(),
            "vectors": made,
        }
        (self.folder / ASKED).unlink(missing_ok=True)
        _write(self.folder / RANKED, json.dumps(whole, indent=1).encode())
        _replace(self.graph)
        return Ranks(self.graph / FOLDER, whole)

    def _save(self, name: str, values: NDArray[Any]) -> None:
        path = self.folder / f"{name}.npy"
        with path.with_suffix(".part").open("wb") as file:
            np.save(file, values)
            file.flush()
            os.fsync(file.fileno())
        path.with_suffix(".part").rename(path)


@contextmanager
def alone(graph: Path) -> Iterator[None]:
    """Keep others from ranking the same graph meanwhile. Raises StoreBusy when one does."""
    with (graph / ".ranking").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusy(
                f"Another process is ranking {graph.name}; wait until it ends, then repeat."
            ) from None
        yield


def _replace(graph: Path) -> None:
    """A kill between the renames leaves the earlier results aside, where `_mend` finds them."""
    shutil.rmtree(graph / REPLACED, ignore_errors=True)
    if (graph / FOLDER).exists():
        (graph / FOLDER).rename(graph / REPLACED)
    (graph / UNFINISHED).rename(graph / FOLDER)
    _sync(graph)
    shutil.rmtree(graph / REPLACED, ignore_errors=True)


def _mend(graph: Path) -> None:
    """Put results in place that a kill left aside; while somebody ranks, that is up to them."""
    if (graph / FOLDER).exists() or not graph.is_dir():
        return
    with suppress(OSError, StoreBusy), alone(graph):
        left = (graph / name for name in (UNFINISHED, REPLACED))
        whole = next((folder for folder in left if (folder / RANKED).is_file()), None)
        if whole:
            whole.rename(graph / FOLDER)


def _digest(values: NDArray[Any]) -> str:
    state = blake2b(digest_size=16)
    held = np.ascontiguousarray(values)
    for first in range(0, len(held), CHUNK):
        state.update(held[first : first + CHUNK].data)
    return state.hexdigest()


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(path: Path) -> StoreDamaged:
    graph = path.parent.parent.name
    return StoreDamaged(f"{path} is not what was written; run `backref graph rank {graph}` again.")
