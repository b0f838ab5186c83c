"""What happened to links and what it breaks, asked of a store of looks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import events_store
import pytest
from links_facts import hours

from backref.errors import UsageError
from backref.faces.query import Store
from backref.faces.query.events import happened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.faces.query import Site


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("events") / "store"
    events_store.write(path).close()
    return path


@pytest.fixture
def site(path: Path) -> Iterator[Site]:
    from backref.lake.lake import Lake

    with Store(Lake.open(path)) as opened:
        yield opened.site("shop.example")


def test_rows_are_made_of_those_that_are_looked_at(site: Site) -> None:
    rows, found = list(site.events()), happened(site.view)
    assert (list(found), len(found), found[2:4], found[-1]) == (rows, 10, rows[2:4], rows[-1])
    assert found[8:99] == rows[8:]
    assert found[99:] == []
    for words, kinds in (("FREE.example", []), (" ", ["lost", ""]), ("guest", ["found", "lost"])):
        assert list(found.chosen(words, kinds)) == [
            row
            for row in rows
            if words.strip().lower() in row.source_page and (not any(kinds) or row.kind in kinds)
        ]


def test_events_stand_by_when_they_were_known(site: Site) -> None:
    assert [(row.source_identity, row.kind, row.certainty) for row in site.events()] == [
        ("paid.example", "anchor changed", "once"),
        ("free.example", "suspect", "once"),
        ("guest.example", "lost", "confirmed"),
        ("guest.example", "suspect", "once"),
        ("free.example", "nofollowed", "once"),
        ("guest.example", "nofollowed", "confirmed"),
        ("paid.example", "anchor changed", "confirmed"),
        ("free.example", "found", "once"),
        ("guest.example", "found", "once"),
        ("paid.example", "found", "once"),
    ]


def test_breaches_are_events_of_agreed_links_alone(site: Site) -> None:
    lost, nofollowed, anchor = site.breaches()
    assert [row.term for row in (lost, nofollowed, anchor)] == ["live", "rel", "anchor"]
    assert (lost.live_url, lost.value_after) == (events_store.GUEST, "removed")
    assert (lost.after, lost.before) == (hours(90)[0], hours(150)[0])
    assert (lost.confirmed_at, lost.mended_at) == (hours(180)[0], None)
    assert (nofollowed.agreed, nofollowed.value_after) == (None, "nofollow")
    assert (anchor.agreed, anchor.value_after) == ("the sale", "this shop")
    assert (anchor.contact, anchor.cost, anchor.currency) == ("Ada", 90.0, "EUR")
    assert anchor.mended_at == hours(200)[0]
    assert anchor.paragraph == "Buy at [-the sale-] {+this shop+} today."


def test_events_are_chosen_by_kind_and_time(site: Site) -> None:
    assert {row.kind for row in site.events(kind="lost,suspect")} == {"lost", "suspect"}
    assert [row.kind for row in site.events(since=hours(185)[0])] == ["anchor changed", "suspect"]
    assert [row.kind for row in site.breaches(kind="anchor-changed")] == ["anchor changed"]
    cut = site.events(limit=2)
    assert (len(cut), cut.total) == (2, 10)
    with pytest.raises(UsageError, match="no kind of event 'vanished'"):
        site.events(kind="vanished")


def test_the_past_knows_no_later_event(path: Path) -> None:
    from backref.lake.lake import Lake

    with Store(Lake.open(path)) as opened:
        before = opened.site("shop.example", "2026-01-10")
        assert {row.kind for row in before.breaches()} == {"anchor changed", "nofollowed"}
        assert {row.mended_at for row in before.breaches()} == {None}


@pytest.mark.parametrize(("zone", "kept"), [("UTC", True), ("America/New_York", False)])
def test_an_agreement_begins_on_the_day_of_the_site(tmp_path: Path, zone: str, kept: bool) -> None:
    lake = events_store.write(tmp_path / "store", date(2026, 1, 7), zone)
    with Store(lake) as opened:
        broken = opened.site("shop.example").breaches(kind=("nofollowed",))
        assert bool(list(broken)) is kept, "it was nofollowed at two o'clock in the night, UTC"
