"""The first links of every domain and its sums, against the links and domains that they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from links_facts import capture, connect, folded, hours, observation, rating

from backref.links import build

if TYPE_CHECKING:
    from pathlib import Path

    from backref.lake.engine import Engine

SHOP, RIVAL = "https://shop.example/sale", "https://rival.example/"
PAGES = [
    f"https://{name}.example/{number}" for name in ("blog", "news", "wiki") for number in (1, 2)
]
GONE = "https://gone.example/1"
FACTS = [
    *(observation(page, SHOP, hours(9 - at)) for at, page in enumerate(PAGES)),
    observation(PAGES[0], RIVAL, hours(0), nofollow=True),
    observation(GONE, SHOP, hours(0)),
    capture(GONE, hours(100), 404),
    capture(GONE, hours(200), 404),
    rating("ahrefs", "DR", "gone.example", 99),
    rating("ahrefs", "DR", "news.example", 70),
    rating("ahrefs", "DR", "blog.example", 20),
]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder: Path = tmp_path_factory.mktemp("engine")
    return connect(folder)


def top(engine: Engine) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of both tables, over all buckets."""
    snapshot = folded(engine, FACTS)
    tables = [part for _, part in build.TOP_LINKS.builds(snapshot, snapshot.partitions("links"))]
    links = [row for part in tables for row in part["top_links"].to_pylist()]
    return links, [row for part in tables for row in part["linked_domains"].to_pylist()]


def of_shop(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["target_domain"] == "shop.example"]


def test_standing_links_come_first_then_rating_then_age(engine: Engine) -> None:
    links = of_shop(top(engine)[0])
    assert [row["place"] for row in links] == list(range(1, 8))
    assert [row["source_page"] for row in links] == [
        "news.example/2",
        "news.example/1",
        "blog.example/2",
        "blog.example/1",
        "wiki.example/2",
        "wiki.example/1",
        "gone.example/1",
    ]
    assert [row["rating"] for row in links] == [70, 70, 20, 20, None, None, 99]


def test_only_the_first_are_held(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    every = of_shop(top(engine)[0])
    monkeypatch.setattr(build, "MOST_TOP", 3)
    assert of_shop(top(engine)[0]) == every[:3]


def test_parts_hold_the_same_as_the_whole(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = top(engine)
    monkeypatch.setattr(build, "ROWS_AT_ONCE", 2)
    assert top(engine) == whole


def test_sums_are_those_of_the_domains(engine: Engine) -> None:
    sums = {row["target_domain"]: row for row in top(engine)[1]}
    shop, rival = sums["shop.example"], sums["rival.example"]
    told = ("referring_domains", "live_domains", "followed_domains", "links", "live_links")
    assert [shop[name] for name in told] == [4, 3, 3, 7, 6]
    assert [rival[name] for name in told] == [1, 1, 0, 1, 1]
    assert (shop["lost_links"], rival["followed_links"]) == (1, 0)
