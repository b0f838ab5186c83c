"""What ranked graphs tell of the ledger's domains: as a table that follows them, and in the tables
behind it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from graph_facts import node, ranked, stored
from links_facts import observation, rating, store

from backref import pipeline
from backref.graph.ranking import Asked
from backref.graph.ranks import Ranks
from backref.graph.scale import Scale
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOAL = "https://shop.example/"
LINKS = (
    observation("https://a.example/", GOAL),
    observation("https://b.example/", GOAL),
    observation("https://medium.com/@ann/story", GOAL),
    observation("https://unknown.example/", GOAL),
    rating("ahrefs", "DR", "a.example", 80.0),
    rating("ahrefs", "DR", "unknown.example", 20.0),
)
EDGES = [
    ("a.example", "shop.example"),
    ("b.example", "shop.example"),
    ("c.example", "a.example"),
    ("d.example", "a.example"),
    ("a.example", "c.example"),
    ("medium.com", "shop.example"),
]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(lake, LINKS)
        yield lake


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    with lake.snapshot() as snapshot:
        return snapshot.rows(f"/* test.rows */ select * from {table}")


def told(lake: Lake, **given: str) -> dict[str, dict[str, Any]]:
    """What the graph named says of each domain that the table has."""
    found = rows(lake, "authority")
    return {row["domain"]: row for row in found if given.items() <= row.items()}


def test_a_row_for_each_domain_that_links_or_is_linked_to(lake: Lake) -> None:
    graph = lake.path / "graphs" / "web"
    ranks = ranked(graph, EDGES, release="2026-06")
    pipeline.run(lake)
    found = told(lake)
    assert found.keys() == {"a.example", "b.example", "medium.com", "shop.example"}
    with stored(lake.path / "again", EDGES) as held:
        a = node(held, "a.example")
    row, share = found["a.example"], float(ranks.vector("pagerank")[a])
    assert (row["graph"], row["release"], row["level"]) == ("web", "2026-06", "domain")
    assert row["foremost"]
    assert row["pagerank"] == pytest.approx(share * 6)
    total = ranks.of("pagerank")["total"]
    assert row["authority"] == pytest.approx(Scale(total).authority(share * total), abs=1e-3)
    assert (row["referring_domains"], row["linked_domains"]) == (2, 2)
    assert row["handed_on"] == pytest.approx(share * 3)
    assert row["trust"] is None
    better = sum(1 for other in ranks.vector("pagerank") if other > share)
    lower = sum(1 for other in ranks.vector("pagerank") if other < share)
    assert row["pagerank_pos"] == better + 1
    assert row["percentile"] == pytest.approx(lower / 6)


def test_referring_domains_and_the_ledger_have_it_beside_the_vendors_word(lake: Lake) -> None:
    ranked(lake.path / "graphs" / "web", EDGES)
    pipeline.run(lake)
    by_graph = told(lake)
    found = {row["source_identity"]: row for row in rows(lake, "referring_domains")}
    a = found["a.example"]
    assert (a["rating"], a["rating_by"]) == (80.0, "ahrefs DR")
    assert (a["authority"], a["authority_by"]) == (
        by_graph["a.example"]["authority"],
        "authority, web",
    )
    assert found["b.example"]["rating"] is None
    assert found["unknown.example"]["authority"] is None
    assert found["medium.com/@ann"]["authority"] is None
    ledger = {row["source_identity"]: row for row in rows(lake, "ledger")}
    assert ledger["a.example"]["search_basis"] == "authority, web"
    assert ledger["unknown.example"]["search_basis"] == "ahrefs DR"
    assert ledger["medium.com/@ann"]["search_share"] is None
    handed = {name: by_graph[name]["handed_on"] for name in ("a.example", "b.example")}
    handed["unknown.example"] = handed["a.example"] / 1000
    for name, value in handed.items():
        share = value / sum(handed.values())
        assert ledger[name]["search_share"] == pytest.approx(share)


def test_our_own_graph_knows_nothing_of_those_that_nobody_was_seen_to_link_to(lake: Lake) -> None:
    ranked(lake.path / "graphs" / "own", dict.fromkeys(EDGES, 1.0))
    pipeline.run(lake)
    assert told(lake).keys() == {"a.example", "shop.example"}


def test_what_is_made_step_by_step_equals_what_is_made_anew(lake: Lake) -> None:
    tables = ("authority", "referring_domains", "top_links", "ledger")
    graphs = lake.path / "graphs"

    def digests() -> list[str]:
        return [lake.content_digest(table) for table in tables]

    pipeline.run(lake)
    before = digests()
    ranked(graphs / "web", EDGES)
    assert pipeline.run(lake) > 0
    assert pipeline.run(lake) == 0
    with_web = digests()
    assert with_web != before
    ranked(graphs / "newer", [*EDGES, ("e.example", "b.example")], release="2026-09")
    pipeline.run(lake)
    with_both = digests()
    store(lake, [observation("https://c.example/", GOAL) | {"import_id": 2}])
    pipeline.run(lake)
    assert "c.example" in told(lake, graph="newer")
    grown = digests()
    pipeline.rebuild(lake)
    assert digests() == grown
    lake.undo(2)
    pipeline.run(lake)
    assert digests() == with_both
    shutil.rmtree(graphs / "newer")
    pipeline.run(lake)
    assert digests() == with_web
    shutil.rmtree(graphs / "web")
    pipeline.run(lake)
    assert digests() == before
    assert list(lake.verify()) == []


def test_the_newest_graph_of_domains_speaks(lake: Lake) -> None:
    graphs = lake.path / "graphs"
    ranked(graphs / "own", EDGES)
    ranked(graphs / "hosts", EDGES, level="host", release="2026-09")
    ranked(graphs / "old", EDGES, release="2026-03")
    pipeline.run(lake)
    assert {row["graph"] for row in rows(lake, "authority") if row["foremost"]} == {"old"}
    ranked(graphs / "new", [("a.example", "shop.example")], release="2026-06")
    pipeline.run(lake)
    assert {row["graph"] for row in rows(lake, "authority") if row["foremost"]} == {"new"}
    (a,) = (row for row in rows(lake, "referring_domains") if row["source_identity"] == "a.example")
    assert a["authority_by"] == "authority, new"


def test_an_interval_holds_the_authority_between_its_ends(lake: Lake) -> None:
    many = [(f"n{number}.example", "a.example") for number in range(40)]
    many += [(f"x{number}.test", f"y{number}.test") for number in range(600)]
    ranked(lake.path / "graphs" / "web", [*EDGES, *many], asked=Asked(replicas=16))
    pipeline.run(lake)
    found = told(lake)
    for row in found.values():
        assert row["authority_lo"] <= row["authority"] <= row["authority_hi"]
    a = found["a.example"]
    assert a["authority_lo"] < a["authority"] < a["authority_hi"]
    (same,) = (row for row in rows(lake, "ledger") if row["source_identity"] == "a.example")
    assert same["authority_lo"] == a["authority_lo"]


def test_a_graph_that_ranks_nothing_of_ours_says_nothing(lake: Lake) -> None:
    ranked(lake.path / "graphs" / "web", [("x.test", "y.test")])
    pipeline.run(lake)
    assert rows(lake, "authority") == []
    assert Ranks.open(lake.path / "graphs" / "web").told["nodes"] == 2
