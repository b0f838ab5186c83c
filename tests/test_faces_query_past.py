"""A question to the past is answered from what had been seen by then, and from nothing later."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from links_facts import Interval, capture, observation, rating, store

from backref import pipeline
from backref.faces.query import open_store
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.faces.query.store import Store

PAGE, GOAL = "https://blog.example/post", "https://shop.example/sale"


def on(month: int, day: int) -> Interval:
    at = datetime(2026, month, day, 12, tzinfo=UTC)
    return at, at


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A link seen in January, missed twice in February, and seen again in March and November."""
    path = tmp_path_factory.mktemp("past") / "store"
    with Lake.create(path) as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(
            lake,
            [
                observation(PAGE, GOAL, on(1, 1), anchor="first"),
                capture(PAGE, on(1, 1)),
                capture(PAGE, on(2, 1)),
                capture(PAGE, on(2, 5)),
                observation(PAGE, GOAL, on(3, 1), "check", anchor="second"),
                observation(PAGE, GOAL, on(11, 1), "ahrefs", anchor="third"),
                rating("ahrefs", "DR", "blog.example", 40, observed_hi=on(6, 1)[0]),
            ],
        )
        pipeline.run(lake)
    with open_store(path) as opened:
        yield opened


@pytest.mark.parametrize(
    ("as_of", "state", "last_seen", "witnesses", "anchor", "rating"),
    [
        ("2026-01-15", "live", on(1, 1), ("archive",), "first", None),
        ("2026-02-02", "suspect", on(1, 1), ("archive",), "first", None),
        ("2026-02-15", "lost", on(1, 1), ("archive",), "first", None),
        ("2026-04-01", "live", on(3, 1), ("archive", "check"), "second", None),
        ("2026-08-15", "unknown", on(3, 1), ("archive", "check"), "second", 40),
        ("2026-11-01", "live", on(11, 1), ("ahrefs", "archive", "check"), "third", 40),
        (None, "live", on(11, 1), ("ahrefs", "archive", "check"), "third", 40),
    ],
)
def test_a_link_is_what_was_known_of_it(
    asked: Store,
    as_of: str | None,
    state: str,
    last_seen: Interval,
    witnesses: tuple[str, ...],
    anchor: str,
    rating: float | None,
) -> None:
    site = asked.site(as_of=as_of)
    (row,) = site.links()
    assert (row.state, row.last_seen, row.witnesses) == (state, last_seen[0], witnesses)
    assert row.anchor == anchor
    assert (row.lost_before is not None) == (state in ("suspect", "lost"))
    assert row.lifeline[-1] != "lost" or state == "lost"
    (domain,) = site.domains()
    assert (domain.state, domain.witnesses) == (state, witnesses)
    assert domain.rating == rating


def test_before_anything_was_seen_there_is_nothing(asked: Store) -> None:
    site = asked.site(as_of="2025-12-31")
    assert site.links() == site.domains() == []
