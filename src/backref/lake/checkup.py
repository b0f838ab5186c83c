"""Whether a store can be worked with: looked at from outside, nothing of it is changed.

`verify` looks at every byte; this looks at what is quick to see, and at what surrounds the store.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from backref.errors import BackrefError
from backref.lake import ground, holdings, imports, migrations, trouble, verify
from backref.lake.catalogue import Catalogue
from backref.lake.owner import Owner
from backref.lake.salts import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OK, WARN, FAIL = "ok", "warn", "fail"
LITTLE, TOO_LITTLE = 2 << 30, 128 << 20
"""Bytes of free disk below which imports may soon, and will surely, be refused."""
BUILT = datetime(2026, 11, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
FORGOTTEN = 2 * KEPT


class Check(NamedTuple):
    """One thing that was looked at: `state` is ok, warn or fail, `found` what there is, `mend` what
    to do about it, empty when all is well."""

    name: str
    state: str
    found: str
    mend: str = ""


def checks(path: Path, now: datetime, *, deep: bool = False) -> Iterator[Check]:
    """Everything about the store at `path`; `deep` reads every byte of it."""
    if not ground.is_store(path):
        mend = "make one with `backref init DOMAIN`, or name it with --store"
        yield Check("store", FAIL, f"there is none at {path}", mend)
        return
    yield Check("store", OK, str(path))
    for name, look in LOOKS.items():
        try:
            yield look(path, now)
        except (BackrefError, OSError) as error:
            yield Check(name, FAIL, str(error))
    if deep:
        yield from _deep(path)


def disk(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """Room for what is imported next."""
    free = shutil.disk_usage(path).free
    told = f"{free / (1 << 30):,.1f} GiB free"
    if free < TOO_LITTLE:
        return Check("disk", FAIL, told, "free some space: imports are refused")
    if free < LITTLE:
        return Check("disk", WARN, told, "free some space before the next large import")
    return Check("disk", OK, told)


def writable(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """Whether this user may change what importing changes."""
    places = (path, *(path / name for name in ("segments", "owners", "scratch", "catalogue.db")))
    barred = [str(place) for place in places if not os.access(place, os.W_OK)]
    if barred:
        mend = f"give the user with number {os.geteuid()} the right to write there"
        return Check("writable", FAIL, f"may not write {', '.join(barred)}", mend)
    return Check("writable", OK, "may be written")


def key(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """The installation's key, which nobody else shall read."""
    ground.read_key(path / "key")
    if (path / "key").stat().st_mode & 0o077:
        return Check("key", WARN, "others may read it", f"chmod 600 {path / 'key'}")
    return Check("key", OK, "whole, and read by its owner alone")


def catalogue(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """Whether this Backref understands the catalogue."""
    with _opened(path) as held, held.read() as connection:
        names = migrations.recorded(connection)
    if not names:
        return Check("catalogue", FAIL, "it is empty", "restore catalogue.db from a backup")
    migrations.refuse_newer(names)
    if missing := len(migrations.pending(names)):
        found = f"{missing} versions behind; the next command brings it up to date"
        return Check("catalogue", OK, found)
    return Check("catalogue", OK, f"version {len(names)}")


def segments(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """Whether every listed segment is there at its length."""
    with _opened(path) as held, held.read() as connection:
        listed = holdings.live(connection)
    wrong = [one.file for one in listed if _size(path / "segments" / one.file) != one.bytes]
    if wrong:
        found = f"{len(wrong)} of {len(listed)} are missing or cut, {wrong[0]} the first"
        return Check("segments", FAIL, found, "`backref verify` names each with its mend")
    return Check("segments", OK, f"{len(listed):,}, each of its length")


def salts(path: Path, now: datetime) -> Check:
    """Whether salts of visitor hashes are thrown away when their time has come."""
    if not (path / "salts.db").exists():
        return Check("salts", OK, "none kept")
    with (
        trouble.named("looking at the salts"),
        closing(sqlite3.connect(f"{(path / 'salts.db').as_uri()}?mode=ro", uri=True)) as connection,
    ):
        count, oldest = connection.execute("SELECT count(*), min(last_used) FROM salts").fetchone()
    if count and datetime.fromisoformat(oldest).replace(tzinfo=UTC) < now - FORGOTTEN:
        found = f"{count} kept, the oldest unused since {oldest[:10]}"
        return Check(
            "salts", WARN, found, "import any log: that drops those that are over 48 hours old"
        )
    return Check("salts", OK, f"{count} kept")


def clock(path: Path, now: datetime) -> Check:
    """Whether the clock can be right: what is new is told by it."""
    told = f"{now:%Y-%m-%d %H:%M} UTC"
    if now < BUILT:
        return Check("clock", FAIL, f"{told}, before Backref was made", "set the clock")
    with _opened(path) as held, held.read() as connection:
        begun = [record.started for record in imports.history(connection)]
    if begun and max(begun) > now + AHEAD:
        found = f"{told}, but an import ran at {max(begun):%Y-%m-%d %H:%M}"
        return Check("clock", FAIL, found, "set the clock")
    return Check("clock", OK, told)


def leftovers(path: Path, now: datetime) -> Check:  # noqa: ARG001
    """What dead processes left, and who is at work."""
    claims = {place.name for place in (path / "owners").iterdir()}
    dead = len(claims - Owner.living(path / "owners"))
    unfinished = len(list(path.parent.glob("*.unfinished")))
    if dead or unfinished:
        found = f"{dead + unfinished} processes died at work"
        return Check("leftovers", WARN, found, "any command that opens the store clears up")
    return Check("leftovers", OK, f"none; {len(claims)} at work")


LOOKS: dict[str, Callable[[Path, datetime], Check]] = {
    "disk": disk,
    "writable": writable,
    "key": key,
    "catalogue": catalogue,
    "segments": segments,
    "salts": salts,
    "clock": clock,
    "leftovers": leftovers,
}


def _deep(path: Path) -> Iterator[Check]:
    faults = 0
    with _opened(path) as held:
        for finding in verify.faults(path, held):
            faults += 1
            yield Check("bytes", FAIL, f"{finding.subject}: {finding.message}")
    if not faults:
        yield Check("bytes", OK, "every byte is what was written")


def _opened(path: Path) -> closing[Catalogue]:
    return closing(Catalogue(path / "catalogue.db", busy=5.0))


def _size(file: Path) -> int | None:
    return file.stat().st_size if file.is_file() else None
