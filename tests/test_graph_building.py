"""Graphs built out of core, against plain sets of edges: by files and arrays, killed, refused."""

from __future__ import annotations

import gzip
import json
import random
import signal
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.errors import MissingFile, SourceError, StoreBusy, UsageError
from backref.graph import building, edges, hubs, lines
from backref.graph.building import Plan, build
from backref.graph.edges import ArrayEdges, LineEdges, ParquetEdges
from backref.graph.held import Held
from backref.graph.vertices import Named, Unnamed, Vertices

NODES = 50
ANY = st.lists(st.tuples(st.integers(0, NODES + 3), st.integers(0, NODES + 3)), max_size=400)


def arrays(pairs) -> ArrayEdges:
    array = np.array(list(pairs), np.int64).reshape(-1, 2)
    return ArrayEdges(array[:, 0].copy(), array[:, 1].copy())


def true(pairs, nodes: int = NODES) -> set[tuple[int, int]]:
    return {(v, w) for v, w in pairs if v != w and 0 <= v < nodes and 0 <= w < nodes}


def both(held: Held) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    out, incoming = held.rows("out"), held.rows("in")
    return (
        {(v, int(w)) for v in range(held.nodes) for w in out[v]},
        {(int(v), w) for w in range(held.nodes) for v in incoming[w]},
    )


def agrees(manifest) -> bool:
    stored = manifest.edges + manifest.duplicates + sum(manifest.rejects.values())
    return stored == manifest.read


@settings(deadline=None, max_examples=30)
@given(ANY, st.sampled_from([1, 200, 2000, 1 << 30]), st.sampled_from([2, 4, 18]))
def test_a_graph_is_built_within_any_budget(pairs, budget, segment_bits):
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "SEGMENT_BITS", segment_bits)
        patch.setattr(edges, "PORTION", 37)
        root = Path(folder)
        plan = Plan(root / "g", arrays(pairs), Unnamed(NODES).write_names, "x", budget_bytes=budget)
        manifest = build(plan)
        assert both(Held.open(root / "g")) == (true(pairs), true(pairs))
        assert manifest.read == len(pairs)
        assert manifest.edges == len(true(pairs))
        assert manifest.rejects.get("links to itself", 0) == sum(v == w < NODES for v, w in pairs)
        assert agrees(manifest)
        assert sorted(path.name for path in root.iterdir()) == ["g"]
        kept = {path.name for path in (root / "g").iterdir()}
        assert kept == {*manifest.files, "manifest.json"}


@pytest.mark.parametrize("segment_bits", [9, 18])
def test_short_names_for_hubs_change_nothing_but_the_size(tmp_path, monkeypatch, segment_bits):
    monkeypatch.setattr(building, "SEGMENT_BITS", segment_bits)
    chance = np.random.default_rng(4)
    sources, famous = chance.integers(0, 3000, 90_000), 3000 * chance.random(90_000) ** 5
    pairs = np.stack([sources, famous.astype(np.int64) * 7 % 3000], axis=1).tolist()
    build(Plan(tmp_path / "short", arrays(pairs), Unnamed(3000).write_names, "x"))
    monkeypatch.setattr(hubs, "LEAST", 3001)
    build(Plan(tmp_path / "plain", arrays(pairs), Unnamed(3000).write_names, "x"))
    short, plain = Held.open(tmp_path / "short"), Held.open(tmp_path / "plain")
    assert both(short) == both(plain) == (true(pairs, 3000), true(pairs, 3000))
    for node in range(0, 3000, 7):
        assert np.array_equal(short.successors(node), plain.successors(node))
    assert short.manifest.files["out.hubs"] > 0 == plain.manifest.files["out.hubs"]
    assert short.manifest.files["out.bits"] < 0.95 * plain.manifest.files["out.bits"]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_common_crawl_files_are_read(tmp_path, monkeypatch, packed, end):
    monkeypatch.setattr(lines, "CHUNK", 100)
    names = sorted(f"com.example-{number}" for number in range(NODES))
    chance = random.Random(3)
    pairs = [(chance.randrange(NODES + 2), chance.randrange(NODES)) for _ in range(500)]
    rows = [f"{number}\t{name}\t{number + 1}{end}" for number, name in enumerate(names)]
    links = [f"{v}\t{w}{end}" for v, w in pairs]
    files = {
        "v1": rows[:20], "v2": rows[20:], "e1": links[:100], "e2": [*links[100:], "x\ty\n", "7"],
    }  # fmt: skip
    for name, content in files.items():
        data = "".join(content).encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if packed else data)
    manifest = build(
        Plan(
            tmp_path / "g",
            LineEdges([tmp_path / "e1", tmp_path / "e2"]),
            Vertices([tmp_path / "v1", tmp_path / "v2"]).write_names,
            "x",
        )
    )
    held = Held.open(tmp_path / "g")
    assert both(held)[0] == true(pairs)
    assert list(held.names) == names
    assert manifest.read == 502
    assert manifest.rejects["not two ids"] == 2
    assert agrees(manifest)


