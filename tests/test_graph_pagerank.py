"""PageRank against closed forms, elimination, networkx and igraph."""

from __future__ import annotations

import gzip
from itertools import pairwise

import igraph
import networkx
import numpy as np
import pytest
from bvgraph import edges
from graphs import Graph, clique_with_tail, drawn, ring, solved, star, web_like
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from backref.graph.pagerank import Progress, Solution, pagerank
from backref.graph.rows import Rows


def ranked(graph: Graph, **options: object) -> Solution:
    return pagerank(graph.incoming, graph.outgoing.sums(), **options)  # type: ignore[arg-type]


def in_blocks(rows: Rows, each: int):
    """The rows some at a time, as a graph that does not fit in memory gives them."""

    def blocks():
        for first in range(0, rows.nodes, each):
            starts = rows.starts[first : first + each + 1]
            part = slice(starts[0], starts[-1])
            weights = None if rows.weights is None else rows.weights[part]
            yield first, Rows(starts - starts[0], rows.ids[part], weights)

    return blocks


@pytest.mark.parametrize("damping", [0.0, 0.5, 0.85, 0.99])
@pytest.mark.parametrize("nodes", [2, 3, 100])
def test_on_a_ring_all_are_equal(nodes: int, damping: float):
    assert ranked(ring(nodes), damping=damping).ranks == pytest.approx(1 / nodes)


@pytest.mark.parametrize("damping", [0.5, 0.85, 0.95])
@pytest.mark.parametrize("leaves", [1, 5, 1000])
def test_the_middle_of_a_star_has_what_all_leaves_hand_on(leaves: int, damping: float):
    values = ranked(star(leaves), damping=damping).values
    assert values[1:] == pytest.approx(1.0)
    assert values[0] == pytest.approx(1 + damping * leaves)


def test_down_a_tail_behind_a_clique_each_has_one_and_the_damped_share_of_the_last():
    values = ranked(clique_with_tail(5, 6), tolerance=1e-14).values
    assert values[:4] == pytest.approx(values[0])
    assert values[5] == pytest.approx(1 + 0.85 * values[4] / 5)
    for before, after in pairwise(values[5:]):
        assert after == pytest.approx(1 + 0.85 * before)


def test_without_links_all_are_equal():
    assert ranked(Graph(4, [])).ranks == pytest.approx(0.25)
    assert ranked(Graph(1, [(0, 0)])).ranks == pytest.approx(1.0)
    assert len(ranked(Graph(0, [])).ranks) == 0


@settings(deadline=None, max_examples=60)
@given(drawn(), st.sampled_from([0.3, 0.85, 0.97]))
def test_ranks_are_those_of_networkx(graph: Graph, damping: float):
    theirs = networkx.DiGraph()
    theirs.add_nodes_from(range(graph.nodes))
    theirs.add_edges_from((u, v) for u, v in graph.edges if u != v)
    expected = networkx.pagerank(theirs, alpha=damping, tol=1e-13, max_iter=2000)
    found = ranked(graph, damping=damping, tolerance=1e-12)
    assert found.ranks == pytest.approx([expected[v] for v in range(graph.nodes)], rel=1e-8)


@settings(deadline=None, max_examples=60)
@given(drawn(weighted=True), st.data())
def test_weights_and_any_teleport_vector_solve_the_system(graph: Graph, data: st.DataObject):
    size = graph.nodes
    teleport = np.array(data.draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)))
    teleport[data.draw(st.integers(0, size - 1))] += 1
    found = ranked(graph, teleport=teleport, tolerance=1e-12)
    expected = solved(graph.matrix, teleport * (size / teleport.sum()), 0.85)
    assert found.values == pytest.approx(expected, rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(drawn(weighted=True), st.integers(1, 9))
def test_in_blocks_the_result_is_the_same(graph: Graph, each: int):
    rows, out = graph.incoming, graph.outgoing.sums()
    blocks = pagerank(in_blocks(rows, each), out)
    assert blocks.values == pytest.approx(pagerank(rows, out).values, rel=1e-12)


def test_the_residual_is_measured_and_bounds_the_error():
    graph = web_like(500, 3000)
    exact = solved(graph.matrix, np.ones(500), 0.85)
    exact /= exact.sum()
    for tolerance in (1e-3, 1e-6, 1e-9, 1e-12):
        found = ranked(graph, tolerance=tolerance)
        assert found.residual <= tolerance
        assert np.abs(found.ranks - exact).sum() <= found.bound + 1e-15


def test_threads_change_no_bit():
    graph = web_like(20_000, 200_000)
    rows, out = graph.incoming, graph.outgoing.sums()
    alone = pagerank(rows, out, workers=1)
    assert np.array_equal(alone.values, pagerank(rows, out, workers=3).values)


def test_a_run_that_was_cut_off_goes_on_where_it_was():
    graph, seen = web_like(3000, 20_000), []
    rows, out = graph.incoming, graph.outgoing.sums()

    def kept(progress: Progress) -> None:
        seen.append((progress.sweeps, progress.residual, progress.values.copy()))

    whole = pagerank(rows, out, told=kept)
    assert [sweeps for sweeps, *_ in seen] == list(range(1, whole.sweeps + 1))
    assert seen[-1][1] <= 1e-9 < seen[0][1]
    middle = seen[len(seen) // 2]
    resumed = pagerank(rows, out, values=middle[2])
    assert resumed.sweeps < whole.sweeps
    assert resumed.values == pytest.approx(whole.values, rel=1e-7)


def test_out_of_sweeps_the_residual_says_so():
    cut = ranked(web_like(500, 3000), most_sweeps=3)
    assert cut.residual > 1e-9


def test_what_cannot_be_is_refused():
    graph = ring(3)
    with pytest.raises(ValueError, match="source of an edge"):
        pagerank(graph.incoming, np.array([1, 0, 1]))
    with pytest.raises(ValueError, match="teleport"):
        ranked(graph, teleport=np.zeros(3))
    with pytest.raises(ValueError, match="damping"):
        ranked(graph, damping=1.0)


def test_on_a_crawl_of_a_real_domain_ranks_are_those_of_igraph(shared_data):
    path = shared_data / "webgraph" / "corpus-shared-domain-edges.txt.gz"
    with gzip.open(path) as lines:
        edges = np.loadtxt(lines, np.int64)[:, :2]
    nodes = int(edges.max()) + 1
    theirs = np.array(igraph.Graph(nodes, edges.tolist(), directed=True).simplify().pagerank())
    found = ranked(Graph(nodes, edges.tolist()))
    assert found.ranks == pytest.approx(theirs, rel=1e-6)
    assert kendalltau(found.ranks.round(15), theirs.round(15)).statistic > 0.999


@pytest.mark.slow
def test_on_a_real_crawl_ranks_are_those_of_igraph(shared_data):
    folder, nodes, arcs = shared_data / "webgraph", 325_557, 3_216_152
    sources, targets = edges(folder / "cnr-2000.graph", nodes, arcs)
    for node, line in enumerate((folder / "cnr-2000_edges.txt").read_text().splitlines()[:50]):
        assert targets[sources == node].tolist() == sorted(int(field) for field in line.split())
    out = Rows.of(sources, targets, nodes)
    ends = np.repeat(np.arange(nodes), np.diff(out.starts))
    theirs = igraph.Graph(nodes, np.column_stack((ends, out.ids)), directed=True).pagerank()
    found = pagerank(out.transposed(), out.degrees())
    assert found.ranks == pytest.approx(np.array(theirs), rel=1e-6)
    assert kendalltau(found.ranks, theirs).statistic > 0.999
