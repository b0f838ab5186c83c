"""Pushes against elimination."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, chances, drawn, ring, star, web_like
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.graph.held import Held
from backref.graph.making import make
from backref.graph.push import Linked, forward, reverse


def linked(graph: Graph, damping: float = 0.85) -> Linked:
    rows = graph.outgoing
    return Linked(rows.some, rows.transposed().some, rows.sums(), damping)


def along(graph: Graph, damping: float = 0.85) -> np.ndarray:
    """M(v, t), by elimination."""
    return np.linalg.inv(np.eye(graph.nodes) - damping * chances(graph.matrix))


@settings(deadline=None, max_examples=40)
@given(drawn(15, weighted=True) | drawn(15), st.sampled_from([0.5, 0.85]), st.data())
def test_pushed_to_the_end_both_ways_give_the_sums_over_all_paths(graph, damping, data):
    node = data.draw(st.integers(0, graph.nodes - 1))
    exact = along(graph, damping)
    there = forward(linked(graph, damping), np.array([node], np.uint32), np.ones(1))
    assert there.settled == pytest.approx(exact[node], abs=1e-9)
    back = reverse(linked(graph, damping), node)
    assert back.settled == pytest.approx(exact[:, node], abs=1e-9)


@pytest.mark.parametrize("most_edges", [1, 100, 10_000])
@pytest.mark.parametrize("remaining", [0.5, 1e-2, 1e-5])
def test_what_still_waits_bounds_the_error(remaining: float, most_edges: int):
    graph = web_like(200, 1200)
    exact, room = along(graph), 1 - 0.85
    weights = np.array([3.0, -2.0])
    there = forward(
        linked(graph), np.array([5, 9], np.uint32), weights, remaining=remaining,
        most_edges=most_edges,
    )  # fmt: skip
    whole = weights @ exact[[5, 9]]
    assert np.abs(there.settled - whole).sum() <= there.left()[0] / room + 1e-12
    back = reverse(linked(graph), 0, remaining=remaining, most_edges=most_edges)
    missing = exact[:, 0] - back.settled
    assert missing.min() >= -1e-12
    assert missing.max() <= back.left()[1] / room + 1e-12
    if most_edges == 10_000 and remaining > 1e-3:
        assert there.left()[0] <= remaining
        assert back.left()[1] / room <= remaining


def test_on_a_ring_a_step_on_carries_the_damped_share():
    there = forward(linked(ring(50)), np.zeros(1, np.uint32), np.ones(1))
    assert there.settled[:3] == pytest.approx(np.array([1, 0.85, 0.85**2]) / (1 - 0.85**50))


def test_every_leaf_of_a_star_gives_the_middle_the_same():
    back = reverse(linked(star(7)), 0)
    assert back.settled == pytest.approx([1] + [0.85] * 7)
    assert back.left() == (0.0, 0.0)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_stored_graph_is_pushed_over_as_one_in_memory(tmp_path, weighted: bool):
    graph = web_like(300, 2000)
    if weighted:
        graph = Graph(300, graph.edges, [1 + at % 7 / 2 for at in range(2000)])
    names = [f"com.{node:04}" for node in range(300)]
    make(tmp_path / "g", graph.outgoing, names)
    held = Held.open(tmp_path / "g")
    stored = reverse(Linked.of(held, held.out_sums()), 0)
    assert np.array_equal(stored.settled, reverse(linked(graph), 0).settled)
    start = np.array([3, 290], np.uint32)
    ahead = forward(Linked.of(held, held.out_sums()), start, np.ones(2))
    assert np.array_equal(ahead.settled, forward(linked(graph), start, np.ones(2)).settled)
