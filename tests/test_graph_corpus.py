"""Our own graph of a real archive, against the graph that others made of the same pages."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from backref import pipeline
from backref.graph import own
from backref.graph.build import own_edges
from backref.graph.held import Held
from backref.ingest import import_inputs
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path

EXPLAINED = {
    "addresses have no registrable domain": {
        ("com.palletsprojects", "1.0.0.127"),
        ("com.palletsprojects", "1.0"),
        ("io.github.lilianweng", "1.0.0.127"),
        ("io.github.lilianweng", "1.0"),
    },
    "hosts are compared in punycode": {
        ("de.echte-demokratie-jetzt", "de.xn--derdiplomatstphanehessel-derfilm-n3c"),
        ("de.echte-demokratie-jetzt", "de.derdiplomatst%c3%a9phanehessel-derfilm"),
    },
    "a host cannot hold a blank": {("de.cleanthinking", "oranger")},
}
SHIMS = {"co.t", "in.lnkd", "li.href", "cn.t", "sc.gate", "sc.exit", "net.slack-redir"}


@pytest.mark.torture
def test_the_corpus_comes_out_edge_by_edge(shared_data: Path, tmp_path: Path) -> None:
    archives = [str(shared_data / f"warc/corpus-shared-0{number}.warc.gz") for number in range(3)]
    with Lake.create(tmp_path / "store") as lake:
        assert all(report.stored for report in import_inputs(lake, archives))
        pipeline.run(lake)
        with lake.snapshot() as snapshot:
            own.store(own_edges(snapshot, "domain"), tmp_path / "own", "domain")
    with Held.open(tmp_path / "own") as held:
        rows = held.rows("out")
        names = list(held.names)
        found = {(names[v], names[w]) for v in range(rows.nodes) for w in rows[v].tolist()}
        pages = held.beside("out.pages", "uint32")
    theirs = known(shared_data / "webgraph")
    assert len(theirs) == 4_015
    unlike = (found ^ theirs) - set().union(*EXPLAINED.values())
    assert {edge for edge in unlike if not SHIMS & {*edge}} == set()
    assert not unlike & found
    assert pages.min() >= 1
    assert len(pages) == len(found)


def known(folder: Path) -> set[tuple[str, str]]:
    with gzip.open(folder / "corpus-shared-domain-vertices.txt.gz", "rt") as lines:
        names = {line.split()[0]: line.split()[1] for line in lines}
    with gzip.open(folder / "corpus-shared-domain-edges.txt.gz", "rt") as lines:
        return {(names[one], names[two]) for one, two in (line.split() for line in lines)}
