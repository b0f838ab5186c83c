"""An edge list to a compressed graph both ways, beside DuckDB's group and sort of the same; its
bytes; its look-ups; and what an edge costs as graphs grow.

Both sides read the same Parquet file, each in a process of its own, and count the CPU's seconds of
all their threads. DuckDB's side is the least that a graph needs, distinct edges in order, once by
source and once by target, in memory and uncompressed.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from bench.measure import Measure, Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backref.graph.held import Held

NODES = {"small": 100_000, "full": 5_000_000}
LINKS = {"small": 2_000_000, "full": 100_000_000}
TENTH = 10
BUILD_BAR, BYTES_BAR, COST_BAR = 3.0, 2.5, 1.5
LOOKED_UP = 20_000
WARM_NODES, WARM_LINKS = 5_000, 50_000


def run(size: Size) -> Iterator[Measure]:
    """Build, size, look-ups, and a graph of a tenth beside it."""
    nodes, links = NODES[size], LINKS[size]
    with TemporaryDirectory(prefix="bench-graph-") as made:
        folder = Path(made)
        whole = _written(folder, nodes, links)
        tenth = _written(folder, nodes // TENTH, links // TENTH)
        ours = _alone(_built, whole, nodes)
        least = _alone(_built, tenth, nodes // TENTH)
        theirs = _alone(_grouped, whole, nodes)
        yield from _judged(whole, tenth, ours, theirs, least)


def _judged(
    whole: Path, tenth: Path, ours: float, theirs: float, least: float
) -> Iterator[Measure]:
    from backref.graph.held import Held

    held, small = Held.open(whole.with_suffix("")), Held.open(tenth.with_suffix(""))
    edges, few = held.manifest.read, small.manifest.read
    yield Measure(
        "graph: built, rate of DuckDB's group and sort", edges / ours, edges / theirs,
        theirs / ours, BUILD_BAR, "edges read/s of CPU",
        note=f"{held.edges:,} distinct edges; ours compressed on disk",
    )  # fmt: skip
    for way in ("out", "in"):
        size = held.manifest.bytes_of(way) / held.edges
        name = f"graph: bytes an edge, {way}"
        yield Measure(name, size, None, size, BYTES_BAR, "bytes with offsets", better="lower")
    yield Measure(
        "graph: cost of an edge, to one of a tenth", ours / edges * 1e9, least / few * 1e9,
        (ours / edges) / (least / few), COST_BAR, "ns of CPU", better="lower",
    )  # fmt: skip
    yield from _looked_up(held)


def _looked_up(held: Held) -> Iterator[Measure]:
    """Microseconds that the neighbours of nodes take, of any node."""
    nodes = np.random.default_rng(1).integers(0, held.nodes, LOOKED_UP).tolist()
    for way, look in (("successors", held.successors), ("predecessors", held.predecessors)):
        look(0)
        taken = []
        for node in nodes:
            begun = time.perf_counter_ns()
            look(node)
            taken.append((time.perf_counter_ns() - begun) / 1000)
        for share in (50, 99):
            figure = float(np.percentile(taken, share))
            yield Measure(f"graph: {way} of a node, p{share}", figure, None, figure, None, "µs")


def _written(folder: Path, nodes: int, links: int) -> Path:
    from bench.web_graph import write_parquet

    path = folder / f"links-{links}.parquet"
    write_parquet(path, nodes, links)
    return path


def _alone(work: Callable[[Path, int], float], path: Path, nodes: int) -> float:
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, path, nodes).result()


def _built(path: Path, nodes: int) -> float:
    """Seconds of CPU of a build, with kernels that were compiled before."""
    from bench.web_graph import write_parquet

    warm = path.with_name(f"warm-{path.name}")
    write_parquet(warm, WARM_NODES, WARM_LINKS)
    _build(warm, WARM_NODES)
    begun = time.process_time()
    _build(path, nodes)
    return time.process_time() - begun


def _build(path: Path, nodes: int) -> None:
    from backref.graph.building import Plan, build
    from backref.graph.edges import ParquetEdges
    from backref.graph.vertices import Unnamed

    names = Unnamed(nodes).write_names
    build(Plan(path.with_suffix(""), ParquetEdges([path]), names, path.name))


def _grouped(path: Path, nodes: int) -> float:  # noqa: ARG001 - as `_built`
    """Seconds of CPU of DuckDB for the distinct edges in order, both ways."""
    import duckdb

    with duckdb.connect(config={"threads": 2}) as engine:
        begun = time.process_time()
        for table, one, other in (("forth", "source", "target"), ("back", "target", "source")):
            engine.execute(
                f"CREATE TABLE {table} AS SELECT DISTINCT {one}, {other} "
                f"FROM read_parquet('{path}') ORDER BY {one}, {other}"
            )
        return time.process_time() - begun
