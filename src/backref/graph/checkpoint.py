"""Files that only grow, and a note of how far they are good."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

NOTE = "progress.json"


@dataclass
class Checkpoint:
    """The state of a build, beside the lengths that the files of its folder had then.

    A process that dies leaves files that are longer than the note says, or files that the note
    does not know; `Checkpoint.resume` cuts and removes these.
    """

    folder: Path
    state: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def resume(cls, folder: Path, inputs: str) -> Checkpoint | None:
        """The last state, all files as they were; None where there is none of the same inputs."""
        try:
            told = json.loads((folder / NOTE).read_bytes())
            if told["inputs"] != inputs:
                return None
            for name, length in told["lengths"].items():
                if (folder / name).stat().st_size < length:
                    return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        for path in folder.iterdir():
            if path.name not in told["lengths"] and path.name != NOTE:
                path.unlink()
        for name, length in told["lengths"].items():
            os.truncate(folder / name, length)
        return cls(folder, told["state"])

    def keep(self, inputs: str, *done: Path) -> None:
        """Notes the state and the files' lengths, then removes the files that are done with."""
        gone = {path.name for path in done} | {NOTE}
        lengths = {
            path.name: path.stat().st_size
            for path in self.folder.iterdir()
            if path.name not in gone and not path.name.endswith(".new")
        }
        told = {"inputs": inputs, "state": self.state, "lengths": lengths}
        new = self.folder / f"{NOTE}.new"
        new.write_text(json.dumps(told), encoding="utf-8")
        new.rename(self.folder / NOTE)
        for path in done:
            path.unlink(missing_ok=True)
