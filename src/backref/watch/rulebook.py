"""The robots.txt files that still hold, in a file of the store: a line of JSON a site, the last one
counts. A line that a kill has torn says nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import orjson

from backref.check.kept import Kept
from backref.check.robots import CACHED_SECONDS
from backref.lake import trouble

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backref.check.kept import Place

FILE = "robots.jsonl"
MOST_BYTES = 32 << 20
"""So many bytes of rules are held; the latest stay."""
LONGEST_LINE = 2 << 20


class Rulebook:
    """What sites' robots.txt said to us in earlier runs. Whoever holds the journal of the store
    writes it alone. `now` is UTC in microseconds."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self._path = folder / FILE
        self._now = now
        self._known = self._read()
        new = self._path.with_suffix(".tmp")
        with trouble.named("writing what robots.txt files say"):
            new.write_bytes(b"".join(_line(*known) for known in self._known.items()))
            new.replace(self._path)
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def close(self) -> None:
        """Write nothing more."""
        os.close(self._descriptor)

    def recall(self, place: Place) -> Kept | None:
        """What a site said, while it holds."""
        kept = self._known.get(place)
        return kept if kept is not None and self._holds(kept) else None

    def keep(self, place: Place, kept: Kept) -> None:
        """Remember what a site said now; a disk that is full forgets it after this run."""
        with suppress(OSError):
            os.write(self._descriptor, _line(place, kept))

    def _holds(self, kept: Kept) -> bool:
        """Not for longer than a day, also where a clock was wrong."""
        return 0 < kept.until - self._now() <= CACHED_SECONDS * 1e6

    def _read(self) -> dict[Place, Kept]:
        known: dict[Place, Kept] = {}
        with suppress(FileNotFoundError), self._path.open("rb") as stream:
            while line := stream.readline(LONGEST_LINE):
                if (told := _told(line)) is not None and self._holds(told[1]):
                    known.pop(told[0], None)
                    known[told[0]] = told[1]
        size = sum(len(kept.text) for kept in known.values())
        while size > MOST_BYTES:
            size -= len(known.pop(next(iter(known))).text)
        return known


def _line(place: Place, kept: Kept) -> bytes:
    return orjson.dumps([*place, *kept], option=orjson.OPT_APPEND_NEWLINE)


def _told(line: bytes) -> tuple[Place, Kept] | None:
    try:
        scheme, host, port, found, text, preferences, until = orjson.loads(line)
    except (ValueError, TypeError):
        return None
    texts = (scheme, host, found, text, preferences)
    numbers = (port, until)
    if not all(isinstance(one, str) for one in texts) or found not in ("allowed", "none"):
        return None
    if not all(isinstance(one, int) for one in numbers):
        return None
    return (scheme, host, port), Kept(found, text, preferences, until)
