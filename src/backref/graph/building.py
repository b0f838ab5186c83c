"""Build a stored graph from edges that may be many times the memory.

The way: every edge goes to a file of its source's segment; each file is sorted in memory and
encoded, and its edges go, the other way round, to a file of their target's segment; these are
sorted and encoded likewise. A note of how far this has come is kept all the way, so that a build
that was killed goes on where it stood.
"""

from __future__ import annotations

import fcntl
import shutil
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from backref.errors import StoreBusy
from backref.graph.buckets import SORTED_AT_ONCE, Buckets
from backref.graph.checkpoint import NOTE, Checkpoint
from backref.graph.encoding import WRITTEN, Segment, encode, seal
from backref.graph.hubs import Hubs, most_named
from backref.graph.manifest import Manifest
from backref.graph.publishing import disk_may_fill, publish, taken, unfinished
from backref.graph.rows import Rows
from backref.graph.sorting import bits_of, threads
from backref.graph.sortkernel import pack_links, turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from numpy.typing import NDArray

    from backref.graph.edges import Chunk, Edges

    Keys = NDArray[np.uint64]
    Progress = Callable[[str, float | None], None]
    Write = Callable[[Path], tuple[int, bool | None]]

Item = TypeVar("Item")
Made = TypeVar("Made")

