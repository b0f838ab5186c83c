"""Intervals cover what they say they cover."""

from __future__ import annotations

import numpy as np
import pytest
from graphs import Graph, star
from test_graph_pagerank import in_blocks

from backref.graph.interval import deviations, interval, poisson_times
from backref.graph.pagerank import pagerank
from backref.graph.rows import Rows

NODES = 1500


def web(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Every second node links to about twenty others, low numbers more often."""
    chance = np.random.default_rng(seed)
    sources = np.repeat(np.arange(0, NODES, 2), 20)
    targets = (NODES * chance.random(len(sources)) ** 3).astype(np.int64)
    return sources, targets


def ranked(sources: np.ndarray, targets: np.ndarray) -> tuple[Rows, np.ndarray, np.ndarray]:
    out = Rows.of(sources, targets, NODES)
    return out.transposed(), out.sums(), pagerank(out.transposed(), out.sums()).values


def test_times_are_those_of_a_poisson_variable():
    times = poisson_times()
    assert len(times) == 256
    assert times.mean() == 1.0
    assert times.var() == pytest.approx(1.0, abs=0.05)
    assert (times == 0).mean() == pytest.approx(np.exp(-1), abs=0.01)


def test_of_a_crawl_that_saw_half_of_all_links_ninety_in_a_hundred_cover_the_truth():
    covered = []
    for seed in range(4):
        sources, targets = web(seed)
        *_, truth = ranked(sources, targets)
        seen = np.random.default_rng(seed + 100).random(len(sources)) < 0.5
        rows, out, values = ranked(sources[seen], targets[seen])
        low, high = interval(values, deviations(rows, out, values, replicas=64))
        linked = np.diff(rows.starts) >= 5
        assert linked.sum() > 300
        covered.append(((low <= truth) & (truth <= high))[linked].mean())
    assert 0.82 <= np.mean(covered) <= 0.97


def test_deviations_are_those_of_replicas_solved_one_by_one():
    graph = Graph(40, [(v, w) for v in range(10, 40) for w in range(v % 7)])
    rows, out = graph.incoming, graph.outgoing.sums()
    values = pagerank(rows, out).values
    found = deviations(rows, out, values, replicas=1024)
    chance = np.random.default_rng(1)
    ends = np.array(graph.edges)
    logs = []
    for _ in range(400):
        times = chance.poisson(1.0, len(ends))
        drawn = Rows.of(*ends[times > 0].T.copy(), 40, times[times > 0].astype(np.float32))
        logs.append(np.log(pagerank(drawn.transposed(), drawn.sums()).values))
    assert found == pytest.approx(np.std(logs, axis=0), rel=0.25, abs=0.005)


def test_who_is_linked_by_many_is_surer_and_who_by_none_is_sure():
    few, many = (star(leaves) for leaves in (4, 400))
    found = []
    for graph in (few, many):
        rows, out = graph.incoming, graph.outgoing.sums()
        spread = deviations(rows, out, pagerank(rows, out).values, replicas=128)
        assert spread[1:].max() == 0.0
        found.append(spread[0])
    assert found[1] == pytest.approx(np.sqrt(np.exp(-1) / (1 - np.exp(-1)) / 400), rel=0.25)
    assert found[0] > 4 * found[1]


def test_neither_threads_nor_blocks_change_the_deviations():
    rows, out, values = ranked(*web(9))
    alone = deviations(rows, out, values, workers=1, replicas=16)
    assert np.array_equal(alone, deviations(rows, out, values, workers=3, replicas=16))
    blocks = deviations(in_blocks(rows, 400), out, values, replicas=16)
    linked = alone > 0
    assert np.array_equal(linked, blocks > 0)
    assert np.corrcoef(alone[linked], blocks[linked])[0, 1] > 0.8


def test_an_interval_holds_its_value_and_ends_at_one():
    values, spread = np.array([1.0, 1.1, 50.0]), np.array([0.0, 0.2, 0.1])
    low, high = interval(values, spread)
    assert low.tolist() == pytest.approx([1.0, 1.0, 50 * np.exp(-0.1645)], rel=1e-3)
    assert np.all((low <= values) & (values <= high))
