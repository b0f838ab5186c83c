"""The DuckDB connection: an engine over the segments, never a record of its own.

It may read this store's segments and nothing else: no network, no extensions, no other files,
and no statement can change that.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import duckdb

from backref.lake import trouble

if TYPE_CHECKING:
    from pathlib import Path

MEMORY = "768MB"


class Engine:
    """An in-memory DuckDB over `segments` that spills into `scratch`, if there is one."""

    def __init__(
        self,
        segments: Path,
        scratch: Path | None,
        memory: str | None = None,
        threads: int | None = None,
    ) -> None:
        with trouble.named("starting the engine"):
            self._connection = duckdb.connect(":memory:")
            for statement in _settings(segments, scratch, memory, threads):
                self._connection.execute(statement)

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own: its views and tables are invisible to the others."""
        return self._connection.cursor()

    def close(self) -> None:
        """Give back memory and scratch files."""
        self._connection.close()


def quoted(text: str) -> str:
    """A string as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _settings(
    segments: Path, scratch: Path | None, memory: str | None, threads: int | None
) -> tuple[str, ...]:
    limit = memory or os.environ.get("BACKREF_MEMORY") or MEMORY
    return (
        f"SET memory_limit = {quoted(limit)}",
        f"SET threads = {threads or os.cpu_count() or 1}",
        f"SET temp_directory = {quoted(str(scratch or ''))}",
        "SET TimeZone = 'UTC'",
        "SET preserve_insertion_order = true",
        "SET python_enable_replacements = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        f"SET allowed_directories = [{quoted(str(segments))}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    )
