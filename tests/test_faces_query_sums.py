"""Grouped listings: whatever the grouping, the sums are those of the listing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.errors import UsageError
from backref.faces.query import Site, open_store, sums
from backref.faces.query.rows import BrokenRow
from backref.faces.query.sums import GROUPINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVERY = [(listing, by) for listing, grouping in GROUPINGS.items() for by in grouping.keys]


@pytest.fixture(scope="module")
def site(small_store: Path) -> Iterator[Site]:
    with open_store(small_store) as opened:
        yield opened.site("example.com", as_of="2026-11-22")


def total(values: list[float | None]) -> float:
    return sum(value for value in values if value is not None)


@pytest.mark.parametrize(("listing", "by"), EVERY)
def test_every_grouping_adds_up_to_its_listing(site: Site, listing: str, by: str) -> None:
    rows: list[Any] = getattr(site, listing)()
    found = sums(listing, rows, by)
    assert sum(row["rows"] for row in found) == len(rows) > 0
    assert len({row["group"] for row in found}) == len(found)
    for field in GROUPINGS[listing].fields:
        expected = total([getattr(row, field) for row in rows])
        assert total([row[field] for row in found]) == pytest.approx(expected), field


@pytest.mark.parametrize(
    ("listing", "by", "expected"),
    [
        ("domains", "state", {"live": 5, "lost": 2, "reported lost": 1, "unknown": 1}),
        ("domains", "witness", {"archive": 6, "ahrefs": 1, "ahrefs + archive": 1, "gsc": 1}),
        ("referrers", "known-link", {"live": 2, "lost": 1, "none": 3}),
        ("broken", "status", {"404": 2}),
        ("broken", "folder", {"/old-guide": 1, '/evil";return 301 "$x': 1}),
    ],
)
def test_groups(site: Site, listing: str, by: str, expected: dict[str, int]) -> None:
    found = sums(listing, getattr(site, listing)(), by)
    assert {row["group"]: row["rows"] for row in found} == expected


def test_what_no_row_knows_is_not_known(site: Site) -> None:
    hidden = [row for row in site.domains() if row.visits is None]
    (group,) = sums("domains", hidden, "quadrant")
    assert (group["group"], group["visits"]) == ("not measurable", None)


def test_groups_stand_by_what_is_sorted_by_and_are_cut_last(site: Site) -> None:
    rows = site.domains()
    for sort, field in (("visits", "visits"), ("search", "search_share"), ("rating", "visits")):
        found = sums("domains", rows, "state", sort=sort)
        values = [row[field] or 0 for row in found]
        assert values == sorted(values, reverse=True)
        assert sums("domains", rows, "state", sort=sort, limit=2) == found[:2]


@pytest.mark.parametrize("listing", GROUPINGS)
def test_another_grouping_is_refused_with_the_choices(listing: str) -> None:
    with pytest.raises(UsageError, match=", ".join(GROUPINGS[listing].keys)):
        sums(listing, [], "nope")


PATHS = st.text("ab/?é", max_size=8).map("/".__add__)


@given(st.lists(st.tuples(PATHS, st.integers(0, 1 << 60)), max_size=12))
def test_whole_numbers_stay_whole_and_folders_hold_their_pages(
    dead: list[tuple[str, int]],
) -> None:
    rows = [BrokenRow(None, path, 404, 1, 1, people, 0, None, None, None) for path, people in dead]
    found = sums("broken", rows, "folder")
    assert sum(row["people"] for row in found) == sum(people for _, people in dead)
    folders = {row["group"] for row in found}
    assert all("/" not in folder[1:] and "?" not in folder for folder in folders)
    assert all(any(path.startswith(folder) for folder in folders) for path, _ in dead)
