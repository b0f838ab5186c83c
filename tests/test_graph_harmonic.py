"""Harmonic centrality: searches against networkx, counters against searches."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from graphs import Graph, drawn, ring, star, web_like
from hypothesis import given, settings
from scipy.stats import spearmanr
from test_graph_pagerank import in_blocks

from backref.graph.harmonic import Balls, bits_for, harmonic, searched


def counted(graph: Graph, **options):
    return harmonic(graph.incoming, graph.nodes, exact=0, **options)


@settings(deadline=None, max_examples=60)
@given(drawn())
def test_searches_find_what_networkx_finds(graph: Graph):
    theirs = networkx.from_numpy_array(graph.matrix, create_using=networkx.DiGraph)
    expected = networkx.harmonic_centrality(theirs)
    found = harmonic(graph.incoming, graph.nodes)
    assert found.error == 0.0
    assert found.harmonic == pytest.approx([expected[v] for v in range(graph.nodes)])
    against = theirs.reverse()
    for node in range(graph.nodes):
        reached = networkx.single_source_shortest_path_length(against, node)
        within = [sum(d <= radius for d in reached.values()) for radius in (1, 2, 3, 4)]
        assert found.balls[:, node].tolist() == within


def test_searches_from_some_nodes_are_those_of_all():
    rows, some = web_like(500, 3000).incoming, np.array([400, 3, 77], np.uint32)
    assert np.array_equal(searched(rows, some).harmonic, searched(rows).harmonic[some])


@pytest.mark.parametrize(("graph", "middle"), [(star(5000), 5000), (ring(50), None)])
def test_closed_forms(graph: Graph, middle: int | None):
    found = counted(graph, bits=12)
    if middle is None:
        assert found.harmonic == pytest.approx(sum(1 / d for d in range(1, 50)), rel=0.05)
        assert found.steps == 50
    else:
        assert found.harmonic[0] == middle
        assert found.harmonic[1:].max() == 0


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_counters_are_within_three_standard_errors(bits: int):
    rows = web_like(3000, 20_000).incoming
    exact, found = searched(rows), harmonic(rows, 3000, bits=bits, exact=0, seeds=(1, 2, 3))
    assert found.error == pytest.approx(1.04 / 2 ** (bits / 2) / 3**0.5)
    assert np.array_equal(found.balls[0], exact.balls[0])
    large = exact.harmonic > 50
    off = found.harmonic[large] / exact.harmonic[large] - 1
    assert large.sum() > 500
    assert np.sqrt((off**2).mean()) < 3 * found.error
    for ours, truth in zip(found.balls, exact.balls, strict=True):
        assert np.sqrt(((ours / truth - 1) ** 2).mean()) < 3 * found.error


def test_counters_put_nodes_in_the_order_of_searches():
    rows = web_like(3000, 20_000).incoming
    found = harmonic(rows, 3000, bits=8, exact=0)
    assert spearmanr(found.harmonic, searched(rows).harmonic).statistic > 0.98


def test_neither_threads_nor_blocks_nor_a_cut_change_a_bit():
    rows, kept = web_like(20_000, 120_000).incoming, []

    def told(progress):
        if progress.step == 3:
            state = progress.state
            arrays = (state.counters, state.changed, state.sizes, state.harmonic, state.balls)
            kept.append(type(state)(state.step, *(array.copy() for array in arrays)))

    whole = Balls(rows, 20_000, 6, 1, workers=1).grown(told)
    for other in (
        Balls(rows, 20_000, 6, 1, workers=3).grown(),
        Balls(in_blocks(rows, 7000), 20_000, 6, 1).grown(),
        Balls(rows, 20_000, 6, 1).grown(state=kept[0]),
    ):
        assert np.array_equal(other.harmonic, whole.harmonic)
        assert np.array_equal(other.balls, whole.balls)
        assert other.steps == whole.steps


def test_without_links_nothing_is_near():
    for exact in (0, 1):
        found = harmonic(Graph(3, []).incoming, 3, exact=exact)
        assert found.harmonic.tolist() == [0, 0, 0]
        assert found.balls.tolist() == [[1, 1, 1]] * 4
    assert len(counted(Graph(0, [])).harmonic) == 0


def test_counters_are_as_large_as_memory_allows():
    assert bits_for(1_000_000, 1 << 30) == 9
    assert bits_for(118_800_000, 12 << 30) == 5
    with pytest.raises(ValueError, match="do not fit"):
        bits_for(118_800_000, 1 << 30)
    with pytest.raises(ValueError, match="bits"):
        counted(ring(3), bits=3)
