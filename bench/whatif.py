"""What a change of links does to one node of a large web: pushes, beside ranking all anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backref.graph.contributions import contributions, referrers
from backref.graph.pagerank import pagerank
from backref.graph.push import Linked
from backref.graph.rows import Rows
from backref.graph.whatif import Changed, Changes, what_if
from bench.measure import Measure
from bench.ranked import Spent, spent, web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.graph.whatif import WhatIf
    from bench.measure import Size

SECONDS = 1.0
TARGETS, LOST = 20, 5


def run(size: Size) -> Iterator[Measure]:
    """Time of a what-if and of an explanation, and the error of one against ranking anew."""
    with web("tiny" if size == "small" else "5M") as held:
        solution = pagerank(held.incoming, held.out, tolerance=1e-12)
        values, outgoing = solution.values, held.incoming.transposed()
        graph = Linked(outgoing.some, held.incoming.some, held.out)
        chance = np.random.default_rng(1)
        often = np.flatnonzero(np.diff(held.incoming.starts) >= 2 * LOST)
        targets = [int(node) for node in chance.choice(often, TARGETS, replace=False)]
        targets[1] = int(np.diff(held.incoming.starts).argmax())
        # The first target only warms up: its kernels may have to be compiled.
        answers: list[WhatIf] = []
        took: list[Spent] = []
        for target in targets:
            changes = _losing(held.incoming, target, values)
            took.append(
                spent(
                    lambda target=target, changes=changes: answers.append(
                        what_if(graph, changes, target, values, float(values.sum()))
                    )
                )
            )
        links = f"{held.incoming.edges:,} links, {TARGETS} targets, the most linked among them"
        yield _time("what-if: slowest of one target", took[1:], links)
        worst = max(answer.bound / answer.before for answer in answers)
        yield Measure(
            "what-if: bound by the value, worst", worst, None, worst, None, "", better="lower"
        )
        explained = [
            spent(
                lambda target=target: (
                    referrers(graph, target, values),
                    contributions(graph, target, float(values[target]), remainder=0.01),
                )
            )
            for target in targets
        ]
        yield _time("explain: slowest of one target", explained[1:], "to 1 % of remainder")
        yield _anew(graph, held.incoming, targets[2], values, answers[2])


def _losing(incoming: Rows, target: int, values: np.ndarray) -> Changes:
    """The strongest referrers gone."""
    row = incoming[target]
    strongest = row[np.argsort(values[row])[-LOST:]]
    return Changes.of({(int(source), target): 0.0 for source in strongest})


def _time(name: str, took: list[Spent], note: str) -> Measure:
    slowest = max(took, key=lambda each: each.processor)
    return Measure(
        name, slowest.processor, None, slowest.processor, SECONDS, "CPU-s", better="lower",
        note=f"{slowest.wall:.2f} s by the wall; {note}",
    )  # fmt: skip


def _anew(
    graph: Linked, incoming: Rows, target: int, values: np.ndarray, answer: WhatIf
) -> Measure:
    """The pushed answer against a full run over the changed graph."""
    changed = Changed(graph, _losing(incoming, target, values))
    rows = changed.incoming(np.arange(incoming.nodes, dtype=np.uint32))
    weights = None if rows.weights is None else rows.weights.astype(np.float32)
    exact = pagerank(Rows(rows.starts, rows.ids, weights), graph.out, tolerance=1e-12)
    off = abs(answer.after / exact.values[target] - 1)
    return Measure(
        "what-if: relative error against ranking anew", off, None, off, 1e-6, "", better="lower",
        note=f"stated bound {answer.bound / answer.before:.1e}",
    )  # fmt: skip
