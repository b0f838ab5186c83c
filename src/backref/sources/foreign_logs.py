"""Logs that are known and not read, so that their owner is told what they are."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from backref import data

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOKED_AT = 20
"""Lines of a file's beginning; of each no more than `MOST_LINE_BYTES`."""
MOST_LINE_BYTES = 4_096


class _Kind(NamedTuple):
    name: str
    pattern: re.Pattern[bytes]
    mend: str


def described(lines: Iterable[bytes]) -> str:
    """What kind of log these first lines are and what to import instead; nothing for others."""
    begun = [line[:MOST_LINE_BYTES].lstrip(b"\xef\xbb\xbf") for line in lines][:LOOKED_AT]
    for kind in _kinds():
        if any(kind.pattern.match(line) for line in begun):
            return f"it is {kind.name}: {kind.mend}"
    return ""


@cache
def _kinds() -> tuple[_Kind, ...]:
    return tuple(
        _Kind(row["name"], re.compile(row["pattern"].encode(), re.IGNORECASE), row["mend"])
        for row in data.table("foreign_logs.csv")
    )
