"""Facts to derived tables: the stages in order, and the loop that builds what has changed.

Each partition of a derived table carries the digest of everything it was built from. A run
compares these with what the stages plan now, so that it costs what changed and not the history,
and gives what a rebuild from facts alone would give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from backref import schema
from backref.errors import StoreBusy
from backref.graph.build import AUTHORITY
from backref.lake.stage import digest_of
from backref.ledger.build import LEDGER
from backref.links.build import LINKS, PAGES, REFERRING_DOMAINS, TOP_LINKS
from backref.visits.build import LOG_DAYS, SESSIONS, VISIT_LINKS, VISIT_SUMS

if TYPE_CHECKING:
    from backref.lake.lake import Lake
    from backref.lake.snapshot import Snapshot
    from backref.lake.stage import Stage

STAGES: tuple[Stage, ...] = (
    PAGES,
    LINKS,
    AUTHORITY,
    REFERRING_DOMAINS,
    TOP_LINKS,
    SESSIONS,
    LOG_DAYS,
    VISIT_LINKS,
    VISIT_SUMS,
    LEDGER,
)
"""Every stage, each after those whose tables it reads."""

PASSES = 20
GROUP = 32
"""Partitions that are swapped in together, which spares the disk a flush for each."""
MANY = 1_000_000
"""Rows that are swapped in at once whatever the number of their partitions: what a kill loses."""

Progress = Callable[[str, int, int], None]
"""Told a stage's name, how many of its partitions are built, and how many there are to build."""


def run(lake: Lake, progress: Progress | None = None, stages: tuple[Stage, ...] = STAGES) -> int:
    """Bring all derived tables up to date; returns how many partitions were built or dropped.

    Other processes may import or run at the same time: what they change meanwhile is built in a
    further pass. Raises StoreBusy when they never stop changing it.
    """
    lake.compact()
    changed = 0
    for _ in range(PASSES):
        passed = _pass(lake, progress, stages, everything=False)
        if not passed:
            return changed
        changed += passed
    raise StoreBusy("The store keeps changing; run `backref rebuild` when imports have ended.")


def rebuild(
    lake: Lake, progress: Progress | None = None, stages: tuple[Stage, ...] = STAGES
) -> int:
    """Build every derived table anew from facts alone; returns how many partitions."""
    built = _pass(lake, progress, stages, everything=True)
    return built + run(lake, progress, stages)


def _pass(
    lake: Lake, progress: Progress | None, stages: tuple[Stage, ...], *, everything: bool
) -> int:
    return sum(_advance(lake, stage, progress, everything=everything) for stage in stages)


def _advance(lake: Lake, stage: Stage, progress: Progress | None, *, everything: bool) -> int:
    """Build a stage's partitions that are not what they should be, and drop those gone. While
    nothing changed that a stage reads, its plan is the last one and need not be made."""
    with lake.snapshot() as snapshot:
        inputs = _inputs(snapshot, stage)
        if inputs and not everything and lake.planned(stage.name) == _held(snapshot, stage, inputs):
            return 0
        code = _code(stage)
        plan = {name: digest_of(code, planned) for name, planned in stage.plan(snapshot).items()}
        built = [snapshot.built(table) for table in stage.tables]
        todo = {
            name: depends
            for name, depends in plan.items()
            if everything or any(held.get(name) != depends for held in built)
        }
        _build(lake, snapshot, stage, todo, progress)
        gone = _gone(snapshot, stage, plan.keys())
        for name in gone:
            lake.drop_partition(stage.tables, name)
    if inputs:
        lake.remember_plan(stage.name, _mark(inputs, [plan for _ in stage.tables]))
    return len(todo) + len(gone)


def _build(
    lake: Lake,
    snapshot: Snapshot,
    stage: Stage,
    todo: Mapping[str, str],
    progress: Progress | None,
) -> None:
    """Build partitions and swap them in by groups. Where another run was quicker nothing is
    swapped: the next pass looks again."""
    with lake.swap() as swap:
        if progress:
            progress(stage.name, 0, len(todo))
        built = groupby(stage.builds(snapshot, list(todo)), key=itemgetter(0))
        for done, (name, parts) in enumerate(built, start=1):
            expected = {table: snapshot.version_of(table, name) for table in stage.tables}
            swap.put((tables for _, tables in parts), name, todo[name], expected)
            if len(swap) >= GROUP or swap.rows >= MANY:
                swap.commit()
            if progress:
                progress(stage.name, done, len(todo))
        swap.commit()


def _gone(snapshot: Snapshot, stage: Stage, planned: Set[str]) -> list[str]:
    built = {
        name
        for table in stage.tables
        for name, depends in snapshot.built(table).items()
        if depends is not None
    }
    return sorted(built - planned)


def _inputs(snapshot: Snapshot, stage: Stage) -> str:
    """A digest of all that a stage's plan is made from; empty when the stage does not say."""
    if not stage.reads:
        return ""
    read = [(table, snapshot.digest(table)) for table in stage.reads]
    ranked = [graph.mark for graph in snapshot.graphs]
    return digest_of(_code(stage), repr((read, snapshot.sites, ranked)))


def _held(snapshot: Snapshot, stage: Stage, inputs: str) -> int:
    """The mark of a plan by which everything that the stage's tables hold was built."""
    built = [snapshot.built(table).items() for table in stage.tables]
    return _mark(inputs, [{name: on for name, on in one if on is not None} for one in built])


def _mark(inputs: str, plans: Sequence[Mapping[str, str]]) -> int:
    """63 bits of a digest of a plan for each table, and of what it was made from."""
    text = repr((inputs, [sorted(plan.items()) for plan in plans]))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1


def _code(stage: Stage) -> str:
    """What all partitions of a stage depend on: its version and its tables' columns."""
    tables = [(table, schema.TABLES[table].columns) for table in stage.tables]
    return repr((stage.name, stage.version, tables))
