"""Referring domains: states, counts, witnesses and published ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from links_facts import (
    UNDATED,
    capture,
    day,
    derived,
    folded,
    hours,
    observation,
    rank,
    rating,
)

if TYPE_CHECKING:
    from backref.lake.engine import Engine

ONE, TWO, THREE = (f"https://blog.example/{name}" for name in ("one", "two", "three"))
GOAL = "https://shop.example/sale"


def domains(engine: Engine, *rows: dict[str, Any]) -> list[dict[str, Any]]:
    return derived(folded(engine, rows), "referring_domains")


def domain(engine: Engine, *rows: dict[str, Any]) -> dict[str, Any]:
    (only,) = domains(engine, *rows)
    return only


def lost(page: str, since: int) -> list[dict[str, Any]]:
    return [
        observation(page, GOAL, hours(0)),
        capture(page, hours(since)),
        capture(page, hours(since + 30)),
    ]


def claimed(page: str) -> dict[str, Any]:
    return observation(page, GOAL, UNDATED, "placement", "claimed")


REPORTED = [
    observation(TWO, GOAL, day(0), "ahrefs"),
    observation(TWO, GOAL, day(9), "ahrefs", "reported_lost"),
]
STATES = {
    "one of two lives": ([*lost(ONE, 9), observation(TWO, GOAL, hours(0))], "live", 1, 1),
    "one of two may be lost": (
        [observation(ONE, GOAL, hours(0)), capture(ONE, hours(9)), *lost(TWO, 9)],
        "suspect",
        1,
        1,
    ),
    "reported after the other was lost": ([*lost(ONE, 9), *REPORTED], "reported lost", 0, 2),
    "lost after the other was reported": ([*lost(ONE, 999), *REPORTED], "lost", 0, 2),
    "lost, and a claim": ([*lost(ONE, 9), claimed(TWO)], "lost", 0, 1),
    "claims alone": ([claimed(ONE), claimed(TWO)], "never verified", 0, 0),
}


@pytest.mark.parametrize(("rows", "state", "live", "gone"), STATES.values(), ids=STATES)
def test_states(
    engine: Engine, rows: list[dict[str, Any]], state: str, live: int, gone: int
) -> None:
    found = domain(engine, *rows)
    assert (found["state"], found["live_links"], found["lost_links"]) == (state, live, gone)
    assert (found["lost_hi"] is None) == (state not in ("lost", "reported lost"))


def test_a_domain_sums_up_its_links(engine: Engine) -> None:
    found = domain(
        engine,
        observation(ONE, GOAL, hours(5), nofollow=False),
        observation(TWO, GOAL, day(3), "semrush", nofollow=True),
        observation(THREE, GOAL, UNDATED, "list"),
        capture(ONE, hours(7), 200, complete=False),
    )
    assert (found["links"], found["live_links"], found["followed_links"]) == (3, 3, 2)
    assert found["witnesses"] == "archive list semrush"
    assert (found["first_seen_lo"], found["last_seen_hi"]) == (hours(5)[0], day(3)[1])
    assert found["last_verified"] == hours(5)[0]


def test_publishers_of_a_platform_are_referring_domains_of_their_own(engine: Engine) -> None:
    found = domains(
        engine,
        observation("https://medium.com/@ann/story", GOAL, hours(0)),
        observation("https://medium.com/@bob/story", GOAL, hours(0)),
        rating("ahrefs", "DR", "medium.com", 94),
        rating("ahrefs", "UR", "medium.com/@ann/story", 12, scope="page"),
    )
    rated = [(row["source_identity"], row["rating"], row["rating_by"]) for row in found]
    assert rated == [("medium.com/@ann", 12, "ahrefs page UR"), ("medium.com/@bob", None, None)]


HARMONIC = rank("blog.example", harmonic_pos=1000, pagerank_pos=10)
PAGES = [
    rating("semrush", "ascore", page, value, scope="page")
    for page, value in (("blog.example/one", 20), ("blog.example/two", 30), ("else.example/x", 90))
]
RATINGS = {
    "none": ([rating("ahrefs", "DR", "else.example", 9)], None, None),
    "a rank": ([HARMONIC], 62.5, "common crawl harmonic rank"),
    "the first rank": ([rank("blog.example", harmonic_pos=1)], 100, "common crawl harmonic rank"),
    "beyond the scale": (
        [rank("blog.example", harmonic_pos=10**9)],
        0,
        "common crawl harmonic rank",
    ),
    "the middle one of several releases": (
        [rank("blog.example", harmonic_pos=10**at) for at in (6, 2, 4)],
        50,
        "common crawl harmonic rank, several releases",
    ),
    "the worse of two releases": (
        [rank("blog.example", harmonic_pos=10**at) for at in (6, 2)],
        25,
        "common crawl harmonic rank, several releases",
    ),
    "the newest release": (
        [
            rank("blog.example", harmonic_pos=10**2, release="2025-12"),
            rank("blog.example", harmonic_pos=10**6, release="2026-02"),
            rank("blog.example", harmonic_pos=10**4),
            rank("blog.example", harmonic_pos=10**3, release="2026-01"),
        ],
        25,
        "common crawl harmonic rank",
    ),
    "PageRank alone": (
        [rank("blog.example", pagerank_pos=10)],
        87.5,
        "common crawl pagerank rank",
    ),
    "a host's rank": ([rank("blog.example", level="host", harmonic_pos=1)], None, None),
    "moz before pages": ([*PAGES, rating("moz", "DA", "blog.example", 8)], 8, "moz DA"),
    "the strongest page": ([HARMONIC, *PAGES], 30, "semrush page ascore"),
    "a domain before pages": (
        [*PAGES, rating("majestic", "TF", "blog.example", 8)],
        8,
        "majestic TF",
    ),
    "ahrefs before all": (
        [
            HARMONIC,
            rating("majestic", "TF", "blog.example", 80),
            rating("semrush", "ascore", "blog.example", 70),
            rating("ahrefs", "DR", "blog.example", 6),
        ],
        6,
        "ahrefs DR",
    ),
    "the latest value": (
        [
            rating("ahrefs", "DR", "blog.example", value, observed_lo=at[0], observed_hi=at[1])
            for value, at in ((50, hours(1)), (40, hours(2)), (60, UNDATED))
        ],
        40,
        "ahrefs DR",
    ),
    "other metrics and impossible values": (
        [
            rating("ahrefs", "refdomains", "blog.example", 77),
            rating("ahrefs", "DR", "blog.example", 101),
            rating("majestic", "CF", "blog.example", 33),
        ],
        None,
        None,
    ),
}


@pytest.mark.parametrize(("facts", "value", "by"), RATINGS.values(), ids=RATINGS)
def test_ratings(
    engine: Engine, facts: list[dict[str, Any]], value: float | None, by: str | None
) -> None:
    pages = [observation(page, GOAL, hours(0)) for page in (ONE, TWO)]
    found = domain(engine, *pages, *facts)
    assert (found["rating"], found["rating_by"]) == (pytest.approx(value), by)
