"""Lists of the world, kept as files: read them with `lines` and `table`.

A list file is UTF-8; `#` starts a comment line and blank lines are skipped. Each file's
head says what it is, where its facts come from and under which licence they are.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of `data/NAME`, stripped, without comments and blanks."""
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return tuple(
        entry for line in text.splitlines() if (entry := line.strip()) and not entry.startswith("#")
    )


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/NAME`, a comma-separated file whose first entry is the header."""
    return tuple(csv.DictReader(lines(name)))
