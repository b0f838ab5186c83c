"""A made-up web in a file and in memory, and peers that rank it beside us, turn by turn."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from backref.graph.pagerank import Series
from backref.graph.rows import Rows
from backref.graph.transition import Transition
from bench.web_graph import write_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

WEBS = {"tiny": (100_000, 2_000_000), "1M": (1_000_000, 20_000_000), "5M": (5_000_000, 100_000_000)}
SWEEPS = 5
WITHOUT = (
    "GRAPH_PYTHON names no interpreter with peers: python -m venv DIR && DIR/bin/pip install "
    "networkit 'python-graphblas[default]' scipy pyarrow"
)


@dataclass(frozen=True)
class Spent:
    """Seconds by the wall and of the processor."""

    wall: float
    processor: float


@dataclass(frozen=True)
class Web:
    """A graph with the file of its edges."""

    path: Path
    nodes: int
    incoming: Rows
    out: NDArray[np.int64]
    loaded: Spent


def spent(work: Callable[[], object]) -> Spent:
    """What a call takes."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - processor)


@contextmanager
def web(name: str) -> Iterator[Web]:
    """A made-up web, loaded from its file."""
    nodes, links = WEBS[name]
    with TemporaryDirectory(prefix="bench-graph-") as folder:
        path = Path(folder) / "edges.parquet"
        write_parquet(path, nodes, links)
        held: list[tuple[Rows, NDArray[np.int64]]] = []
        loaded = spent(lambda: held.append(load(path, nodes)))
        yield Web(path, nodes, *held[0], loaded)


def load(path: Path, nodes: int) -> tuple[Rows, NDArray[np.int64]]:
    """(incoming rows, out-degrees) from the file."""
    table = pq.read_table(path)
    incoming = Rows.of(table["target"].to_numpy(), table["source"].to_numpy(), nodes)
    return incoming, np.bincount(incoming.ids, minlength=nodes)


class Peer:
    """A peer in its own process that has loaded a graph and waits for orders."""

    def __init__(self, name: str, held: Web) -> None:
        script = Path(__file__).with_name("rank_peers.py")
        command = [os.environ["GRAPH_PYTHON"], script, name, held.path, str(held.nodes)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.loaded = self._answer()

    def does(self, order: str) -> Spent:
        """What an order takes it."""
        assert self.process.stdin is not None
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> Spent:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("The peer ended before it answered.")
        return Spent(**json.loads(line))

    def end(self) -> None:
        """Let it go."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(60)


@contextmanager
def peer(name: str, held: Web) -> Iterator[Peer | None]:
    """A peer that has loaded a web, or None where there is no interpreter for it."""
    if "GRAPH_PYTHON" not in os.environ:
        yield None
        return
    running = Peer(name, held)
    try:
        yield running
    finally:
        running.end()


class Sweeps:
    """`SWEEPS` sweeps over a graph made ready before."""

    def __init__(self, ready: Transition, teleport: np.ndarray) -> None:
        self.series = Series(ready, ready.blocks, teleport, 0.85, None)
        self.values = np.ones(len(ready.place))
        self.handed = np.ones(ready.nowhere + 1, np.float32)
        self.onward = np.zeros_like(self.handed)

    def __call__(self) -> None:
        """Make them."""
        for _ in range(SWEEPS):
            self.series.swept(self.values, self.handed, self.onward)


def over_every_link(held: Web) -> Sweeps:
    """Sweeps in which nodes that link nowhere take part too."""
    every = Transition.renamed(held.incoming, np.maximum(held.out, 1))
    return Sweeps(every, np.ones(held.nodes))


def rounds(ours: Callable[[], object], theirs: Callable[[], Spent], count: int) -> list[Spent]:
    """The least that we and they took over rounds of one after the other."""
    both = [(spent(ours), theirs()) for _ in range(count)]
    return [
        Spent(min(each.wall for each in side), min(each.processor for each in side))
        for side in zip(*both, strict=True)
    ]
