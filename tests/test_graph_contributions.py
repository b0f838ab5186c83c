"""Shares sum to the whole; paths come strongest first and sum to what flows."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from graphs import Graph, clique_with_tail, drawn, solved, star, web_like
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_push import along, linked

from backref.graph.contributions import contributions, paths, referrers
from backref.graph.push import reverse


@settings(deadline=None, max_examples=40)
@given(drawn(15) | drawn(15, weighted=True), st.data())
def test_shares_and_remainder_are_the_whole(graph: Graph, data: st.DataObject):
    target = data.draw(st.integers(0, graph.nodes - 1))
    exact, values = along(graph), solved(graph.matrix, np.ones(graph.nodes), 0.85)
    direct = referrers(linked(graph), target, values)
    assert direct.remainder == pytest.approx(1 / values[target])
    begun = contributions(linked(graph), target, values[target], remainder=1e-9)
    assert begun.remainder <= 1e-9
    assert begun.shares.sum() + begun.remainder == pytest.approx(1)
    expected = exact[begun.nodes, target] / values[target]
    assert begun.shares == pytest.approx(expected, abs=1e-8)
    assert list(begun.shares) == sorted(begun.shares, reverse=True)


def test_with_a_teleport_vector_only_its_nodes_contribute():
    graph, seeds = web_like(200, 1200), np.zeros(200)
    seeds[[3, 7, 11]] = 100.0
    value = solved(graph.matrix, seeds, 0.85)[0]
    begun = contributions(linked(graph), 0, value, teleport=seeds, remainder=1e-6)
    assert set(begun.nodes) <= {3, 7, 11}
    assert begun.remainder <= 1e-6


def test_cut_short_the_remainder_is_stated():
    graph = web_like(200, 1200)
    values = solved(graph.matrix, np.ones(200), 0.85)
    cut = contributions(linked(graph), 0, values[0], most_edges=50)
    exact = along(graph)[:, 0]
    assert cut.remainder > 1e-3
    assert np.all(cut.shares * values[0] <= exact[cut.nodes] + 1e-12)


def test_each_leaf_of_a_star_has_the_same_share():
    middle = 1 + 0.85 * 8
    found = contributions(linked(star(8)), 0, middle)
    assert found.nodes.tolist() == list(range(9))
    assert found.shares == pytest.approx([1 / middle] + [0.85 / middle] * 8)
    assert referrers(linked(star(8)), 0, np.array([middle] + [1] * 8)).shares == pytest.approx(
        [0.85 / middle] * 8
    )


def test_there_is_one_path_down_a_tail():
    network = linked(clique_with_tail(4, 3))
    toward = reverse(network, 6).settled
    found = paths(network, 3, 6, toward)
    assert [path.nodes for path in found] == [(3, 4, 5, 6)]
    assert found[0].strength == pytest.approx(0.85**3 / 4)


@settings(deadline=None, max_examples=40)
@given(drawn(8), st.data())
def test_paths_are_those_of_networkx_strongest_first(graph: Graph, data: st.DataObject):
    source = data.draw(st.integers(0, graph.nodes - 1))
    target = data.draw(st.integers(0, graph.nodes - 1))
    if source == target:
        return
    network = linked(graph)
    found = paths(network, source, target, reverse(network, target).settled, most=5)
    matrix = graph.matrix
    theirs = networkx.from_numpy_array(matrix, create_using=networkx.DiGraph)
    degrees = matrix.sum(axis=1)
    strengths = [
        float(np.prod([0.85 / degrees[node] for node in path[:-1]]))
        for path in networkx.all_simple_paths(theirs, source, target)
    ]
    expected = sorted(strengths, reverse=True)[:5]
    assert [path.strength for path in found] == pytest.approx(expected)
