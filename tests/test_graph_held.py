"""A stored graph against plain sets of edges and names."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.errors import BackrefError, NotHeld, SourceError, StoreDamaged, StoreTooNew, UsageError
from backref.graph import adjacency, building
from backref.graph.held import Held
from backref.graph.making import make
from backref.graph.publishing import drop, graphs_in
from backref.graph.rows import Rows

LABEL = st.text("ab-.x0", min_size=1, max_size=20)


@st.composite
def graphs(draw):
    names = sorted(draw(st.sets(LABEL, max_size=60)))
    node = st.integers(0, max(0, len(names) - 1))
    edges = draw(st.sets(st.tuples(node, node), max_size=300)) if names else set()
    return names, {(v, w) for v, w in edges if v != w}


def rows_of(edges, nodes: int) -> Rows:
    array = np.array(sorted(edges), np.int64).reshape(-1, 2)
    return Rows.of(array[:, 0].copy(), array[:, 1].copy(), nodes)


def made(folder: Path, names, edges, **told) -> Held:
    make(folder, rows_of(edges, len(names)), names, **told)
    return Held.open(folder)


def listed(rows: Rows, first: int = 0) -> list[tuple[int, int]]:
    return [(first + v, int(w)) for v in range(rows.nodes) for w in rows[v]]


@settings(deadline=None, max_examples=40)
@given(graphs(), st.integers(1, 4))
def test_a_stored_graph_is_what_was_given(drawn, segment_bits):
    names, edges = drawn
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "SEGMENT_BITS", segment_bits)
        patch.setattr(adjacency, "STRETCH", 7)
        held = made(Path(folder) / "g", names, edges, release="2026-06")
        back = sorted((w, v) for v, w in edges)
        assert (held.nodes, held.edges, held.release) == (len(names), len(edges), "2026-06")
        assert listed(held.rows("out")) == sorted(edges)
        assert listed(held.rows("in")) == back
        for v in range(len(names)):
            assert held.successors(v).tolist() == sorted(w for u, w in edges if u == v)
            assert held.predecessors(v).tolist() == sorted(u for u, w in edges if w == v)
        assert held.out_degrees().tolist() == [len(held.successors(v)) for v in range(len(names))]
        assert held.in_degrees().sum() == len(edges)
        for budget in (1, 500, 10**9):
            blocks = list(held.blocks("in", budget))
            assert [edge for first, rows in blocks for edge in listed(rows, first)] == back
        assert list(held.names) == names
        assert [held.names[node] for node in range(len(names))] == names


@settings(deadline=None, max_examples=40)
@given(graphs(), LABEL)
def test_names_are_found_both_ways(drawn, asked):
    names, _ = drawn
    with TemporaryDirectory() as folder:
        found = made(Path(folder) / "g", names, set()).names
        for name in [*names, asked]:
            assert found.id_of(name) == (names.index(name) if name in names else None)
            first, last = found.under(name)
            assert names[first:last] == [each for each in names if each.startswith(f"{name}.")]


def test_a_name_of_a_domain_is_found_with_both_conventions_of_www(tmp_path):
    held = made(tmp_path / "g", ["com.a", "com.b.www"], set(), level="host")
    assert [held.id_of(name) for name in ("com.a.www", "com.b", "com.c")] == [0, 1, None]


def test_ids_near_the_greatest_are_held(tmp_path):
    random = np.random.default_rng(5)
    ids = np.unique(random.integers(0, (1 << 32) - 1, 500, np.uint32))
    from backref.graph.encoding import encode
    from backref.graph.rowkernel import CONTEXTS, LOOKUP, make_lookup, read_rows

    for first in (0, (1 << 32) - 2):
        starts = np.array([0, len(ids)])
        segment = encode(Rows(starts, ids), first)
        lookup = np.zeros((1, CONTEXTS * LOOKUP), np.uint16)
        make_lookup(segment.codes, lookup[0])
        bits = np.concatenate([segment.bits, np.zeros(2, np.uint64)])
        offsets = np.array([0, segment.sizes[0]], np.int64)
        read = np.empty_like(ids)
        none = np.empty(0, np.uint32)
        assert read_rows(bits, offsets, first, 40, lookup, none, 1 << 32, 0, 1, starts, read) == -1
        assert np.array_equal(read, ids)


@pytest.mark.parametrize(
    "names", [["b", "a"], ["a", "a"], ["a", ""], ["a", "b" * 256], ["ab", "a"]]
)
def test_names_out_of_order_are_refused_and_nothing_stays(tmp_path, names):
    with pytest.raises(SourceError, match="Name 1"):
        made(tmp_path / "g", names, set())
    assert list(tmp_path.iterdir()) == []


def test_a_name_is_taken_until_its_graph_is_dropped(tmp_path):
    made(tmp_path / "g", ["a", "b"], {(0, 1)})
    with pytest.raises(UsageError, match="drop it first"):
        made(tmp_path / "g", ["a"], set())
    assert [each.name for each in graphs_in(tmp_path)] == ["g"]
    drop(tmp_path / "g")
    assert graphs_in(tmp_path) == []
    with pytest.raises(NotHeld):
        drop(tmp_path / "g")


@pytest.mark.parametrize("file", ["out.bits", "in.offsets", "out.codes", "names.bytes"])
def test_a_file_that_is_cut_is_told(tmp_path, file):
    made(tmp_path / "g", ["a", "b"], {(0, 1)})
    path = tmp_path / "g" / file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreDamaged):
        Held.open(tmp_path / "g")


@pytest.mark.parametrize(
    ("text", "error"), [("{", StoreDamaged), ('{"version": 9}', StoreTooNew), ("[]", StoreDamaged)]
)
def test_a_manifest_that_cannot_be_used_is_told(tmp_path, text, error):
    made(tmp_path / "g", ["a"], set())
    (tmp_path / "g" / "manifest.json").write_text(text)
    with pytest.raises(error):
        Held.open(tmp_path / "g")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A graph some of whose nodes are linked to by far more than others, and its names."""
    nodes = 1500
    random = np.random.default_rng(2)
    ends = random.integers(0, nodes, 9000), (nodes * random.random(9000) ** 4).astype(int)
    edges = zip(ends[0].tolist(), (ends[1] * 7 % nodes).tolist(), strict=True)
    names = sorted(f"com.a{node}" for node in range(nodes))
    return made(tmp_path_factory.mktemp("graphs") / "g", names, edges), names


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_bytes_that_were_changed_are_read_or_refused(whole, data):
    held, names = whole
    written = sorted(name for name, size in held.manifest.files.items() if size)
    with TemporaryDirectory() as folder:
        path = shutil.copytree(held.folder, Path(folder) / "g")
        file = path / data.draw(st.sampled_from(written))
        content = bytearray(file.read_bytes())
        for _ in range(data.draw(st.integers(1, 30))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        file.write_bytes(content)
        for look in (
            lambda: Held.open(path).rows("out"),
            lambda: Held.open(path).rows("in"),
            lambda: [Held.open(path).successors(node) for node in range(0, 1500, 67)],
            lambda: list(Held.open(path).names),
            lambda: [Held.open(path).names.id_of(name) for name in names[::67]],
        ):
            with suppress(BackrefError):
                look()


@settings(deadline=None, max_examples=30)
@given(graphs(), st.integers(0, 2**32 - 1))
def test_weights_lie_beside_the_edges_both_ways(drawn, seed):
    names, edges = drawn
    weights = {edge: np.float32(weight) for edge, weight in zip(
        sorted(edges), np.random.default_rng(seed).random(len(edges)) + 0.5, strict=True
    )}  # fmt: skip
    ends = np.array(sorted(edges), np.int64).reshape(-1, 2)
    told = np.array([weights[edge] for edge in sorted(edges)], np.float32)
    rows = Rows.of(ends[:, 0].copy(), ends[:, 1].copy(), len(names), told)
    pages = np.arange(len(edges), dtype=np.uint32)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(adjacency, "STRETCH", 7)
        make(Path(folder) / "g", rows, names, beside={"out.pages": pages})
        held = Held.open(Path(folder) / "g")
        assert held.weighted
        assert held.beside("out.pages", np.uint32).tolist() == pages.tolist()
        for way, key in (("out", lambda v, w: (v, w)), ("in", lambda v, w: (w, v))):
            whole = held.rows(way)
            found = [weights[key(v, w)] for v, w in listed(whole)]
            assert whole.weights.tolist() == found
            parts = [rows.weights for _, rows in held.blocks(way, 100)]
            assert [weight for part in parts for weight in part] == found
            for v in range(len(names)):
                row = [weights[key(v, int(w))] for w in whole[v]]
                assert held.weights(way, v).tolist() == row
        sums = [
            sum(float(weights[edge]) for edge in edges if edge[0] == v) for v in range(len(names))
        ]
        assert held.out_sums().tolist() == pytest.approx(sums)


def test_a_graph_without_weights_counts_each_edge_as_one(tmp_path):
    held = made(tmp_path / "g", ["a", "b", "c"], {(0, 1), (0, 2)})
    assert not held.weighted
    assert held.out_sums().tolist() == [2.0, 0.0, 0.0]
    assert held.weights("out", 0).tolist() == [1.0, 1.0]
    with pytest.raises(KeyError):
        held.beside("out.pages", np.uint32)
