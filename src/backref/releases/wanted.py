"""Whose ranks the ledger wants, and of whom it has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.errors import UsageError
from backref.lake.model import Model
from backref.url import bare_host, parse, registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from backref.lake.snapshot import Snapshot
    from backref.releases.release import Release

WANTED, HELD, RANKED = (
    Model("backref.releases", f"{name}.sql") for name in ("wanted", "held", "ranked")
)


def names(snapshot: Snapshot, level: str, rivals: Iterable[str] = ()) -> set[str]:
    """The domains of the ledger, or at the level of hosts its hosts: of its links, of all its sites
    and of the rivals that are named. Raises UsageError for a rival that is no domain."""
    rows = snapshot.rows(WANTED, level=level)
    own = (host for site in snapshot.sites for host in (site.name, *site.also, *site.was))
    further = {bare_host(host) for host in own} | {_rival(name) for name in rivals}
    if level == "domain":
        further = {registrable_domain(host) for host in further}
    return {row["name"] for row in rows} | further


def _rival(name: str) -> str:
    parsed = parse(name if "://" in name else f"https://{name}")
    if parsed is None or "." not in parsed.host:
        raise UsageError(f"{name!r} is no domain: write it as example.com.")
    return bare_host(parsed.host)


def missing(snapshot: Snapshot, release: Release, asked: set[str]) -> set[str]:
    """Those of the asked of whom it is not known how the release ranks them."""
    rows = snapshot.rows(HELD, level=release.level, release=release.month)
    held = {row["name"] for row in rows}
    return {name for name in asked if held.isdisjoint(spelled(name, release.level))}


def ranked(snapshot: Snapshot, release: Release) -> int | None:
    """How many names the release ranks, as far as that is known."""
    (row,) = snapshot.rows(RANKED, level=release.level, release=release.month)
    return None if row["ranked"] is None else int(row["ranked"])


def spelled(name: str, level: str) -> Sequence[str]:
    """The names under which a release may rank: hosts stand there with or without `www.`."""
    return (name, f"www.{name}") if level == "host" else (name,)
