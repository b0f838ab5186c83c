"""One peer's PageRank of a Parquet file of edges, run by the interpreter that GRAPH_PYTHON names.

`rank_peers.py PEER FILE NODES` loads the graph and then obeys lines: "sweep COUNT" makes so many
iterations and answers seconds by the wall and of the processor; "solve" ranks to 1e-9 where the
peer has a routine of its own, and answers the same. The first answer is of loading.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager

import numpy as np
import pyarrow.parquet as pq

DAMPING = 0.85


@contextmanager
def told():
    wall, processor = time.perf_counter(), time.process_time()
    yield
    spent = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
    print(json.dumps(spent), flush=True)


def edges(path: str) -> tuple[np.ndarray, np.ndarray]:
    table = pq.read_table(path)
    return table["source"].to_numpy(), table["target"].to_numpy()


class Scipy:
    """A sparse matrix times a vector, one thread."""

    def __init__(self, path: str, nodes: int) -> None:
        from scipy.sparse import csr_matrix

        sources, targets = edges(path)
        ones = np.ones(len(sources), np.float32)
        self.matrix = csr_matrix((ones, (targets, sources)), shape=(nodes, nodes))
        self.matrix.data[:] = 1.0
        self.out = np.bincount(self.matrix.indices, minlength=nodes)
        self.ranks = np.full(nodes, 1.0 / nodes, np.float32)
        self.inverse = np.where(self.out > 0, DAMPING / np.maximum(self.out, 1), 0.0)
        self.inverse = self.inverse.astype(np.float32)

    def sweep(self) -> None:
        """One iteration."""
        nodes = len(self.ranks)
        lost = DAMPING * float(self.ranks[self.out == 0].sum())
        self.ranks = self.matrix @ (self.ranks * self.inverse) + np.float32(
            (1 - DAMPING + lost) / nodes
        )


class GraphBLAS:
    """The same over a semiring that reads no weights."""

    def __init__(self, path: str, nodes: int) -> None:
        import graphblas as gb

        self.gb = gb
        sources, targets = edges(path)
        self.matrix = gb.Matrix.from_coo(
            targets, sources, 1.0, dtype=gb.dtypes.FP32, nrows=nodes, ncols=nodes
        )
        out = self.matrix.reduce_columnwise(gb.monoid.plus).new()
        self.inverse = (DAMPING / out).new()
        self.ranks = gb.Vector.from_scalar(1.0 / nodes, nodes, dtype=gb.dtypes.FP32)

    def sweep(self) -> None:
        """Without the rank of dangling nodes: less than the others do."""
        gb = self.gb
        handed = self.ranks.ewise_mult(self.inverse, gb.binary.times).new()
        onward = gb.Vector.from_scalar(
            (1 - DAMPING) / self.ranks.size, self.ranks.size, gb.dtypes.FP32
        )
        onward(gb.binary.plus) << self.matrix.mxv(handed, gb.semiring.plus_second)
        self.ranks = onward


class NetworKit:
    """Its own routine, to the end."""

    def __init__(self, path: str, nodes: int) -> None:
        import networkit

        sources, targets = edges(path)
        self.networkit = networkit
        self.graph = networkit.GraphFromCoo(
            (sources.astype(np.uint64), targets.astype(np.uint64)), nodes, directed=True
        )

    def solve(self) -> None:
        """Ranks at 1e-9."""
        ranking = self.networkit.centrality.PageRank(self.graph, DAMPING, 1e-9)
        ranking.run()
        ranking.scores()


def main(peer: str, path: str, nodes: str) -> None:
    with told():
        held = {"scipy": Scipy, "graphblas": GraphBLAS, "networkit": NetworKit}[peer](
            path, int(nodes)
        )
    for line in sys.stdin:
        order, *count = line.split()
        with told():
            for _ in range(int(count[0]) if count else 1):
                getattr(held, order)()


if __name__ == "__main__":
    main(*sys.argv[1:])
