"""What a stored graph is: the file that makes a folder a graph."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from backref.errors import NotHeld, StoreDamaged, StoreTooNew

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
NAME = "manifest.json"
LEVELS = ("domain", "host")


@dataclass(frozen=True)
class Manifest:
    """Figures of a stored graph.

    `shift` says how many nodes a segment has, see rowkernel. `www` is True where hosts that begin
    with `www.` are nodes of their own, None where no name tells. `sources` has for each file its
    name, size and hash, `rejects` how many rows were left out for which reason, `files` the bytes
    of every file of the folder.
    """

    name: str
    level: str
    release: str | None
    created: str
    nodes: int
    edges: int
    shift: int
    www: bool | None = None
    sources: tuple[dict[str, Any], ...] = ()
    read: int = 0
    duplicates: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    version: int = VERSION

    @classmethod
    def read_from(cls, folder: Path) -> Manifest:
        """The manifest of a folder.

        Raises NotHeld where there is none, StoreTooNew or StoreDamaged where it cannot be used.
        """
        try:
            told = json.loads((folder / NAME).read_bytes())
            version = told["version"]
        except (FileNotFoundError, NotADirectoryError):
            raise NotHeld(f"There is no graph {folder.name}; see `backref graph list`.") from None
        except (OSError, ValueError, TypeError, KeyError):
            raise _damaged(folder) from None
        if version != VERSION:
            raise StoreTooNew(
                f"The graph {folder.name} was written by another Backref (format {version}); "
                "drop it and add it again."
            )
        try:
            return cls(**{**told, "sources": tuple(told["sources"])})
        except (TypeError, KeyError):
            raise _damaged(folder) from None

    def write_to(self, folder: Path) -> None:
        """Keeps the manifest in a folder, for good."""
        with (folder / NAME).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    def bytes_of(self, *stems: str) -> int:
        """Bytes of the files whose names begin with one of these words and a dot: `out`, `in`,
        `names`."""
        return sum(size for name, size in self.files.items() if name.split(".")[0] in stems)


def _damaged(folder: Path) -> StoreDamaged:
    return StoreDamaged(f"{folder / NAME} cannot be read; drop the graph and add it again.")
