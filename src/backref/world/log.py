"""The server's access log in combined format, rotated as servers do."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from typing import TYPE_CHECKING

from backref.world.arrivals import DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from backref.world.people import Hit

_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def write(folder: Path, first: date, hits: Iterable[Hit], turn: int) -> list[Path]:
    """`access.log.1.gz` up to the midnight that begins day `turn`, `access.log` after it."""
    days = [f"{when.day:02d}/{_MONTHS[when.month - 1]}/{when.year}"
            for when in (first + timedelta(days=n) for n in range(1_000))]  # fmt: skip
    older: list[str] = []
    newer: list[str] = []
    for hit in sorted(hits, key=lambda hit: hit.when):
        (older if hit.when < turn * DAY else newer).append(line(hit, days))
    rotated, current = folder / "access.log.1.gz", folder / "access.log"
    rotated.write_bytes(gzip.compress("".join(older).encode(), compresslevel=5, mtime=0))
    current.write_text("".join(newer), encoding="utf-8", newline="")
    return [rotated, current]


def line(hit: Hit, days: list[str]) -> str:
    """One line; `days` are the dates of the world's days as logs write them."""
    day, second = divmod(hit.when, DAY)
    minute, second = divmod(second, 60)
    hour, minute = divmod(minute, 60)
    return (
        f"{hit.client.address} - - [{days[day]}:{hour:02d}:{minute:02d}:{second:02d} +0000] "
        f'"{hit.method} {hit.path} HTTP/1.1" {hit.status} {hit.size} '
        f'"{hit.referrer or "-"}" "{hit.client.agent}"\n'
    )
