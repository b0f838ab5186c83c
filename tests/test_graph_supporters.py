"""Truncated PageRank against its series, bottlenecks against their definition."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, chances, drawn, solved, web_like
from hypothesis import given, settings
from test_graph_pagerank import in_blocks

from backref.graph.harmonic import searched
from backref.graph.pagerank import pagerank
from backref.graph.supporters import bottleneck, truncated


@settings(deadline=None, max_examples=30)
@given(drawn(15) | drawn(15, weighted=True))
def test_what_is_left_without_short_paths(graph: Graph):
    rows, out = graph.incoming, graph.outgoing.sums()
    values = solved(graph.matrix, np.ones(graph.nodes), 0.85)
    carried, left = np.ones(graph.nodes), values - 1.0
    found = list(truncated(rows, out, values))
    assert len(found) == 4
    for ours in found:
        carried = 0.85 * carried @ chances(graph.matrix)
        left = left - carried
        assert ours == pytest.approx(left / values, abs=1e-6)
    for ours, whole in zip(truncated(in_blocks(rows, 4), out, values), found, strict=True):
        assert np.array_equal(ours, whole)


def test_a_farm_has_less_from_afar_and_a_narrow_neck():
    web = web_like(300, 2400)
    farm = [(leaf, 0) for leaf in range(300, 400)]
    target = [(source, target + 1) for source, target in web.edges if target < 299]
    graph = Graph(400, [(source + 1, end) for source, end in target if source < 299] + farm)
    rows = graph.incoming
    values = pagerank(rows, graph.outgoing.sums(), tolerance=1e-13).values
    left = list(truncated(rows, graph.outgoing.sums(), values))
    necks = bottleneck(searched(rows).balls)
    honest = np.flatnonzero(values[:300] > np.quantile(values[:300], 0.9))
    honest = honest[honest > 0]
    assert left[0][0] == 0.0
    assert np.median(left[0][honest]) > 0.1
    assert necks[0] == 1.0


def test_the_bottleneck_is_the_smallest_growth():
    balls = np.array([[2, 5, 1], [8, 6, 1], [16, 60, 1]], np.float32)
    assert bottleneck(balls).tolist() == pytest.approx([2.0, 1.2, 1.0])
