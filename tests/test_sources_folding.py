"""Events folded into visits: the figures of any order and any bound add up."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from exports_facts import read, sample
from hypothesis import given
from hypothesis import strategies as st

from backref.sources import folding
from backref.sources.folding import HEADER, Event, Folding, Origin

EVENTS = st.builds(
    Event,
    st.integers(0, 5),
    st.integers(0, 10**6),
    st.just("2026-09-01"),
    st.sampled_from(["", "/", "/tea", "/tea?x=1"]),
    st.sampled_from(["", "https://blog.example/tea"]),
    st.builds(Origin, st.sampled_from(["", "blog.example", "google"])),
    st.booleans(),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 2),
    st.sampled_from([0.0, 12.5]),
    st.sampled_from([0.0, 1.5]),
)


def table(events: list[Event]) -> list[dict[str, str]]:
    made = Folding()
    for event in events:
        made.take(event)
    return [dict(zip(HEADER, row, strict=True)) for row in made.rows()]


@given(st.lists(EVENTS, max_size=30, unique_by=lambda event: event.at), st.randoms())
def test_every_session_is_one_visit_whose_entry_is_its_first_page(events, random) -> None:
    rows = table(events)
    sessions = defaultdict(list)
    for event in sorted(events, key=lambda event: event.at):
        sessions[event.session].append(event)
    assert sum(int(row["folded visits"]) for row in rows) == len(sessions)
    entries = defaultdict(int)
    for each in sessions.values():
        page = next((event.page for event in each if event.page), "")
        entries[page.partition("?")[0]] += 1
    found = defaultdict(int)
    for row in rows:
        found[row["folded landing page"]] += int(row["folded visits"])
    assert found == entries
    for column, figure in (("folded views", "view"), ("folded conversions", "conversions")):
        assert sum(int(row[column]) for row in rows) == sum(getattr(e, figure) for e in events)
    engaged = sum(any(event.engaged for event in each) for each in sessions.values())
    assert sum(int(row["folded engaged visits"]) for row in rows) == engaged
    shuffled = [*events]
    random.shuffle(shuffled)
    assert sum(int(row["folded visits"]) for row in table(shuffled)) == len(sessions)


def test_the_surest_origin_of_a_session_counts_and_its_entrys_referrer() -> None:
    first = Event("a", 1, "2026-09-01", "/tea", "https://blog.example/", Origin("x"), True, sure=1)
    later = Event("a", 2, "2026-09-01", "/", "https://other.example/", Origin("blog"), True, sure=3)
    last = Event("a", 3, "2026-09-01", "/", "", Origin("other"), True, sure=3)
    for order in ([first, later, last], [later, last, first]):
        (row,) = table(order)
        assert (row["folded source"], row["folded referrer"]) == ("blog", "https://blog.example/")


def test_bounds_keep_the_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MOST_SESSIONS", 10)
    monkeypatch.setattr(folding, "MOST_CELLS", 5)
    events = [
        Event(number, number, "2026-09-01", f"/{number}", "", Origin("blog.example"), view=True)
        for number in range(100)
    ]
    rows = table(events)
    assert sum(int(row["folded visits"]) for row in rows) == 100
    assert len(rows) == 6
    assert {row["folded landing page"] for row in rows} == {"", "/0", "/1", "/2", "/3", "/4"}


def test_goatcounters_views_become_visits() -> None:
    reading = sample("goatcounter.csv")
    assert (reading.verdict.dialect, reading.rejects) == ("goatcounter", [])
    rows = reading.rows["traffic_reports"]
    names = ("source_page", "source", "campaign", "landing_page", "visits", "views")
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("blog.example/tea", "blog.example", None, "/tea", 2, 3),
        (None, "autumn", "autumn", "/", 1, 1),
    ]
    assert {row["tool"] for row in rows} == {"goatcounter"}


def test_a_view_that_cannot_be_read_is_a_reject() -> None:
    data = (Path(__file__).parent / "data/exports/goatcounter.csv").read_bytes()
    reading = read(data.replace(b"2026-09-02T01:07:44Z", b"yesterday"))
    assert [reject.position for reject in reading.rejects] == [6]
    assert reading.units == 1


def test_a_real_export_of_goatcounter(shared_data: Path) -> None:
    reading = read((shared_data / "analytics/goatcounter_export.csv").read_bytes())
    rows = reading.rows["traffic_reports"]
    names = ("source_host", "landing_page", "visits", "views")
    assert sorted((tuple(row[name] for name in names) for row in rows), key=str) == [
        ("www.reddit.com", "/static-go.html", 1, 1),
        (None, "/stupid-light.html", 1, 1),
    ]
