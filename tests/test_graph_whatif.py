"""Changed links: the push against solving anew."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import drawn, solved, star, web_like
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_push import linked

from backref.graph.pagerank import pagerank
from backref.graph.rows import Rows
from backref.graph.whatif import Changes, updated, what_if


def changed(matrix: np.ndarray, links: dict[tuple[int, int], float]) -> np.ndarray:
    matrix = matrix.copy()
    for link, weight in links.items():
        matrix[link] = weight
    return matrix


def changes(nodes: int) -> st.SearchStrategy[dict[tuple[int, int], float]]:
    end = st.integers(0, nodes - 1)
    link = st.tuples(end, end).filter(lambda ends: ends[0] != ends[1])
    return st.dictionaries(link, st.sampled_from([0.0, 0.1, 1.0, 2.5]), max_size=8)


@settings(deadline=None, max_examples=80)
@given(drawn(12) | drawn(12, weighted=True), st.data())
def test_links_that_come_go_and_weigh_otherwise_are_as_solved_anew(graph, data):
    if graph.nodes < 2:
        return
    links = data.draw(changes(graph.nodes))
    target = data.draw(st.integers(0, graph.nodes - 1))
    before = solved(graph.matrix, np.ones(graph.nodes), 0.85)
    after = solved(changed(graph.matrix, links), np.ones(graph.nodes), 0.85)
    found = what_if(linked(graph), Changes.of(links), target, before, before.sum())
    assert found.before == before[target]
    assert abs(found.after - after[target]) <= found.bound + 1e-9
    assert found.bound <= 1e-6 * before[target]
    missed = abs(found.total + found.total_change - after.sum())
    assert missed <= found.total_bound + 1e-9
    every, bound = updated(linked(graph), Changes.of(links), before)
    assert np.abs(before + every - after).sum() <= bound + 1e-9


@pytest.mark.parametrize("most_edges", [10, 1000, 100_000])
def test_cut_short_the_answer_lies_within_its_bound(most_edges: int):
    graph = web_like(500, 3000)
    rows, out = graph.incoming, graph.outgoing.sums()
    values = pagerank(rows, out, tolerance=1e-14).values
    losing = rows[1][:5].tolist()
    links = {(source, 1): 0.0 for source in losing} | {(499, 1): 1.0, (losing[0], 7): 1.0}
    matrix = changed(graph.matrix, links)
    after = solved(matrix, np.ones(500), 0.85)
    found = what_if(
        linked(graph), Changes.of(links), 1, values, values.sum(), most_edges=most_edges
    )
    assert abs(found.after - after[1]) <= found.bound + 1e-9
    assert found.after < found.before


def test_pushed_values_are_those_of_a_full_run_over_the_changed_graph():
    graph = web_like(500, 3000)
    values = pagerank(graph.incoming, graph.outgoing.sums(), tolerance=1e-14).values
    links = {(int(source), 0): 0.1 for source in graph.incoming[0][:20]}
    matrix = changed(graph.matrix, links)
    sources, targets = np.nonzero(matrix)
    anew = Rows.of(sources, targets, 500, matrix[sources, targets].astype(np.float32))
    full = pagerank(anew.transposed(), anew.sums(), tolerance=1e-14).values
    found = what_if(linked(graph), Changes.of(links), 0, values, values.sum())
    assert found.after == pytest.approx(full[0], rel=1e-6)
    assert found.after < 0.99 * found.before


def test_without_its_leaves_the_middle_of_a_star_has_what_is_left():
    values = np.array([1 + 0.85 * 10] + [1.0] * 10)
    lost = Changes.of({(leaf, 0): 0.0 for leaf in (1, 2, 3)})
    found = what_if(linked(star(10)), lost, 0, values, values.sum())
    assert found.after == pytest.approx(1 + 0.85 * 7)
    assert found.total_change == pytest.approx(-0.85 * 3, abs=found.total_bound + 1e-9)
    assert found.total_bound < 1e-4 * found.total


def test_no_change_changes_nothing():
    values = np.array([1 + 0.85 * 10] + [1.0] * 10)
    found = what_if(linked(star(10)), Changes.of({(1, 0): 1.0}), 0, values, values.sum())
    assert (found.after, found.bound) == (found.before, 0.0)


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="itself"):
        Changes.of({(1, 1): 1.0})
    with pytest.raises(ValueError, match="weight"):
        Changes.of({(1, 2): -1.0})
