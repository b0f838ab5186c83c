"""HyperBall on a made-up web: beside twenty iterations of PageRank, and beside exact searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from backref.graph.harmonic import harmonic, searched
from backref.graph.rows import Rows
from bench.measure import Measure
from bench.ranked import SWEEPS, WEBS, over_every_link, spent, web
from bench.web_graph import edges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.graph.harmonic import Centrality
    from bench.measure import Size

TIMES_PAGERANK, CORRELATION, ERRORS = 4.0, 0.98, 3.0
BITS = 6
BITS_ORDER = 8
SAMPLE = {"small": 100, "full": 300}


def run(size: Size) -> Iterator[Measure]:
    """Time beside PageRank's, agreement with searches from a sample of nodes."""
    tiny = Rows.of(np.array([0, 1]), np.array([1, 0]), 2)
    harmonic(tiny, 2, exact=0)
    searched(tiny)
    yield from _agreement(size)
    name = "tiny" if size == "small" else "5M"
    with web(name) as held:
        five = over_every_link(held)
        iterations = [spent(five) for _ in range(4)]
        twenty = 20 / SWEEPS * min(each.processor for each in iterations)
        found: list[Centrality] = []
        ours = spent(lambda: found.append(harmonic(held.incoming, held.nodes, bits=BITS, exact=0)))
        walls = 20 / SWEEPS * min(each.wall for each in iterations)
        yield Measure(
            f"harmonic {name}: times 20 iterations of PageRank", ours.processor, twenty,
            ours.processor / twenty, TIMES_PAGERANK if size == "full" else None, "CPU-s",
            better="lower",
            note=f"{found[0].steps} steps; {ours.wall:.1f} and {walls:.1f} s by the wall; "
            "iterations over every link",
        )  # fmt: skip


def _agreement(size: Size) -> Iterator[Measure]:
    """200,000 nodes against searches from some of them."""
    nodes = 200_000 if size == "full" else WEBS["tiny"][0]
    sources, targets = (
        np.concatenate(part) for part in zip(*edges(nodes, 15 * nodes), strict=True)
    )
    rows = Rows.of(targets, sources, nodes)
    linked = np.flatnonzero(np.diff(rows.starts))
    some = np.random.default_rng(1).choice(linked, SAMPLE[size], replace=False).astype(np.uint32)
    exact = searched(rows, some)
    for bits in (BITS, BITS_ORDER):
        found = harmonic(rows, nodes, bits=bits, exact=0)
        order = float(spearmanr(found.harmonic[some], exact.harmonic).statistic)
        off = found.harmonic[some] / exact.harmonic - 1
        errors = float(np.sqrt((off**2).mean())) / found.error
        yield Measure(
            f"harmonic: rank correlation, 2^{bits} registers", order, None, order,
            CORRELATION if bits == BITS_ORDER else None, "Spearman",
            note=f"{len(some)} of {nodes:,} nodes",
        )  # fmt: skip
        yield Measure(
            f"harmonic: root mean square error, 2^{bits}", errors, None, errors, ERRORS,
            "standard errors", better="lower", note=f"one is {found.error:.1%}",
        )  # fmt: skip