def test_parquet_is_read_and_a_null_is_no_edge(tmp_path, monkeypatch):
    monkeypatch.setattr(edges, "PORTION", 3)
    table = pa.table(
        {"from": pa.array([0, 1, None, 2, 0, 0], pa.int32()), "to": [1, 2, 0, 2, 1, -1]}
    )
    pq.write_table(table, tmp_path / "e.parquet")
    source = ParquetEdges([tmp_path / "e.parquet"])
    manifest = build(Plan(tmp_path / "g", source, Unnamed(3).write_names, "x"))
    assert both(Held.open(tmp_path / "g"))[0] == {(0, 1), (1, 2)}
    assert manifest.rejects == {"not two ids": 1, "names no vertex": 1, "links to itself": 1}
    assert manifest.duplicates == 1


@pytest.mark.parametrize("nodes", [0, 1, 2])
def test_the_least_graphs_are_graphs(tmp_path, nodes):
    manifest = build(Plan(tmp_path / "g", arrays([]), Named(["a", "b"][:nodes]).write_names, "x"))
    held = Held.open(tmp_path / "g")
    assert (manifest.nodes, manifest.edges, list(held.names)) == (nodes, 0, ["a", "b"][:nodes])
    assert list(held.blocks("in", 1)) == [] or nodes
    assert held.out_degrees().tolist() == [0] * nodes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0\ta\n2\tb\n", "has the id 2 where 1 is due"),
        ("1\ta\n", "has the id 1 where 0 is due"),
        ("0\tb\n1\ta\n", "does not come after b"),
        ("0\ta\n1\ta\n", "does not come after a"),
        ("0\ta\nx\tb\n", "has the line 'x"),
        ("0\n1\n", "id 0|the line '0'"),
        ("a.com,b.com\n", "has the line"),
        ("0\t" + "a" * 300 + "\n", "300 bytes"),
    ],
)
def test_vertices_that_are_not_in_order_are_refused_in_a_sentence(tmp_path, text, told):
    (tmp_path / "v").write_text(text)
    with pytest.raises(SourceError, match=told):
        build(Plan(tmp_path / "g", arrays([]), Vertices([tmp_path / "v"]).write_names, "x"))
    assert [path.name for path in tmp_path.iterdir()] == ["v"]


@pytest.mark.parametrize(
    "text", ["0\t1\t2\n", "#from to\n", "com.a\tcom.b\n", "9" * 30 + "\t1\n", "\x00\xff\n"]
)
def test_lines_that_are_no_edges_are_refused(tmp_path, text):
    (tmp_path / "e").write_bytes(text.encode("latin-1") * 3)
    plan = Plan(tmp_path / "g", LineEdges([tmp_path / "e"]), Unnamed(3).write_names, "x")
    with pytest.raises(SourceError, match="is an edge"):
        build(plan)
    assert not (tmp_path / "g").exists()


def test_a_gzip_that_is_cut_is_refused(tmp_path):
    packed = gzip.compress("".join(f"{v}\t{v + 1}\n" for v in range(9999)).encode())
    (tmp_path / "e.gz").write_bytes(packed[:-100])
    plan = Plan(tmp_path / "g", LineEdges([tmp_path / "e.gz"]), Unnamed(9999).write_names, "x")
    with pytest.raises(SourceError, match="ends early"):
        build(plan)
    assert not (tmp_path / "g").exists()


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "p").write_text("no parquet")
    pq.write_table(pa.table({"a": ["x"], "b": [1]}), tmp_path / "q")
    for source, error in (
        (LineEdges([tmp_path / "nowhere"]), MissingFile),
        (ParquetEdges([tmp_path / "p"]), SourceError),
        (ParquetEdges([tmp_path / "q"]), SourceError),
    ):
        with pytest.raises(error):
            build(Plan(tmp_path / "g", source, Unnamed(3).write_names, "x"))
    assert not (tmp_path / "g").exists()


def test_a_graph_in_the_way_is_left_alone(tmp_path):
    build(Plan(tmp_path / "g", arrays([(0, 1)]), Unnamed(3).write_names, "x"))
    with pytest.raises(UsageError, match="drop it first"):
        build(Plan(tmp_path / "g", arrays([(1, 2)]), Unnamed(3).write_names, "x"))
    assert both(Held.open(tmp_path / "g"))[0] == {(0, 1)}


