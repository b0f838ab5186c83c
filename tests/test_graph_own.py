"""Our own graph: links of a store as weighted edges, brands as one, redirectors as none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import log1p
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from links_facts import START, UNDATED, capture, hours, observation, store

from backref import pipeline
from backref.errors import UsageError
from backref.graph import own
from backref.graph.build import own_edges
from backref.graph.held import Held
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.links.build import LINKS, PAGES
from backref.url import reversed_host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE = SiteRecord("shop.example", also=("shop.test",), was=("old.example",))
Found = dict[tuple[str, str], tuple[int, ...]]


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SITE)
        yield lake


def edges(lake: Lake, *rows: dict[str, Any], level: str = "domain", **span: Any) -> Found:
    """The own graph of some facts, its counts by the names of both ends."""
    store(lake, rows)
    pipeline.run(lake, stages=(PAGES, LINKS))
    with lake.snapshot() as snapshot:
        found = own_edges(snapshot, level, **span)
    names = [reversed_host(name) for name in found.names]
    counts = zip(*(found.counts[name].tolist() for name in own.COUNTS), strict=True)
    ends = zip(found.sources.tolist(), found.targets.tolist(), counts, strict=True)
    return {(names[source], names[target]): told for source, target, told in ends}


def test_pages_count_once_and_follow_while_one_link_of_them_does(lake: Lake) -> None:
    one, two = "https://blog.example/one", "https://www.blog.example/two"
    found = edges(
        lake,
        observation(one, "https://shop.example/a", placement="content"),
        observation(one, "https://shop.example/b", nofollow=True, placement="footer"),
        observation(two, "https://shop.example/a", sponsored=True),
        observation(two, "https://other.example/"),
    )
    assert found == {
        ("blog.example", "shop.example"): (2, 1, 1, 1),
        ("blog.example", "other.example"): (1, 1, 0, 0),
    }


def test_a_brands_hosts_are_one_and_link_to_themselves_nowhere(lake: Lake) -> None:
    rows = (
        observation("https://a.example/", "https://www.shop.test/x"),
        observation("https://b.example/", "https://old.example/"),
        observation("https://blog.shop.example/p", "https://old.example/"),
        observation("https://blog.shop.example/p", "https://c.example/"),
        observation("https://c.example/", "https://docs.c.example/"),
    )
    ours = {
        ("a.example", "shop.example"): (1, 1, 0, 0),
        ("b.example", "shop.example"): (1, 1, 0, 0),
        ("shop.example", "c.example"): (1, 1, 0, 0),
    }
    assert edges(lake, *rows) == ours
    assert edges(lake, level="host") == {
        **ours,
        ("c.example", "docs.c.example"): (1, 1, 0, 0),
    }


def test_redirectors_hand_nothing_on(lake: Lake) -> None:
    found = edges(
        lake,
        observation("https://a.example/", "https://t.co/xyz"),
        observation("https://t.co/xyz", "https://shop.example/"),
        observation("https://a.example/", "https://www.facebook.com/l.php?u=x"),
        observation("https://a.example/", "https://www.facebook.com/shop"),
        observation("https://a.example/", "https://www.google.de/url?q=x"),
        observation("https://a.example/", "https://l.facebook.com/"),
    )
    assert found == {("a.example", "facebook.com"): (1, 1, 0, 0)}


def test_links_that_stood_in_a_window(lake: Lake) -> None:
    """One stands all the time, one is lost after ten hours, one is claimed, one comes later."""
    gone = "https://gone.example/"
    found = edges(
        lake,
        observation("https://old.example.net/", "https://shop.example/", UNDATED, "ahrefs"),
        observation(gone, "https://shop.example/", hours(0)),
        capture(gone, hours(10)),
        capture(gone, hours(40)),
        observation(
            "https://paid.example/", "https://shop.example/", UNDATED, "placement", "claimed"
        ),
        observation("https://new.example/", "https://shop.example/", hours(100)),
    )

    def who(**span: datetime) -> set[str]:
        return {source for source, _ in edges(lake, **span)}

    def at(count: int) -> datetime:
        return START + timedelta(hours=count)

    assert {source for source, _ in found} == {"example.net", "new.example"}
    assert who(until=at(5)) == {"example.net", "gone.example"}
    assert who(until=at(50)) == {"example.net"}
    assert who(since=at(5), until=at(50)) == {"example.net", "gone.example"}
    assert who(since=at(20)) == {"example.net", "new.example"}
    assert who(until=datetime(2000, 1, 1, tzinfo=UTC)) == {"example.net"}


def test_weights_are_capped_and_count_hints_a_tenth() -> None:
    pages, followed = np.array([1, 1, 10, 10_000]), np.array([1, 0, 5, 10_000])
    expected = [log1p(1), 0.1 * log1p(1), 0.55 * log1p(10), log1p(10_000)]
    assert own.weights(pages, followed).tolist() == pytest.approx(expected)


def test_it_is_stored_as_any_other_graph(lake: Lake, tmp_path: Path) -> None:
    edges(
        lake,
        observation("https://b.example/1", "https://shop.example/", nofollow=True),
        observation("https://b.example/2", "https://shop.example/", placement="content"),
        observation("https://a.example/", "https://b.example/"),
    )
    with lake.snapshot() as snapshot:
        own.store(own_edges(snapshot, "domain"), tmp_path / "own", "domain")
    with Held.open(tmp_path / "own") as held:
        assert list(held.names) == ["example.a", "example.b", "example.shop"]
        assert held.rows("out").ids.tolist() == [1, 2]
        assert held.rows("out").weights.tolist() == pytest.approx([log1p(1), 0.55 * log1p(2)])
        assert held.beside("out.pages", np.uint32).tolist() == [1, 2]
        assert held.beside("out.content_pages", np.uint32).tolist() == [0, 1]


def test_without_links_there_is_no_graph(lake: Lake, tmp_path: Path) -> None:
    with lake.snapshot() as snapshot, pytest.raises(UsageError, match="No link"):
        own.store(own_edges(snapshot, "domain"), tmp_path / "own", "domain")
    assert not (tmp_path / "own").exists()
