"""Format definitions: headers match by name alone, in any order, and never by accident."""

from __future__ import annotations

import random

import pytest

from backref.schema import TABLES
from backref.sources import formats
from backref.sources.formats import Format, folded

SUPPORTED = [
    made for made in formats.formats() if made.trust and made.kind not in ("refused", "filters")
]
GA4_DEMAND = ("session source", "sessions")


def a_header(made: Format) -> list[str]:
    """One header that the format knows: the first name of each column, without its rivals."""
    names = [column.names[0].replace("*", "rival.example") for column in made.columns]
    return [name for name in names if name not in made.without]


@pytest.mark.parametrize("made", SUPPORTED, ids=lambda made: made.name)
def test_a_header_is_its_own_formats_in_any_order_and_spelling(made: Format) -> None:
    header = a_header(made)
    random.Random(1).shuffle(header)
    spelled = tuple(folded(f"  {name.upper()} \u00a0") for name in header)
    best = max((each.match(spelled) for each in formats.formats()), key=lambda m: m.confidence)
    assert (best.format.kind, best.missing) == (made.kind, ())
    assert best.format.name.startswith(made.name.split(" ", maxsplit=1)[0])


@pytest.mark.parametrize("made", SUPPORTED, ids=lambda made: made.name)
def test_without_its_required_columns_a_header_does_not_match(made: Format) -> None:
    for group in made.required:
        gone = {name for field in group for name in made.by_field[field].names}
        header = tuple(name for name in a_header(made) if name not in gone)
        kept = [name for name in header if not any(g.rstrip("*") == name[: len(g) - 1] for g in gone
                                                   if g.endswith("*"))]  # fmt: skip
        match = made.match(tuple(kept))
        assert match.confidence == 0.0
        assert match.missing


def test_more_of_the_header_known_is_more_confidence() -> None:
    ahrefs = formats.named("ahrefs backlinks")
    header = tuple(a_header(ahrefs))
    assert ahrefs.match(header).confidence > ahrefs.match((*header, "new", "newer")).confidence


def test_names_are_unique_and_ratings_rate_a_field_that_is_there() -> None:
    names = [made.name for made in formats.formats()]
    assert len(set(names)) == len(names)
    for made in formats.formats():
        for column in made.columns:
            if column.rating:
                assert column.rating.of in made.by_field
                assert column.rating.scope in ("domain", "page")


def test_required_fields_exist() -> None:
    for made in formats.formats():
        for group in made.required:
            assert set(group) <= set(made.by_field)


def test_words_of_acquisition_are_the_schemas() -> None:
    words = formats.named("placement sheet").by_field["acquired"].words
    doc = next(c.doc for c in TABLES["placements"].columns if c.name == "acquired")
    assert all(way in doc for way in words.values())
