"""Tags, notes and filters that people keep beside the evidence."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from backref.errors import UsageError
from backref.lake.labels import Filter
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SITE, LINK, OTHER = "example.com", "00000000000000aa", "00000000000000bb"


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store") as lake:
        yield lake


def test_tags_are_a_set_of_words_on_a_link(lake: Lake) -> None:
    for link, tag in ((LINK, "to  ask "), (LINK, "paid"), (LINK, "paid"), (OTHER, "paid")):
        lake.labels.tag(SITE, link, tag)
    assert lake.labels.tags(SITE) == {LINK: ("paid", "to ask"), OTHER: ("paid",)}
    lake.labels.untag(SITE, LINK, "paid")
    lake.labels.untag(SITE, LINK, "never given")
    assert lake.labels.tags(SITE) == {LINK: ("to ask",), OTHER: ("paid",)}
    assert lake.labels.tags("other.example") == {}


@pytest.mark.parametrize("tag", ["", "  ", "a|b", "x" * 65])
def test_what_is_no_tag_is_refused(lake: Lake, tag: str) -> None:
    with pytest.raises(UsageError, match="tag"):
        lake.labels.tag(SITE, LINK, tag)


def test_a_note_is_written_over_and_taken_away(lake: Lake) -> None:
    assert lake.labels.note(SITE, LINK) == ""
    lake.labels.write_note(SITE, LINK, "asked on Monday")
    lake.labels.write_note(SITE, LINK, " answered:\nyes ")
    assert lake.labels.note(SITE, LINK) == "answered:\nyes"
    assert lake.labels.note("other.example", LINK) == ""
    lake.labels.write_note(SITE, LINK, "  ")
    assert lake.labels.note(SITE, LINK) == ""
    with pytest.raises(UsageError, match="shorten"):
        lake.labels.write_note(SITE, LINK, "x" * 10_001)


def test_filters_are_kept_by_name(lake: Lake) -> None:
    lake.labels.keep_filter(SITE, "lost", "state=lost")
    lake.labels.keep_filter(SITE, "a first", "q=a")
    lake.labels.keep_filter(SITE, "lost", "state=lost&since=28d")
    kept = (Filter("a first", "q=a"), Filter("lost", "state=lost&since=28d"))
    assert lake.labels.filters(SITE) == kept
    lake.labels.drop_filter(SITE, "lost")
    assert lake.labels.filters(SITE) == kept[:1]
    with pytest.raises(UsageError, match="too long"):
        lake.labels.keep_filter(SITE, "long", "x" * 8_001)


def test_saying_something_makes_no_new_version(lake: Lake) -> None:
    before = lake.snapshot().version
    lake.labels.tag(SITE, LINK, "paid")
    lake.labels.write_note(SITE, LINK, "a note")
    assert lake.snapshot().version == before


def test_a_store_from_before_gets_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "store"
    Lake.create(path).close()
    with closing(sqlite3.connect(path / "catalogue.db")) as connection, connection:
        for table in ("tags", "notes", "filters"):
            connection.execute(f"drop table {table}")
        connection.execute("delete from migrations where name = 'm003_labels'")
    with Lake.open(path) as lake:
        lake.labels.tag(SITE, LINK, "paid")
        assert lake.labels.tags(SITE) == {LINK: ("paid",)}
