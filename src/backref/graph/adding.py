"""From files of a web graph to the plan of building it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backref.errors import MissingFile, UsageError
from backref.graph.building import BUDGET, Plan
from backref.graph.edges import LineEdges, ParquetEdges
from backref.graph.lines import first_lines
from backref.graph.manifest import LEVELS
from backref.graph.vertices import Unnamed, Vertices
from backref.sources.export_ranks import named_release, told_release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from backref.graph.edges import Edges

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
PARQUET = b"PAR1"
EDGE = re.compile(rb"\d+[ \t]+\d+\r?")
VERTEX = re.compile(rb"\d+[ \t]+[^ \t]+")


@dataclass(frozen=True)
class Files:
    """The files of one graph, by what they hold."""

    vertices: tuple[Path, ...]
    edges: tuple[Path, ...]
    parquet: tuple[Path, ...]

    @classmethod
    def sorted(cls, paths: Sequence[Path]) -> Files:
        """Each file where it belongs, in the order given.

        Raises UsageError for what is neither, or where edges or vertices are missing.
        """
        kinds: dict[str, list[Path]] = {"vertices": [], "edges": [], "parquet": []}
        for path in paths:
            kinds[_kind(path)].append(path)
        found = cls(*(tuple(held) for held in kinds.values()))
        if bool(found.edges) == bool(found.parquet):
            raise UsageError("Name the files of the edges too, either as text or as Parquet.")
        if not found.vertices and not found.parquet:
            raise UsageError(
                "Name the files of the vertices too, which say what the ids stand for."
            )
        return found

    def all(self) -> tuple[Path, ...]:
        """All files."""
        return self.vertices + self.edges + self.parquet


def plan(
    paths: Sequence[Path],
    graphs: Path,
    *,
    name: str = "",
    level: str = "",
    release: str = "",
    nodes: int | None = None,
    budget_bytes: int = BUDGET,
) -> Plan:
    """How a graph of these files is built in the folder `graphs`. What is not told, the files'
    names tell: the release, the level, and from both the graph's name. Edges in Parquet without
    vertices make a graph without names, of `nodes` nodes.

    Raises UsageError where that cannot be.
    """
    files = Files.sorted(paths)
    month = told_release(release) if release else _released(files)
    level = level or _level(files)
    if level not in LEVELS:
        raise UsageError(f"{level} is no level: choose domain or host.")
    name = name or f"{level}-{month or 'graph'}"
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a graph's name: use a to z, digits, dots, dashes and underscores."
        )
    sources = tuple(_told(path) for path in files.all())
    edges: Edges = ParquetEdges(files.parquet) if files.parquet else LineEdges(files.edges)
    if not files.vertices and nodes is None:
        raise UsageError("Say with --nodes how many nodes there are, or name the vertices' files.")
    named = Vertices(files.vertices) if files.vertices else Unnamed(nodes or 0)
    inputs = json.dumps([sources, level, nodes])
    return Plan(
        graphs / name, edges, named.write_names, inputs, level, month, sources, budget_bytes
    )


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if file.read(len(PARQUET)) == PARQUET:
                return "parquet"
    except OSError as error:
        raise MissingFile(f"{path} cannot be read: {error.strerror}.") from error
    if re.search(r"edges", path.name):
        return "edges"
    if re.search(r"vertices", path.name):
        return "vertices"
    line = next((line for line in first_lines(path) if line.strip()), b"")
    if EDGE.fullmatch(line.rstrip()):
        return "edges"
    if VERTEX.match(line):
        return "vertices"
    told = line[:80].decode("utf-8", "replace")
    raise UsageError(
        f"{path} is no file of a web graph: it begins with {told!r}, where vertices have an id and "
        "a reversed name, edges two ids."
    )


def _released(files: Files) -> str | None:
    found = {month for path in files.all() if (month := named_release(path.name))}
    if len(found) > 1:
        raise UsageError(f"The files are of {len(found)} releases, {', '.join(sorted(found))}.")
    return found.pop() if found else None


def _level(files: Files) -> str:
    """The level that the names of the files tell; domain where they tell none."""
    told = {level for level in LEVELS for path in files.all() if level in path.name}
    if len(told) > 1:
        raise UsageError("Some files are of domains, some of hosts: add them as two graphs.")
    return told.pop() if told else "domain"


def _told(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
