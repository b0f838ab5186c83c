"""Follow logs that are still being written: import again whenever they grew.

Each round imports a grown file whole. What is stored already is not stored again, so every line
is stored once however often it is read, and equal lines stay as many as they are. All rounds of one
file are one import in the history. In return a round may take only a share of the time: after one
that took long the next waits.

A file that was moved away while another began in its place is read to its end before the new one.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from backref.errors import UsageError
from backref.faces import importing
from backref.faces.terminal import say, visible
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from backref.config import Config
    from backref.ingest import ImportReport

SHARE = 3
"""Rests are so many times as long as the round before them, if that is longer than was asked."""
BEGINNING = 1_024
"""Bytes by which a file is known that was cut and has grown again."""
PATIENCE = 5
"""So often in a row a last line without an end is waited for."""


class _State(NamedTuple):
    """Which file stands at a path, how long it is and when it was written, in nanoseconds."""

    device: int
    inode: int
    size: int
    written: int


class Followed:
    """One log: which file stands at its path, and how far that was imported, by `import_id`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._seen: _State | None = None
        self._file: BinaryIO | None = None
        self._begins = b""
        self._waited = 0
        self.import_id: int | None = None

    def grown(self) -> Iterator[str]:
        """The files to import now: what was moved away since, then what stands at the path."""
        state = _state(self.path)
        if state is None:
            return
        if self._file and self._seen and state[:2] != self._seen[:2]:
            if os.fstat(self._file.fileno()).st_size != self._seen.size:
                yield f"/dev/fd/{self._file.fileno()}"
            self.close()
        if self._file and not self._goes_on(state):
            self.close()
        if state == self._seen or not state.size or not self._is_ended(state):
            return
        if self._file is None:
            self._file = Path(self.path).open("rb")  # noqa: SIM115 - held until another stands there
            self._begins = os.pread(self._file.fileno(), BEGINNING, 0)
        self._seen = state
        yield self.path

    def close(self) -> None:
        """Let go of the file: another one has an import of its own."""
        if self._file:
            self._file.close()
        self._file = self._seen = self.import_id = None

    def _goes_on(self, state: _State) -> bool:
        """Whether the file still begins with what was imported: else it was cut and written
        anew."""
        assert self._file
        assert self._seen
        begins = os.pread(self._file.fileno(), len(self._begins), 0)
        return state.size >= self._seen.size and begins == self._begins

    def _is_ended(self, state: _State) -> bool:
        """Whether the last line has its end, or has been waited for long enough."""
        with Path(self.path).open("rb") as opened:
            opened.seek(state.size - 1)
            ended = opened.read(1) == b"\n" or self._waited >= PATIENCE
        self._waited = 0 if ended else self._waited + 1
        return ended


def _state(path: str) -> _State | None:
    """What stands at the path; nothing while a log is being changed for the next."""
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        return None
    return _State(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


class Ending:
    """Asked by Ctrl+C or SIGTERM: the round that runs is finished, the next one does not begin."""

    def __init__(self) -> None:
        self._asked = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._asked.set())

    def after(self, seconds: float) -> bool:
        """Rest; whether it is time to end."""
        return self._asked.wait(seconds)


def run(
    found: Config,
    files: Sequence[str],
    *,
    every: float,
    as_json: bool,
    ends_after: Callable[[float], bool] | None = None,
    **options: Any,
) -> None:
    """Import the files, and again whenever they grew, until `ends_after` so many seconds says to
    end. Raises UsageError for what cannot be followed and for a first round that fails."""
    followed = [Followed(path) for path in files]
    for each in followed:
        if not Path(each.path).is_file():
            raise UsageError(f"{each.path} is no file that could be followed.")
    ends_after = ends_after or Ending().after
    rest, first = 0.0, True
    try:
        while first or not ends_after(rest):
            began = time.monotonic()
            _round(found, followed, first=first, as_json=as_json, **options)
            rest, first = max(every, SHARE * (time.monotonic() - began)), False
    finally:
        for each in followed:
            each.close()
    say("No longer following: everything that was read is stored.")


def _round(
    found: Config, followed: Sequence[Followed], *, first: bool, as_json: bool, **options: Any
) -> None:
    """Import what grew. What cannot be read in a later round is said and tried again."""
    for each in followed:
        for path in each.grown():
            try:
                with Lake.open(found.store) as lake:
                    importing.into(
                        lake,
                        [path],
                        _teller(each, as_json=as_json),
                        site=found.site,
                        goes_on=each.import_id,
                        **options,
                    )
            except UsageError as error:
                if first:
                    raise
                say(visible(str(error)))


def _teller(followed: Followed, *, as_json: bool) -> Callable[[ImportReport], None]:
    """Tells of an import that stored something, under the name that was asked for; the next
    one of the same file goes on with it."""

    def tell(report: ImportReport) -> None:
        followed.import_id = report.import_id
        if report.stored:
            report.file = followed.path
            importing.tell(report, as_json=as_json)

    return tell
