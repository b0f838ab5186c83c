"""PageRank of a made-up web, beside NetworKit, SuiteSparse GraphBLAS and scipy.

Per iteration: ours is a sweep as the kernel makes it, float32 contributions and float64 sums, over
the links between nodes that link, which is all that an iteration needs; "over every link" is the
same kernel on the whole graph, "without cache misses" the same with every id cut to its lowest
twelve bits. Ours and theirs take turns, and the least of the rounds counts. Where other work runs
on the machine walls are noise, so scores are of the processor's time; walls stand in the note.
Compiling is done before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.graph.pagerank import pagerank
from backref.graph.rows import Rows
from backref.graph.transition import Transition
from bench.measure import Measure
from bench.ranked import (
    SWEEPS,
    WITHOUT,
    Spent,
    Sweeps,
    load,
    over_every_link,
    peer,
    rounds,
    spent,
    web,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Size
    from bench.ranked import Web

ROUNDS = 4
TIMES_NETWORKIT, TIMES_GRAPHBLAS = 10.0, 1.0
TIMES_FASTEST, OF_THE_LIMIT = 1.5, 0.3


def run(size: Size) -> Iterator[Measure]:
    """A small web end to end and by iteration; at full size also a large one by iteration."""
    _compile()
    name = "tiny" if size == "small" else "1M"
    judged = size == "full"
    with web(name) as held:
        yield from _whole(held, name, TIMES_NETWORKIT if judged else None)
        yield from _sweeps(held, name, TIMES_GRAPHBLAS if judged else None, ("graphblas",))
    if judged:
        with web("5M") as held:
            yield from _sweeps(held, "5M", TIMES_FASTEST, ("graphblas", "scipy"))


def _compile() -> None:
    pagerank(Rows.of(np.array([0, 1]), np.array([1, 0]), 2), np.array([1, 1]))


def _whole(held: Web, name: str, bar: float | None) -> Iterator[Measure]:
    """From the Parquet file to ranks at 1e-9."""

    def ours() -> None:
        pagerank(*load(held.path, held.nodes))

    solution = pagerank(held.incoming, held.out)
    mine, title = spent(ours), f"pagerank {name}: file to ranks at 1e-9"
    note = f"{solution.sweeps} sweeps, residual {solution.residual:.1e}"
    with peer("networkit", held) as theirs:
        if theirs is None:
            yield Measure(title, mine.processor, None, None, None, "CPU-s", note=WITHOUT)
            return
        solved = theirs.does("solve")
        total = Spent(theirs.loaded.wall + solved.wall, theirs.loaded.processor + solved.processor)
        ratio = total.processor / mine.processor
        yield Measure(
            title, mine.processor, total.processor, ratio, bar, "CPU-s",
            note=f"{note}; {mine.wall:.1f} and {total.wall:.1f} s by the wall",
        )  # fmt: skip


def _sweeps(held: Web, name: str, bar: float | None, peers: tuple[str, ...]) -> Iterator[Measure]:
    """One iteration beside each peer's, and beside the same kernel without cache misses."""
    ready = Transition.renamed(held.incoming, held.out)
    ours, least = Sweeps(ready, np.ones(held.nodes)), []
    for each in peers:
        title = f"pagerank {name}: an iteration beside {each}'s"
        with peer(each, held) as theirs:
            if theirs is None:
                yield Measure(title, None, None, None, None, "CPU-s", note=WITHOUT)
                continue
            mine, other = rounds(ours, lambda asked=theirs: asked.does(f"sweep {SWEEPS}"), ROUNDS)
        least.append(mine.processor)
        walls = f"{mine.wall / SWEEPS:.3f} and {other.wall / SWEEPS:.3f} s by the wall"
        yield Measure(
            title, mine.processor / SWEEPS, other.processor / SWEEPS,
            other.processor / mine.processor, bar, "CPU-s",
            note=f"{walls}; {ready.edges:,} of {held.incoming.edges:,} links swept",
        )  # fmt: skip
    yield from _limit(ready, name, OF_THE_LIMIT if bar == TIMES_FASTEST else None)
    yield _every_link(held, name)


def _limit(ready: Transition, name: str, bar: float | None) -> Iterator[Measure]:
    ((_, rows),) = list(ready.blocks())
    near = Rows(rows.starts, rows.ids & np.uint32(4095))
    free = Transition(
        lambda: [(0, near)], ready.nodes, ready.place, ready.inverse, ready.slots, ready.edges
    )
    ones = np.ones(len(ready.slots))
    unhindered = Sweeps(free, ones)
    mine, limit = rounds(Sweeps(ready, ones), lambda: spent(unhindered), ROUNDS)
    yield Measure(
        f"pagerank {name}: share of the speed without misses", mine.processor / SWEEPS,
        limit.processor / SWEEPS, limit.processor / mine.processor, bar, "CPU-s",
        note=f"{mine.wall / SWEEPS:.3f} and {limit.wall / SWEEPS:.3f} s by the wall",
    )  # fmt: skip


def _every_link(held: Web, name: str) -> Measure:
    work = over_every_link(held)
    least = min((spent(work) for _ in range(ROUNDS)), key=lambda each: each.processor)
    took = least.processor / SWEEPS
    rate = f"{held.incoming.edges / took / 1e6:,.0f} M links a second of a processor"
    return Measure(
        f"pagerank {name}: an iteration over every link", took, None, took, None, "CPU-s", note=rate
    )
