"""Slices hold every row once and few rows each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.links.slices import Slice, ranges, slices

SIZES = st.lists(st.integers(1, 40), max_size=30).map(
    lambda rows: [(f"{number:03}.example", size) for number, size in enumerate(rows)]
)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([("a", 10)], [Slice("a", "a")]),
        ([("a", 4), ("b", 6), ("c", 1)], [Slice("a", "b"), Slice("c", "c")]),
        (
            [("a", 1), ("b", 21), ("c", 1)],
            [
                Slice("a", "a"),
                *(Slice("b", "b", number, 3) for number in range(3)),
                Slice("c", "c"),
            ],
        ),
    ],
)
def test_slices_are_of_about_ten_rows(sizes: list[tuple[str, int]], expected: list[Slice]) -> None:
    assert list(slices(sizes, 10)) == expected


@given(SIZES, st.integers(1, 50))
def test_every_row_is_in_one_slice(sizes: list[tuple[str, int]], most: int) -> None:
    found = list(slices(sizes, most))
    for domain, rows in sizes:
        own = [part for part in found if part.first <= domain <= part.last]
        assert [part.slice for part in own] == list(range(len(own)))
        assert {part.slices for part in own} == {len(own)} == {-(-rows // most)}
    for part in found:
        held = sum(rows for domain, rows in sizes if part.first <= domain <= part.last)
        assert held <= most * part.slices


@given(SIZES, st.integers(1, 50))
def test_ranges_hold_every_domain_once(sizes: list[tuple[str, int]], most: int) -> None:
    found = list(ranges(slices(sizes, most)))
    assert all(part.slices == 1 for part in found)
    for domain, _ in sizes:
        assert sum(part.first <= domain <= part.last for part in found) == 1
