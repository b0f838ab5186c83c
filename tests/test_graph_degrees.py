"""Reciprocity against sets."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from test_graph_pagerank import in_blocks

from backref.graph.degrees import reciprocity


@settings(deadline=None, max_examples=60)
@given(drawn(), st.integers(1, 9), st.integers(1, 9))
def test_reciprocity_is_the_share_of_links_that_are_answered(graph: Graph, there: int, back: int):
    links = graph.matrix > 0
    degrees = links.sum(axis=1)
    expected = [
        (links[node] & links[:, node]).sum() / degrees[node] if degrees[node] else np.nan
        for node in range(graph.nodes)
    ]
    out, into = graph.outgoing, graph.incoming
    assert reciprocity(out, into, graph.nodes) == pytest.approx(expected, nan_ok=True)
    blocks = reciprocity(in_blocks(out, there)(), in_blocks(into, back)(), graph.nodes)
    assert blocks == pytest.approx(expected, nan_ok=True)
