"""From files to a graph: what they are, which release, and what a command says of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from backref.errors import BackrefError, UsageError
from backref.faces.cli import app
from backref.graph.adding import plan
from backref.graph.building import build
from backref.graph.held import Held
from backref.lake.lake import Lake

VERTICES = "0\tcom.a\t1\n1\tcom.b\t2\n2\torg.c\t1\n"
EDGES = "0\t1\n0\t1\n1\t1\n2\t0\n7\t0\nx\n"


def files(folder: Path, stem: str = "cc-main-2026-apr-may-jun-domain") -> list[Path]:
    made = [folder / f"{stem}-{kind}.txt.gz" for kind in ("vertices", "edges")]
    for path, text in zip(made, (VERTICES, EDGES), strict=True):
        path.write_bytes(gzip.compress(text.encode()))
    return made


@pytest.mark.parametrize(
    ("stem", "given", "name", "level", "release"),
    [
        ("cc-main-2026-apr-may-jun-domain", {}, "domain-2026-06", "domain", "2026-06"),
        ("cc-main-2026-apr-may-jun-host", {}, "host-2026-06", "host", "2026-06"),
        ("mine", {}, "domain-graph", "domain", None),
        ("mine", {"level": "host", "release": "2026-02"}, "host-2026-02", "host", "2026-02"),
        ("mine", {"name": "web"}, "web", "domain", None),
    ],
)
def test_names_of_files_tell_release_and_level(tmp_path, stem, given, name, level, release):
    asked = plan(files(tmp_path, stem), tmp_path / "graphs", **given)
    assert (asked.folder.name, asked.level, asked.release) == (name, level, release)


def test_what_files_hold_tells_what_they_are(tmp_path):
    (tmp_path / "one").write_text(EDGES)
    (tmp_path / "two").write_text(VERTICES)
    manifest = build(plan([tmp_path / "one", tmp_path / "two"], tmp_path / "graphs"))
    assert (manifest.nodes, manifest.edges, manifest.read) == (3, 2, 6)
    assert [told["bytes"] for told in manifest.sources] == [len(VERTICES), len(EDGES)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": "../x"}, "cannot be a graph's name"),
        ({"level": "page"}, "no level"),
        ({"release": "june"}, "no release"),
    ],
)
def test_wrong_requests_are_refused(tmp_path, given, told):
    with pytest.raises(UsageError, match=told):
        plan(files(tmp_path), tmp_path / "graphs", **given)


def test_files_that_make_no_graph_are_refused(tmp_path):
    vertices, edges = files(tmp_path)
    other = files(tmp_path, "cc-main-2025-26-dec-jan-feb-domain")[1]
    (tmp_path / "page").write_text("<html>")
    pq.write_table(pa.table({"a": [0], "b": [1]}), tmp_path / "p")
    for given in ([vertices], [edges], [vertices, other], [tmp_path / "page"], [tmp_path / "p"],
                  [tmp_path / "nowhere"], [vertices, edges, tmp_path / "p"]):  # fmt: skip
        with pytest.raises(BackrefError):
            plan(given, tmp_path / "graphs")


def run(*words: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def test_graphs_are_added_listed_and_dropped(tmp_path):
    store = tmp_path / "store"
    Lake.create(store).close()
    given = ("--store", store)
    code, out, told = run("graph", "add", *files(tmp_path), "--json", *given)
    assert code == 0, told
    assert json.loads(out)["edges"] == 2
    assert "6 read = 2 stored + 1 duplicate + 3 rejected (1 not two ids" in told
    with Held.open(store / "graphs" / "domain-2026-06") as held:
        assert held.successors(0).tolist() == [1]
    (listed,) = map(json.loads, run("graph", "list", "--json", *given)[1].splitlines())
    assert (listed["name"], listed["nodes"]) == ("domain-2026-06", 3)
    assert "domain-2026-06" in run("graph", "list", *given)[1]
    assert isinstance(CliRunner().invoke(app, ["graph", "add", *map(str, files(tmp_path)),
                      "--store", str(store)]).exception, UsageError)  # fmt: skip
    assert "is gone" in run("graph", "drop", "domain-2026-06", *given)[2]
    assert "No graphs" in run("graph", "list", *given)[2]
    for name in ("domain-2026-06", "..", "no/such"):
        assert run("graph", "drop", name, *given)[0] != 0
    assert store.is_dir()


def test_parquet_without_names_is_a_graph_of_so_many_nodes(tmp_path):
    pq.write_table(pa.table({"a": [0, 1], "b": [1, 2]}), tmp_path / "p")
    build(plan([tmp_path / "p"], tmp_path / "graphs", nodes=3))
    held = Held.open(tmp_path / "graphs" / "domain-graph")
    assert (held.nodes, held.edges, len(held.names), held.names.id_of("com.a")) == (3, 2, 0, None)
