"""An order of links, read in parts, is the listing; rows are found again by their names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backref.errors import NotHeld, UsageError
from backref.faces.query import Site, open_store
from backref.faces.query.links import SORTS
from backref.faces.query.ordered import Held


@pytest.fixture(scope="module")
def site(small_store: Path) -> Iterator[Site]:
    with open_store(small_store) as store:
        yield store.site()


@pytest.mark.parametrize("sort", SORTS)
def test_parts_of_an_order_are_the_listing(site: Site, sort: str):
    whole = site.links(sort=sort)
    ordered = site.ordered_links(sort=sort)
    assert len(ordered) == len(whole) == whole.total
    for size in (1, 2, 5, len(whole)):
        parts = [ordered.rows(at, at + size) for at in range(0, len(whole), size)]
        assert [row for part in parts for row in part] == list(whole)
    assert ordered.rows(len(whole), len(whole) + 5) == []
    assert ordered.rows(3, 1) == []


def test_narrowed_as_the_listing(site: Site):
    for chosen in ({"state": "lost"}, {"domain": "example.org"}, {"since": "90d"}, {"page": "/"}):
        assert list(site.ordered_links(**chosen).rows(0, 100)) == list(site.links(**chosen))
    assert site.links(limit=2).total == len(site.ordered_links())
    with pytest.raises(UsageError):
        site.ordered_links(sort="bad")


def test_links_are_found_by_their_identity(site: Site):
    ordered = site.ordered_links()
    for at, row in enumerate(ordered.rows(0, len(ordered))):
        assert ordered.place(ordered.name(row, at)) == at
        assert site.link(row.link_id) == row
    for name in ("", "xyz", "0" * 16, "f" * 40, "-1"):
        assert ordered.place(name) is None
        with pytest.raises(NotHeld):
            site.link(name)


def test_rows_that_are_all_there_are_found_by_what_they_are_called():
    held = Held(["a", "b", "c"], str.upper)
    assert (len(held), held.rows(1, 9)) == (3, ["b", "c"])
    assert [held.place(name) for name in ("A", "C", "a")] == [0, 2, None]
    assert held.name("b", 1) == "B"
