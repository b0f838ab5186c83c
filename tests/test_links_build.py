"""The stages on a store: what an import makes stale, and that order never shows."""

from __future__ import annotations

from shutil import copytree
from typing import TYPE_CHECKING, Any

import pytest
from links_facts import UNDATED, capture, day, hours, observation, rating, store

from backref import pipeline
from backref.lake.lake import Lake
from backref.links.build import LINKS, PAGES, REFERRING_DOMAINS
from backref.url import bucket

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAGES = (PAGES, LINKS, REFERRING_DOMAINS)
TABLES = [table for stage in STAGES for table in stage.tables]
BLOG, NEWS = "https://blog.example/post", "https://news.example/story"
SHOP, RIVAL = "https://shop.example/sale", "https://rival.example/"
SHOPS, RIVALS = bucket("shop.example"), bucket("rival.example")


ARCHIVE = [
    observation(BLOG, SHOP, hours(0), anchor="sale", nofollow=False),
    observation(NEWS, RIVAL, hours(0)),
    observation(NEWS, SHOP, hours(0)),
    capture(BLOG, hours(0)),
    capture(NEWS, hours(0)),
    capture(SHOP, hours(0), 301, False, redirect_to="https://shop.example/summer"),
]
LATER = [
    capture(BLOG, hours(48)),
    capture(BLOG, hours(480)),
    observation(NEWS, SHOP, hours(480), nofollow=True),
    capture(NEWS, hours(480)),
    capture("https://shop.example/summer", hours(480), canonical="https://new.example/"),
]
EXPORTS = [
    observation(BLOG, SHOP, day(3), "ahrefs"),
    observation(BLOG, SHOP, day(60), "ahrefs", "reported_lost", reason="removed"),
    observation(NEWS, None, UNDATED, "gsc"),
    rating("ahrefs", "DR", "blog.example", 44),
]


@pytest.fixture(scope="module")
def archived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that holds the archive, built."""
    path = tmp_path_factory.mktemp("archived") / "store"
    with Lake.create(path) as lake:
        store(lake, ARCHIVE)
        pipeline.run(lake, stages=STAGES)
    return path


@pytest.fixture
def lake(archived: Path, tmp_path: Path) -> Iterator[Lake]:
    copytree(archived, tmp_path / "store")
    with Lake.open(tmp_path / "store") as lake:
        yield lake


def digests(lake: Lake) -> dict[str, str]:
    return {table: lake.content_digest(table) for table in TABLES}


def test_order_and_repetition_of_imports_never_show(tmp_path: Path) -> None:
    orders = (
        [[*ARCHIVE, *LATER, *EXPORTS]],
        [ARCHIVE, LATER, EXPORTS],
        [EXPORTS, LATER, EXPORTS, ARCHIVE, LATER],
    )
    found = []
    for number, batches in enumerate(orders):
        with Lake.create(tmp_path / str(number)) as lake:
            for batch in batches:
                store(lake, batch)
                pipeline.run(lake, stages=STAGES)
            found.append(digests(lake))
            pipeline.rebuild(lake, stages=STAGES)
            found.append(digests(lake))
            with lake.snapshot() as snapshot:
                assert {row["state"] for row in links(snapshot)} == {
                    "live",
                    "suspect",
                    "reported lost",
                }
    assert found == [found[0]] * 6


def links(snapshot: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = snapshot.rows("/* tests.links */ select * from links")
    return rows


def stale(lake: Lake, *rows: dict[str, Any]) -> dict[str, set[str]]:
    """Which partitions an import makes each stage build anew."""
    built: dict[str, set[str]] = {}
    with lake.snapshot() as snapshot:
        before = {stage.name: stage.plan(snapshot) for stage in STAGES}
    store(lake, rows)
    for stage in STAGES:
        with lake.snapshot() as snapshot:
            plan = stage.plan(snapshot)
        was = before[stage.name]
        built[stage.name] = {name for name in plan if plan[name] != was.get(name)}
        pipeline.run(lake, stages=(stage,))
    return built


UNMOVED = capture(RIVAL, hours(60), canonical=RIVAL)
IMPORTS = {
    "another page of the archive": (
        [capture("https://blog.example/other", hours(9))],
        ({bucket("blog.example")}, set(), set()),
    ),
    "the page of one link, where nothing changed in it": (
        [capture(BLOG, hours(0), digest="again")],
        ({bucket("blog.example")}, {SHOPS}, set()),
    ),
    "the page of one link, that is gone": (
        [capture(BLOG, hours(99), 404)],
        ({bucket("blog.example")}, {SHOPS}, {SHOPS}),
    ),
    "the page of links to both": (
        [capture(NEWS, hours(99))],
        ({bucket("news.example")}, {SHOPS, RIVALS}, {SHOPS, RIVALS}),
    ),
    "another link to the rival": (
        [observation(BLOG, RIVAL, day(9), "semrush")],
        (set(), {RIVALS}, {RIVALS}),
    ),
    "a target that moves": (
        [capture(RIVAL, hours(9), 301, False, redirect_to="https://new.example/")],
        ({RIVALS}, {RIVALS}, {RIVALS}),
    ),
    "a target that stays": ([UNMOVED], ({RIVALS}, set(), set())),
    "where a target's redirect leads": (
        [capture("https://shop.example/summer", hours(9), canonical="https://new.example/")],
        ({SHOPS}, {SHOPS}, {SHOPS}),
    ),
    "a rating of somebody else": (
        [rating("ahrefs", "DR", "else.example", 9)],
        (set(), set(), set()),
    ),
    "a rating of one that links to the shop": (
        [rating("ahrefs", "DR", "blog.example", 9)],
        (set(), set(), {SHOPS}),
    ),
}


@pytest.mark.parametrize(("rows", "expected"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_makes_stale_what_it_tells_of(
    lake: Lake, rows: list[dict[str, Any]], expected: tuple[set[str], ...]
) -> None:
    found = stale(lake, *rows)
    assert tuple(found[stage.name] for stage in STAGES) == expected
