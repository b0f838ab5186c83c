"""Rows against plain sets of edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.graph.rows import Rows
from backref.graph.sorting import bits_of, sort_distinct

EDGES = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=200),
    )
)


def ends(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    array = np.array(edges, np.int64).reshape(-1, 2)
    return array[:, 0].copy(), array[:, 1].copy()


def listed(rows: Rows) -> list[tuple[int, int]]:
    return [(v, int(w)) for v in range(rows.nodes) for w in rows[v]]


@settings(deadline=None)
@given(EDGES)
def test_rows_hold_each_edge_once_in_order_and_no_loop(drawn):
    nodes, edges = drawn
    rows = Rows.of(*ends(edges), nodes)
    assert listed(rows) == sorted({(v, w) for v, w in edges if v != w})
    assert rows.starts.dtype == np.int64
    assert rows.ids.dtype == np.uint32
    assert rows.degrees().sum() == rows.edges


@settings(deadline=None)
@given(EDGES)
def test_transposed_rows_hold_the_edges_the_other_way_round(drawn):
    nodes, edges = drawn
    rows = Rows.of(*ends(edges), nodes)
    assert listed(rows.transposed()) == sorted((w, v) for v, w in listed(rows))


@settings(deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_weights_of_repeated_edges_are_summed(drawn, random):
    nodes, edges = drawn
    weights = np.array([random.randint(1, 9) for _ in edges], np.float64)
    expected: dict[tuple[int, int], float] = {}
    for edge, weight in zip(edges, weights, strict=True):
        if edge[0] != edge[1]:
            expected[edge] = expected.get(edge, 0) + weight
    rows = Rows.of(*ends(edges), nodes, weights)
    assert dict(zip(listed(rows), rows.weights.tolist(), strict=True)) == expected
    turned = rows.transposed()
    back = {(w, v): weight for (v, w), weight in expected.items()}
    assert dict(zip(listed(turned), turned.weights.tolist(), strict=True)) == back
    assert rows.sums().sum() == sum(expected.values())


@pytest.mark.parametrize("skewed", [False, True])
def test_many_edges_sort_as_numpy_sorts_them(skewed):
    random = np.random.default_rng(7)
    nodes = 50_000
    sources = random.integers(0, nodes, 300_000)
    targets = random.integers(0, nodes, 300_000)
    if skewed:
        sources[50_000:] = 49_999
    rows = Rows.of(sources.astype(np.uint32), targets.astype(np.uint32), nodes)
    keys = np.unique((sources * nodes + targets)[sources != targets])
    assert np.array_equal(np.repeat(np.arange(nodes), np.diff(rows.starts)), keys // nodes)
    assert np.array_equal(rows.ids, keys % nodes)


@pytest.mark.parametrize("workers", [1, 3])
def test_keys_of_all_64_bits_sort(workers):
    random = np.random.default_rng(1)
    keys = random.integers(0, 1 << 64, 40_000, np.uint64)
    expected = np.unique(keys)
    assert np.array_equal(sort_distinct(keys, np.empty_like(keys), 64, workers), expected)


@pytest.mark.parametrize(("nodes", "bits"), [(1, 1), (2, 1), (3, 2), (1 << 32, 32)])
def test_ids_fit_their_bits(nodes, bits):
    assert bits_of(nodes) == bits


@pytest.mark.parametrize("edge", [(0, 3), (3, 0), (-1, 0), (0, 1 << 40)])
def test_an_id_that_is_no_node_is_refused(edge):
    with pytest.raises(ValueError, match="not below 3"):
        Rows.of(*ends([(0, 1), edge]), 3)


def test_a_graph_without_edges_has_empty_rows():
    rows = Rows.of(*ends([]), 3)
    assert (rows.nodes, rows.edges, rows.transposed().nodes) == (3, 0, 3)
    assert rows[2].size == 0