BUDGET = 1 << 31
SEGMENT_BITS, MOST_SEGMENTS_BITS = 18, 9
SAMPLED = 1 << 26
"""Edges that tell which nodes are hubs."""
TRIED = 1 << 18
"""Edges that are encoded both ways to see which is shorter."""
NOTED = 1 << 25
"""Edges between two notes of how far the reading has come."""
READING, OUT, IN, PUBLISHING = (
    "reading edges", "encoding successors", "encoding predecessors", "publishing",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What is to be built: edges, and `write_names`, which writes the names of all nodes into a
    folder and returns how many they are and whether hosts keep their `www.`.

    `inputs` tells these inputs from others when an unfinished build is found.
    """

    folder: Path
    edges: Edges
    write_names: Write
    inputs: str
    level: str = "domain"
    release: str | None = None
    sources: tuple[dict[str, Any], ...] = ()
    budget_bytes: int = BUDGET


def build(plan: Plan, progress: Progress = lambda _stage, _share: None) -> Manifest:
    """Builds a graph, or goes on with one of the same inputs, and publishes it.

    `progress` is told what is being done and which share of it is. Raises UsageError where a graph
    of that name is, StoreBusy where another process builds it, DiskFull, and SourceError where
    names or edges cannot be used; then nothing is kept.
    """
    if plan.folder.exists():
        raise taken(plan.folder)
    work = unfinished(plan.folder)
    work.mkdir(parents=True, exist_ok=True)
    with _alone(work), disk_may_fill(work):
        return _Build(plan, work, progress).run()


class _Build:
    """One build, from its last note on."""

    def __init__(self, plan: Plan, work: Path, progress: Progress) -> None:
        self.plan, self.work, self.progress = plan, work, progress
        self.note = Checkpoint.resume(work, plan.inputs) or self._begun()
        state = self.note.state
        nodes = state["nodes"]
        bits = bits_of(nodes)
        shift = max(min(SEGMENT_BITS, bits), bits - MOST_SEGMENTS_BITS)
        self.out = Buckets(work, "forth", nodes, bits, shift)
        self.back = Buckets(work, "back", nodes, bits, shift)

    def run(self) -> Manifest:
        """All stages that are not done."""
        if self.note.state["stage"] == READING:
            self._read()
        if self.note.state["stage"] == OUT:
            self._encode("out", self.out, self.back)
        if self.note.state["stage"] == IN:
            self._encode("in", self.back, None)
        return self._publish()

    def _begun(self) -> Checkpoint:
        _empty(self.work)
        self.progress("reading names", None)
        try:
            nodes, www = self.plan.write_names(self.work)
        except BaseException:
            _empty(self.work)
            raise
        for direction in ("out", "in"):
            for file in WRITTEN:
                (self.work / f"{direction}.{file}").touch()
        state = {"stage": READING, "position": (0, 0), "nodes": nodes, "www": www, "edges": 0}
        counts = dict.fromkeys(("read", "kept", "wrong", "loops", "strangers", "done"), 0)
        note = Checkpoint(self.work, state | counts)
        self._keep(note)
        return note

    def _keep(self, note: Checkpoint, *done: Path) -> None:
        note.keep(self.plan.inputs, *done)

    def _read(self) -> None:
        state, edges = self.note.state, self.plan.edges
        noted = state["read"]
        for chunk, (keys, bounds, loops, strangers) in _in_order(
            lambda chunk: _packed(chunk, self.out),
            edges.chunks(tuple(state["position"])),
            lambda chunk: len(chunk.sources) * SORTED_AT_ONCE,
            self.plan.budget_bytes,
        ):
            self.out.add(keys, bounds)
            state["position"] = chunk.position
            state["read"] += len(chunk.sources) + chunk.wrong
            state["kept"] += len(keys)
            state["wrong"] += chunk.wrong
            state["loops"] += loops
            state["strangers"] += strangers
            self.progress(READING, edges.share(chunk.position))
            if state["read"] - noted >= NOTED:
                noted = state["read"]
                self._keep(self.note)
        self._next(OUT)

    def _encode(self, direction: str, buckets: Buckets, back: Buckets | None) -> None:
        state = self.note.state
        budget = self.plan.budget_bytes // threads()
        hubs = self._hubs(direction, buckets, budget)
        for bucket, (segment, edges, turned) in _in_order(
            lambda bucket: _encoded(buckets, bucket, back, hubs, budget),
            range(state["done"], buckets.count),
            lambda bucket: min(budget, buckets.edges(bucket) * SORTED_AT_ONCE),
            self.plan.budget_bytes,
        ):
            segment.write(self.work, direction)
            if back is not None and turned is not None:
                back.add(*turned)
                state["edges"] += edges
            state["done"] = bucket + 1
            self.progress(OUT if back else IN, (bucket + 1) / buckets.count)
            self._keep(self.note, buckets.path(bucket))
        seal(self.work, direction)
        self._next(IN if back else PUBLISHING, self.work / f"{direction}.sizes")

    def _hubs(self, direction: str, buckets: Buckets, budget: int) -> Hubs | None:
        """The hubs of a direction, if naming them saves bits."""
        path = self.work / f"{direction}.hubs"
        if not path.exists():
            kept = self.note.state["kept"]
            hubs = chosen(buckets, max(1, kept // SAMPLED), budget)
            path.write_bytes(hubs.data)
            self._keep(self.note)
        hubs = np.fromfile(path, np.uint32)
        return Hubs.of(hubs, buckets.nodes) if len(hubs) else None

    def _next(self, stage: str, *done: Path) -> None:
        self.note.state.update(stage=stage, done=0)
        self._keep(self.note, *done)

    def _publish(self) -> Manifest:
        plan, state = self.plan, self.note.state
        rejects = {
            "not two ids": state["wrong"],
            "names no vertex": state["strangers"],
            "links to itself": state["loops"],
        }
        manifest = Manifest(
            name=plan.folder.name,
            level=plan.level,
            release=plan.release,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            nodes=state["nodes"],
            edges=state["edges"],
            shift=self.out.shift,
            www=state["www"],
            sources=plan.sources,
            read=state["read"],
            duplicates=state["kept"] - state["edges"],
            rejects={reason: count for reason, count in rejects.items() if count},
        )
        return publish(self.work, plan.folder, manifest)


def chosen(buckets: Buckets, share: int, budget: int) -> NDArray[np.uint32]:
    """The hubs that one in `share` of the edges tells; none where a bucket of middling size takes
    fewer bits without, as far as its first rows tell."""
    hubs = most_named(buckets.sample(share), buckets.bits, buckets.nodes)
    if not len(hubs):
        return hubs
    middling = sorted(range(buckets.count), key=buckets.edges)[buckets.count // 2]
    rows, first = _begun(buckets.rows(middling, budget)), middling << buckets.shift
    short = encode(rows, first, Hubs.of(hubs, buckets.nodes))
    return hubs if len(short.bits) < len(encode(rows, first).bits) else hubs[:0]


def _begun(rows: Rows) -> Rows:
    """The first rows, with about `TRIED` edges."""
    last = int(np.searchsorted(rows.starts, TRIED))
    starts = rows.starts[: last + 1]
    return Rows(starts, rows.ids[: starts[-1]])


def _packed(chunk: Chunk, buckets: Buckets) -> tuple[Keys, NDArray[np.int64], int, int]:
    keys = np.empty(len(chunk.sources), np.uint64)
    kept, loops, strangers = pack_links(
        chunk.sources, chunk.targets, buckets.bits, buckets.nodes, keys
    )
    return *buckets.spread(keys[:kept]), loops, strangers


def _encoded(
    buckets: Buckets, bucket: int, back: Buckets | None, hubs: Hubs | None, budget: int
) -> tuple[Segment, int, tuple[Keys, NDArray[np.int64]] | None]:
    rows = buckets.rows(bucket, budget)
    first = bucket << buckets.shift
    segment = encode(rows, first, hubs)
    if back is None:
        return segment, rows.edges, None
    keys = np.empty(rows.edges, np.uint64)
    turn(rows.starts, rows.ids, first, buckets.bits, 0, rows.nodes, keys)
    return segment, rows.edges, back.spread(keys)


def _in_order(
    work: Callable[[Item], Made],
    items: Iterable[Item],
    cost: Callable[[Item], int],
    budget: int,
) -> Iterator[tuple[Item, Made]]:
    """Each item with what is made of it, in their order; made side by side as far as what they
    cost together stays within the budget."""
    with ThreadPoolExecutor(threads()) as pool:
        waiting: deque[tuple[Item, int, Any]] = deque()
        held = 0
        for item in items:
            grows = cost(item)
            while waiting and (held + grows > budget or len(waiting) > threads()):
                done, freed, future = waiting.popleft()
                held -= freed
                yield done, future.result()
            waiting.append((item, grows, pool.submit(work, item)))
            held += grows
        while waiting:
            done, _, future = waiting.popleft()
            yield done, future.result()


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@contextmanager
def _alone(work: Path) -> Iterator[None]:
    """Keeps other processes from building in the same folder; takes it away when nothing of it
    can be used again."""
    lock = work.with_name(f"{work.name}.lock")
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreBusy(f"Another process builds in {work}; wait for it.") from None
        try:
            yield
        finally:
            if work.is_dir() and not (work / NOTE).exists():
                shutil.rmtree(work, ignore_errors=True)
            lock.unlink(missing_ok=True)
