"""Trust, distrust and spam mass against elimination, and on a farm that was planted."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, drawn, solved
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.graph.pagerank import Solution, pagerank
from backref.graph.trust import blend, seeded, spam_mass


def ranked(graph: Graph, teleport: np.ndarray | None = None) -> Solution:
    return pagerank(graph.incoming, graph.outgoing.sums(), teleport=teleport, tolerance=1e-13)


@settings(deadline=None, max_examples=30)
@given(drawn(15), st.data())
def test_mass_is_that_of_its_definition(graph: Graph, data: st.DataObject):
    core = sorted(data.draw(st.sets(st.integers(0, graph.nodes - 1), min_size=1)))
    of_core = np.zeros(graph.nodes)
    of_core[core] = 0.85 * graph.nodes / len(core)
    p = 0.15 * solved(graph.matrix, np.ones(graph.nodes), 0.85)
    p_core = 0.15 * solved(graph.matrix, of_core, 0.85)
    trust = ranked(graph, seeded(np.array(core), graph.nodes))
    found = spam_mass(ranked(graph), trust)
    assert 0.15 * found.absolute == pytest.approx(p - p_core, abs=1e-8)
    assert found.relative == pytest.approx(1 - p_core / p, abs=1e-8)


def planted() -> tuple[Graph, np.ndarray, int, int]:
    """200 honest nodes that link among themselves, and a farm of 60 whose target is the last."""
    chance = np.random.default_rng(2)
    honest = [(int(v), int(w)) for v, w in chance.integers(0, 200, (1500, 2)) if v != w]
    farm = [(leaf, 260) for leaf in range(200, 260)] + [(260, leaf) for leaf in range(200, 260)]
    return Graph(261, [*honest, *farm, (260, 5)]), np.arange(0, 200, 4), 260, 5


def test_a_farm_has_its_rank_from_nowhere_good():
    graph, core, target, _ = planted()
    found = spam_mass(ranked(graph), ranked(graph, seeded(core, graph.nodes)))
    assert np.flatnonzero(found.candidates).tolist() == [target]
    assert found.relative[:200].max() < 0.98


def test_distrust_flows_to_those_that_link_to_spam():
    graph, core, target, victim = planted()
    spam = seeded(np.array([target]), graph.nodes)
    turned = pagerank(graph.outgoing, graph.incoming.sums(), teleport=spam)
    assert turned.values[200:260].min() > 0
    assert turned.values[:200].max() == 0
    trust = ranked(graph, seeded(core, graph.nodes)).values
    both = blend(trust, turned.values)
    assert both[200:].max() < 0.5 < both[victim]


def test_trust_needs_a_seed_and_one_graph():
    with pytest.raises(ValueError, match="seed"):
        seeded(np.array([], np.int64), 3)
    with pytest.raises(ValueError, match="one graph"):
        spam_mass(ranked(Graph(3, [])), ranked(Graph(4, [])))
