"""One push tells what every referrer's link is worth, as leaving them out one by one does."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, drawn, ring, solved, star, web_like
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_push import along, linked

from backref.graph.contributions import referrers
from backref.graph.removal import removals


def left_out(graph: Graph, source: int, target: int) -> float:
    """By how much the target's value changes without that link, by elimination."""
    matrix = graph.matrix
    before = solved(matrix, np.ones(graph.nodes), 0.85)[target]
    matrix[source, target] = 0.0
    return float(solved(matrix, np.ones(graph.nodes), 0.85)[target] - before)


def told(graph: Graph, target: int, sources: np.ndarray) -> np.ndarray:
    """The same by the kernel."""
    values = solved(graph.matrix, np.ones(graph.nodes), 0.85)
    return removals(linked(graph), target, sources, along(graph)[:, target].copy(), values)


def acyclic(graph: Graph) -> Graph:
    """Only the links to higher nodes: nothing that a node hands on comes back."""
    kept = [place for place, (source, target) in enumerate(graph.edges) if source < target]
    weights = None if graph.weights is None else [graph.weights[place] for place in kept]
    return Graph(graph.nodes, [graph.edges[place] for place in kept], weights)


@settings(deadline=None, max_examples=60)
@given((drawn(12) | drawn(12, weighted=True)).map(acyclic), st.data())
def test_exact_where_nothing_comes_back(graph: Graph, data: st.DataObject):
    target = data.draw(st.integers(0, graph.nodes - 1))
    sources = referrers(linked(graph), target, np.ones(graph.nodes)).nodes
    found = told(graph, target, sources)
    expected = [left_out(graph, source, target) for source in sources.tolist()]
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_near_on_a_web_like_graph():
    graph = web_like(300, 2500)
    target = int(graph.matrix.astype(bool).sum(axis=0).argmax())
    sources = referrers(linked(graph), target, np.ones(300)).nodes
    expected = np.array([left_out(graph, source, target) for source in sources.tolist()])
    found = told(graph, target, sources)
    assert len(sources) > 20
    assert np.abs(found - expected).max() < 0.1 * np.abs(expected).max()


def test_a_link_that_was_the_only_one_takes_all_that_it_hands_on():
    assert told(star(8), 0, np.array([3], np.uint32)) == pytest.approx([-0.85])


def test_what_comes_back_is_what_the_first_order_leaves_out():
    returning = 0.85 * along(ring(5))[0, 4]
    found = told(ring(5), 0, np.array([4], np.uint32))[0]
    assert found / (1 + returning) == pytest.approx(left_out(ring(5), 4, 0))


def test_no_referrer_no_answer():
    assert len(told(star(3), 1, np.empty(0, np.uint32))) == 0
