"""The report's words on authority, from a store with a ranked graph."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from graph_facts import ranked

from backref import pipeline
from backref.faces.query import Store
from backref.faces.report.authority import authority
from backref.graph.ranking import Asked
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_said_with_and_without_a_graph(small_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "store"
    shutil.copytree(small_store, path)
    edges = [(f"linker{number}.test", "example.com") for number in range(12)]
    edges += [(f"reader{number}.test", "linker0.test") for number in range(9)]
    with Store(Lake.open(path)) as store:
        site = store.site()
        assert authority(site, site.domains()) is None
    graph = path / "graphs" / "web"
    with Lake.open(path) as lake:
        ranked(graph, [("a.test", "b.test")], release="2026-06")
        pipeline.run(lake, stages=(pipeline.AUTHORITY,))
    with Store(Lake.open(path)) as store:
        unknown = authority(store.site(), store.site().domains())
    assert unknown
    assert unknown.number == "The graph web does not know it."
    assert unknown.givers == ()
    shutil.rmtree(graph)
    with Lake.open(path) as lake:
        ranked(graph, edges, release="2026-06", asked=Asked(harmonic=False))
        pipeline.run(lake, stages=(pipeline.AUTHORITY,))
    with Store(Lake.open(path)) as store:
        found = authority(store.site(), store.site().domains())
    assert found
    assert found.number.startswith("Authority ")
    assert "of 100 by the graph web of 2026-06: position 1," in found.number
    assert "22 domains and 21 edges" in found.coverage
    assert "knows 0 % of" in found.coverage
    assert "without weight, rel or date" in found.limits
    assert found.givers[0].name == "linker0.test"
    assert found.givers[-1].name == "2 others"
    assert len(found.givers) == 11
