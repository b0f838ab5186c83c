"""The diff of two texts, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.ledger.paragraph import difference, written

WORDS = st.lists(st.sampled_from(["a", "b", "c", "sale"]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("our old sale", "our sale", "our [-old-] sale"),
        ("our sale", "our new sale", "our {+new+} sale"),
        ("the sale is on", "an offer is on", "[-the sale-] {+an offer+} is on"),
        ("same", "same", "same"),
        ("gone now", None, "[-gone now-]"),
        (None, "new now", "{+new now+}"),
        (None, None, ""),
    ],
)
def test_a_difference_in_one_line(before: str | None, after: str | None, told: str) -> None:
    assert written(difference(before, after)) == told


@given(WORDS, WORDS)
def test_pieces_hold_both_texts(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert " ".join(words for change, words in pieces if change != "new") == before
    assert " ".join(words for change, words in pieces if change != "gone") == after
