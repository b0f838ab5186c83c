"""A simulated world beside what Backref made of its files: the two sides of `bench truth`."""

from __future__ import annotations

import csv
import shutil
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from backref import url, world
from backref.faces.query import open_store
from backref.lake.lake import Lake
from bench import process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Row = dict[str, Any]
NEAR_SECONDS = 120
PARTIAL = 3

QUERIES = {
    "links": "SELECT link_id, source_page, target_page, target_host, state, witnesses, placement, "
    "last_verified, source_host FROM links /* bench.links */",
    "sessions": "SELECT session_id, started, entry_page, views, verdict, reasons, channel "
    "FROM sessions /* bench.sessions */",
    "visit_links": "SELECT session_id, certainty, link_id, referrer_domain, share, verdict "
    "FROM visit_links /* bench.visit_links */",
    "ledger": "SELECT row_kind, visits, source_identity FROM ledger /* bench.ledger */",
    "domains": "SELECT source_identity FROM referring_domains /* bench.domains */",
}


@dataclass
class Planted:
    """One world: the truth's rows, the product's rows, and which session is which visit."""

    seed: int
    links: list[Row]
    visits: list[Row]
    captures: list[Row]
    sightings: list[Row]
    ours: dict[str, list[Row]]
    hosts: frozenset[str]
    pairs: list[tuple[Row, Row]] = field(default_factory=list)
    stray: list[Row] = field(default_factory=list)
    missed: list[Row] = field(default_factory=list)


def plant(seed: int, scale: str = "small") -> Planted:
    """Make a world, import its files by the command line, read back both sides."""
    with TemporaryDirectory(prefix="backref-truth-") as name:
        folder = Path(name)
        made = world.make(folder / "world", seed=seed, scale=scale)
        imported(made, folder)
        found = _both(made, folder / "store")
    found.pairs, found.stray, found.missed = paired(found.ours["sessions"], found.visits)
    return found


def imported(made: world.World, folder: Path, *further: Path) -> None:
    """Import a world's files, and further ones, into a store in `folder` by the command line."""
    program = shutil.which("backref", path=str(Path(sys.executable).parent)) or "backref"
    store = ["--store", folder / "store"]
    named = [part for name in made.also for part in ("--also", name)]
    named += [part for name in made.was for part in ("--was", name)]
    named += [part for term in made.brand for part in ("--brand", term)]
    named += [part for path in made.goals for part in ("--goal", path)]
    for command in (["init", made.site, *named, *store], ["import", *made.files, *further, *store]):
        ran = process.run([program, *command])
        if ran.code not in (0, PARTIAL):
            message = f"backref {command[0]} ended with {ran.code}: {ran.stderr[-2000:]}"
            raise RuntimeError(message)


def _both(made: world.World, store: Path) -> Planted:
    def truth(name: str) -> list[Row]:
        with (made.truth / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    with Lake.open(store) as lake, lake.snapshot() as snapshot:
        ours = {name: snapshot.rows(query) for name, query in QUERIES.items()}
    with open_store(store) as opened:
        ours["engagement"] = [asdict(row) for row in opened.site().engagement()]
    hosts = frozenset({made.site, *made.also, *made.was})
    return Planted(
        made.seed, truth("links"), truth("visits"), truth("captures"), truth("sightings"),
        ours, hosts,
    )  # fmt: skip


def moment(text: str) -> datetime:
    """A time of the truth."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def page_of(path: str) -> str:
    """A path as both sides can name it."""
    return url.path_key(path)


def paired(
    sessions: list[Row], visits: list[Row]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Sessions with the visits that they are: by entry page and second, then by entry page and
    the nearest start within two minutes. What stays over on either side comes with it."""
    seen = [visit for visit in visits if visit["entry"]]
    exact, sessions, seen = _match(
        sorted(sessions, key=lambda row: (row["started"], row["entry_page"])),
        seen,
        lambda row: (row["entry_page"], _second(row["started"])),
        lambda row: (page_of(row["entry"]), moment(row["started"])),
    )
    near, stray, missed = _match(
        sessions, seen, lambda row: row["entry_page"], lambda row: page_of(row["entry"])
    )
    return exact + near, stray, missed


def _second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _match(
    sessions: list[Row],
    visits: list[Row],
    ours: Callable[[Row], object],
    theirs: Callable[[Row], object],
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    waiting: defaultdict[object, list[Row]] = defaultdict(list)
    for visit in visits:
        waiting[theirs(visit)].append(visit)
    pairs, stray = [], []
    for session in sessions:
        near = [visit for visit in waiting[ours(session)] if _apart(session, visit) <= NEAR_SECONDS]
        if near:
            best = min(near, key=lambda visit: (_apart(session, visit), _views(session, visit)))
            waiting[ours(session)].remove(best)
            pairs.append((session, best))
        else:
            stray.append(session)
    return pairs, stray, [visit for group in waiting.values() for visit in group]


def _apart(session: Row, visit: Row) -> float:
    return abs((session["started"] - moment(visit["started"])).total_seconds())


def _views(session: Row, visit: Row) -> int:
    return abs(int(session["views"]) - int(visit["views"]))


def observed(planted: Planted) -> set[str]:
    """Numbers of the links that some observer saw alive, with their target."""
    shown = {row["link"] for row in planted.captures if row["present"] == "1"}
    return shown | {row["link"] for row in planted.sightings if row["vendor"] != "gsc"}


def seen_dead(planted: Planted) -> set[str]:
    """Numbers of the dead links whose death a crawl or an honest vendor's word shows."""
    absent = {row["link"] for row in planted.captures if row["present"] == "0"}
    told = {
        row["link"]
        for row in planted.sightings
        if row["lost"] and row["true"] == "1" and row["vendor"] != "gsc"
    }
    dead = {row["link"] for row in planted.links if row["died"]}
    return (absent | told) & dead


def keyed(rows: Iterable[Row]) -> Iterator[tuple[tuple[str, str], Row]]:
    """Rows of links with the key that both sides share: the target is taken without its query,
    for a placement's code is part of no page's name in the truth."""
    for row in rows:
        yield (row["source_page"], (row["target_page"] or "").partition("?")[0]), row
