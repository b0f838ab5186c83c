"""Questions to ranked graphs: standing, referring domains, explanations, what if, gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from graph_facts import ranked
from graph_store import EDGES, made

from backref.errors import NotHeld, UsageError
from backref.faces.query import Store
from backref.graph.ranking import Asked
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("authority") / "store")


@pytest.fixture
def held(path: Path) -> Iterator[Store]:
    with Store(Lake.open(path)) as found:
        yield found


@pytest.fixture(scope="module")
def value(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., float]:
    """PageRank of shop.example with other edges, by ranking them anew."""
    count = iter(range(100))

    def found(edges: object) -> float:
        folder = tmp_path_factory.mktemp("again") / f"web{next(count)}"
        ranks = ranked(folder, edges, asked=Asked(tolerance=1e-13))
        names = sorted({end for edge in edges for end in edge}, key=lambda n: n.split(".")[::-1])
        place = names.index("shop.example")
        return float(ranks.vector("pagerank")[place] * ranks.of("pagerank")["total"])

    return found


def test_a_row_for_each_graph_and_domain(held: Store):
    rows = held.authority(["shop.example", "nowhere.example"])
    assert [row.domain for row in rows] == ["shop.example", "nowhere.example"]
    known, unknown = rows
    assert (known.graph, known.release, known.nodes) == ("web", "2026-06", 11)
    assert known.authority
    assert known.referring_domains == 2
    assert unknown.authority is None  # not 0


def test_our_own_graph_does_not_know_who_was_not_seen_to_be_linked_to(tmp_path: Path):
    store = made(tmp_path / "store")
    ranked(store / "graphs" / "own", dict.fromkeys(EDGES, 1.0))
    with Store(Lake.open(store)) as found:
        linked, unseen = found.authority(["shop.example", "b.example"], graph="own")
    assert linked.authority is not None
    assert (unseen.graph, unseen.authority) == ("own", None)


def test_without_a_ranked_graph_the_command_is_told(tmp_path: Path):
    with Lake.create(tmp_path / "bare") as lake:
        lake.save_site(SiteRecord("shop.example"))
    with Store(Lake.open(tmp_path / "bare")) as bare:
        for ask in (
            lambda: bare.authority(["shop.example"]),
            lambda: bare.explain("shop.example"),
            lambda: bare.what_if("shop.example", without=["a.example"]),
            lambda: bare.gap(["shop.example"], ["rival.example"]),
            lambda: bare.referring("shop.example"),
        ):
            with pytest.raises(UsageError, match="backref graph rank"):
                ask()


@pytest.mark.parametrize("name", ["", "not a domain", "https://"])
def test_what_is_no_domain_is_refused(held: Store, name: str):
    with pytest.raises(UsageError, match="no domain"):
        held.explain(name)


def test_an_unknown_graph_or_domain_is_told(held: Store):
    with pytest.raises(UsageError, match="choose one of web"):
        held.explain("shop.example", "nowhere")
    with pytest.raises(NotHeld, match="not the same as an authority of 0"):
        held.explain("nowhere.example")


def test_referring_domains_come_part_by_part(held: Store):
    every = held.referring("rival.example", limit=None)
    first = held.referring("rival.example", limit=2)
    rest = held.referring("rival.example", after=first[-1].place)
    assert [*first, *rest] == [*every]
    assert len(every) == every.total == first.total == rest.total == 5
    assert [row.authority for row in every] == sorted((r.authority for r in every), reverse=True)
    assert held.referring("rival.example", after="no place") == every


def test_shares_sum_to_one(held: Store):
    for limit in (1, 15, None):
        found = held.explain("shop.example", limit=limit)
        assert sum(row.share for row in found.rows) + found.rest + found.own == pytest.approx(1)
        assert len(found.rows) + found.rest_domains == 2
        assert sum(row.share for row in found.origins) + found.unfound == pytest.approx(1)


def test_each_domain_with_its_paths_links_and_certainty(held: Store):
    found = held.explain("shop.example")
    rows = {row.domain: row for row in found.rows}
    assert rows.keys() == {"a.example", "b.example"}
    assert rows["a.example"].links == 2
    assert set(rows["a.example"].fed_by) <= {"c.example", "d.example"}
    assert rows["b.example"].fed_by == ()
    assert all(row.if_removed < 0 for row in found.rows)
    origins = {row.domain: row for row in found.origins}
    assert origins["c.example"].path == ("c.example", "a.example", "shop.example")
    assert origins["c.example"].path_share <= origins["c.example"].share + 1e-9
    assert found.coverage == pytest.approx(2 / 3)  # it does not know the stranger's link
    assert "One edge" in found.not_known


def test_a_domains_share_is_split_over_its_links(held: Store):
    found = held.explain("shop.example")
    share = {row.domain: row.share for row in found.rows}
    links = {link.source_page.rstrip("/"): link for link in found.links}
    one, two, alone = (links[page] for page in ("a.example/one", "a.example/two", "b.example"))
    assert one.share + two.share == pytest.approx(share["a.example"])
    assert two.share == pytest.approx(0.1 * one.share)
    assert alone.share == pytest.approx(share["b.example"])
    assert (one.if_removed, two.if_removed) == (0.0, 0.0)  # the other one stays
    assert alone.if_removed < 0


@pytest.mark.parametrize(
    ("changes", "edges"),
    [
        ({"without": ["a.example"]}, [e for e in EDGES if e != ("a.example", "shop.example")]),
        (
            {"without": ["a.example", "b.example"]},
            [e for e in EDGES if e[1] != "shop.example"],
        ),
        ({"with_": ["e.example"]}, [*EDGES, ("e.example", "shop.example")]),
        (
            {"without": ["a.example"], "with_": ["medium.com"]},
            [
                *(e for e in EDGES if e != ("a.example", "shop.example")),
                ("medium.com", "shop.example"),
            ],
        ),
        (
            {"nofollow": ["a.example"]},
            {e: 0.1 if e == ("a.example", "shop.example") else 1.0 for e in EDGES},
        ),
    ],
)
def test_what_if_is_what_ranking_anew_says(held, value, changes, edges):
    found = held.what_if("shop.example", **changes)
    expected = value(edges)
    assert found.value_after == pytest.approx(expected, abs=found.value_bound + 1e-6)
    assert found.bound < 0.01
    assert (found.after < found.before) == (expected < found.value_before)


def test_one_of_several_pages_changes_nothing_in_a_graph_without_weights(held: Store):
    found = held.what_if("shop.example", without=["https://a.example/one"])
    assert found.after == found.before
    assert "one edge" in (found.changes[0].note or "")
    alone = held.what_if("shop.example", without=["https://b.example/page", "a.example"])
    assert alone.after < found.after


def test_what_cannot_be_changed_is_told(held: Store):
    assert "knows no link" in (held.what_if("shop.example", without=["f.example"]).changes[0].note)
    assert "already" in (held.what_if("shop.example", with_=["a.example"]).changes[0].note)
    with pytest.raises(UsageError, match="twice"):
        held.what_if("shop.example", without=["a.example"], nofollow=["a.example"])
    with pytest.raises(UsageError, match="Say what"):
        held.what_if("shop.example")
    with pytest.raises(NotHeld):
        held.what_if("shop.example", with_=["nowhere.example"])
    with pytest.raises(UsageError, match="in question"):
        held.what_if("shop.example", without=["shop.example"])


def test_who_links_to_rivals_and_not_to_us(held: Store):
    found = held.gap(["shop.example"], ["rival.example", "other.example"])
    assert found[0].domain == "e.example"  # it links to both
    assert found[0].links_to == ("rival.example", "other.example")
    assert {row.domain for row in found} == {
        "e.example", "c.example", "d.example", "medium.com/@ann",
    }  # fmt: skip
    assert found.total == len(found) == 4
    assert next(row for row in found if row.platform).platform == "medium.com"


def test_platforms_are_set_aside(held: Store):
    found = held.gap(["shop.example"], ["rival.example"], hosted="aside")
    assert {row.domain for row in found} == {"e.example", "c.example", "d.example"}
    assert found.aside == 1


def test_a_gap_is_cut_and_counts_all(held: Store):
    found = held.gap(["shop.example"], ["rival.example", "other.example"], limit=2)
    assert (len(found), found.total) == (2, 4)
    both = held.gap(["shop.example"], ["rival.example", "other.example"], least=2)
    assert [row.domain for row in both] == ["e.example"]


def test_gaps_that_cannot_be_asked_for(held: Store):
    with pytest.raises(UsageError, match="is ours"):
        held.gap(["shop.example"], ["shop.example"])
    with pytest.raises(UsageError, match="1 to 5"):
        held.gap(["shop.example"], [f"r{n}.example" for n in range(6)])
    with pytest.raises(UsageError, match="knows none"):
        held.gap(["shop.example"], ["nowhere.example"])
    with pytest.raises(UsageError, match="split or aside"):
        held.gap(["shop.example"], ["rival.example"], hosted="away")
    assert held.gap(["shop.example"], ["rival.example", "no.example"]).unknown == ("no.example",)
