"""Who links to a node, and who to several: as plain sets tell, in order, part by part."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from graph_facts import node, stored
from hypothesis import given
from hypothesis import strategies as st

from backref.graph.referring import met, ranked, referring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.graph.held import Held

EDGES = [
    ("a.example", "ours.example"),
    ("b.example", "ours.example"),
    ("b.example", "one.example"),
    ("c.example", "one.example"),
    ("d.example", "one.example"),
    ("d.example", "two.example"),
    ("e.example", "two.example"),
    ("one.example", "two.example"),
    ("ours.example", "two.example"),
]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    with stored(tmp_path / "web", EDGES) as graph:
        yield graph


def named(held: Held, nodes: np.ndarray) -> list[str]:
    return [name.split(".")[-1] for name in held.names.of(nodes)]


@given(st.lists(st.integers(0, 9).map(lambda tenth: tenth / 10), min_size=1, max_size=60),
       st.integers(1, 9))  # fmt: skip
def test_parts_follow_each_other_without_gap_or_overlap(drawn: list[float], most: int):
    values = np.array(drawn)
    nodes = np.flatnonzero(values > 0.2).astype(np.uint32)
    expected = sorted(nodes.tolist(), key=lambda one: (-values[one], one))
    found: list[int] = []
    after = None
    while part := ranked(nodes, values, most, after).nodes.tolist():
        found += part
        after = (float(values[part[-1]]), part[-1])
        assert len(found) <= len(expected)
    assert found == expected


def test_the_total_is_that_of_all_parts(held: Held):
    values = np.linspace(1, 0, held.nodes)
    target = node(held, "two.example")
    part = referring(held, target, values, 2)
    rest = referring(held, target, values, 9, (float(part.values[-1]), int(part.nodes[-1])))
    assert (len(part.nodes), part.total, rest.total) == (2, 4, 4)
    assert named(held, np.concatenate((part.nodes, rest.nodes))) == ["d", "e", "one", "ours"]
    both = np.concatenate((part.values, rest.values))
    assert all(one >= other for one, other in pairwise(both.tolist()))


def test_who_links_to_rivals_and_not_to_us(held: Held):
    one, two, ours = (node(held, f"{name}.example") for name in ("one", "two", "ours"))
    found = met(held, [one, two], [ours])
    assert named(held, found.nodes) == ["c", "d", "e"]  # b links to us; one and ours are meant
    assert found.counts.tolist() == [1, 2, 1]
    assert found.links.tolist() == [1, 3, 2]
    assert named(held, met(held, [one, two], [ours], least=2).nodes) == ["d"]
    assert named(held, met(held, [one, two]).nodes) == ["b", "c", "d", "e", "ours"]


def test_a_node_that_nobody_links_to_is_met_by_nobody(held: Held):
    assert met(held, [node(held, "a.example")]).total == 0


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=80))
def test_as_sets_tell(links: list[tuple[int, int]]):
    rows = {target: {s for s, t in links if t == target and s != target} for target in range(12)}

    class Drawn:
        def predecessors(self, node: int) -> np.ndarray:
            return np.array(sorted(rows[node]), np.uint32)

    found = met(Drawn(), [0, 1, 2], [3, 4], least=2)  # type: ignore[arg-type]
    counts = {n: sum(n in rows[t] for t in (0, 1, 2)) for n in range(12)}
    expected = {n for n in range(5, 12) if counts[n] >= 2 and n not in rows[3] | rows[4]}
    assert set(found.nodes.tolist()) == expected
    assert [counts[n] for n in found.nodes.tolist()] == found.counts.tolist()