CHILD = """
import os, resource, signal, sys
from pathlib import Path
import numpy as np
from backref.errors import DiskFull
from backref.graph import building, edges
from backref.graph.building import Plan, build
from backref.graph.checkpoint import Checkpoint
from backref.graph.edges import ArrayEdges
from backref.graph.vertices import Unnamed

folder, what, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
building.SEGMENT_BITS, building.NOTED, edges.PORTION = 9, 20_000, 7_000
pairs = np.random.default_rng(5).integers(0, 3000, (60_000, 2))
keep, kept = Checkpoint.keep, [0]

def counted(self, *given):
    if what == "before" and kept[0] == number:
        os.kill(os.getpid(), signal.SIGKILL)
    keep(self, *given)
    kept[0] += 1
    if what == "after" and kept[0] == number:
        os.kill(os.getpid(), signal.SIGKILL)

Checkpoint.keep = counted
if what == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
source = ArrayEdges(pairs[:, 0].copy(), pairs[:, 1].copy())
try:
    build(Plan(folder, source, Unnamed(3000).write_names, "x"))
except DiskFull as error:
    print(error)
    sys.exit(9)
print(kept[0])
"""


def child(folder: Path, what: str, number: int) -> subprocess.CompletedProcess[str]:
    given = [sys.executable, "-c", CHILD, str(folder), what, str(number)]
    return subprocess.run(given, capture_output=True, text=True, check=False)


def content(folder: Path) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    manifest = json.loads(files.pop("manifest.json"))
    return files | {"manifest.json": json.dumps({**manifest, "created": ""}).encode()}


@pytest.mark.slow
def test_a_build_that_is_killed_goes_on_and_comes_out_the_same(tmp_path):
    whole = child(tmp_path / "whole", "never", 0)
    assert whole.returncode == 0, whole.stderr
    notes = int(whole.stdout)
    (tmp_path / "other").mkdir()
    folder = tmp_path / "other" / "whole"
    killed = 0
    for what, number in (("after", 2), ("before", 3), ("after", 7)):
        killed += child(folder, what, number).returncode == -signal.SIGKILL
        assert not folder.exists()
    last = child(folder, "never", 0)
    assert killed == 3
    assert 0 < int(last.stdout) < notes
    assert content(folder) == content(tmp_path / "whole")
    assert [path.name for path in folder.parent.iterdir()] == ["whole"]


@pytest.mark.parametrize("bytes_", [1_000, 82_500])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(tmp_path, bytes_):
    done = child(tmp_path / "g", "full", bytes_)
    assert done.returncode == 9, done.stderr
    assert "No space is left" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_an_unfinished_build_of_other_inputs_is_begun_anew(tmp_path):
    assert child(tmp_path / "g", "after", 4).returncode == -signal.SIGKILL
    build(Plan(tmp_path / "g", arrays([(0, 1)]), Unnamed(3).write_names, "y"))
    assert both(Held.open(tmp_path / "g"))[0] == {(0, 1)}


def test_two_processes_do_not_build_one_graph(tmp_path):
    def write(folder: Path) -> tuple[int, None]:
        with pytest.raises(StoreBusy):
            build(Plan(tmp_path / "g", arrays([]), Unnamed(1).write_names, "x"))
        return Unnamed(1).write_names(folder)

    build(Plan(tmp_path / "g", arrays([]), write, "x"))
    assert (tmp_path / "g").is_dir()


@pytest.mark.parametrize("level", ["domain", "host"])
def test_the_graph_of_the_corpus_comes_out_as_it_went_in(tmp_path, shared_data, level):
    folder = shared_data / "webgraph"
    files = {
        kind: folder / f"corpus-shared-{level}-{kind}.txt.gz" for kind in ("vertices", "edges")
    }
    told = gzip.decompress(files["vertices"].read_bytes()).decode().splitlines()
    names = [line.split("\t")[1] for line in told]
    pairs = np.loadtxt(files["edges"], np.int64).tolist()
    vertices = Vertices([files["vertices"]]).write_names
    manifest = build(Plan(tmp_path / "g", LineEdges([files["edges"]]), vertices, "x"))
    held = Held.open(tmp_path / "g")
    assert list(held.names) == names
    assert both(held) == (true(pairs, len(names)), true(pairs, len(names)))
    assert agrees(manifest)
    assert [held.names.id_of(name) for name in names] == list(range(len(names)))
