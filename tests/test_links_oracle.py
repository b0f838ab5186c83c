"""Random histories of links against an oracle in plain Python, now and as of a time before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from links_facts import UNDATED, capture, day, derived, folded, hours, look, observation
from links_oracle import HORIZON, fold
from one_link import GOAL, OTHER, PAGE, link

from backref import schema
from backref.links import build

if TYPE_CHECKING:
    from backref.lake.engine import Engine


TIMES = st.one_of(
    st.just(UNDATED),
    st.integers(0, 12).map(lambda half_days: hours(12 * half_days)),
    st.integers(0, 50).map(lambda days: hours(24 * days)),
    st.integers(0, 50).map(day),
)
SOURCES = st.sampled_from(
    [PAGE, "http://www.blog.example/post/", *(f"https://news.example/a?id={n}" for n in range(4))]
)
TARGETS = st.sampled_from([GOAL, OTHER, None, "https://rival.example/"])
FLAGS = st.sampled_from([None, True, False])
OBSERVATIONS = st.builds(
    observation,
    SOURCES,
    TARGETS,
    TIMES,
    st.sampled_from(["archive", "check", "ahrefs", "semrush", "gsc"]),
    st.sampled_from(["present"] * 4 + ["reported_lost", "claimed", "absent"]),
    anchor=st.sampled_from([None, "one", "two"]),
    nofollow=FLAGS,
    page_nofollow=FLAGS,
    placement=st.sampled_from([None, "content", "footer"]),
    status=st.sampled_from([None, 200, 404]),
    reason=st.sampled_from([None, "gone", "noindex"]),
)
CAPTURES = st.builds(
    capture,
    SOURCES,
    TIMES,
    st.sampled_from([200, 200, 200, None, 301, 404, 410, 403, 503]),
    st.booleans(),
    st.sampled_from(["archive", "archive", "check"]),
    redirect_to=st.sampled_from([None, None, "https://blog.example/post", "https://x.example/"]),
)
LOOKS = st.builds(
    look,
    SOURCES,
    st.integers(0, 1200).map(hours),
    st.sampled_from(
        ["page", "gone", "blocked", "unreachable", "robots", "unreadable", "interrupted"]
    ),
    st.sampled_from(["page", "page", "page", "target"]),
    status=st.sampled_from([None, 200, 403]),
)
HISTORIES = st.tuples(
    st.lists(OBSERVATIONS, min_size=1, max_size=70, unique_by=lambda row: row["row_id"]),
    st.lists(CAPTURES, max_size=40, unique_by=lambda row: row["row_id"]),
    st.lists(LOOKS, max_size=20, unique_by=lambda row: row["row_id"]),
)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES, shuffle=st.randoms(use_true_random=False))
def test_the_fold_is_that_of_the_oracle_in_any_order(
    engine: Engine, history: Any, shuffle: Any
) -> None:
    observations, captures, looks = history
    rows = [*observations, *captures, *looks]
    shuffle.shuffle(rows)
    snapshot = folded(engine, rows)
    expected = fold(observations, captures, looks)
    found = {
        (row["source_page"], row["target_domain"], row["target_page"]): row
        for row in derived(snapshot, "links")
    }
    lives = weeks_of(derived(snapshot, "lifelines"))
    assert found.keys() == expected.keys()
    for key, wanted in expected.items():
        weeks = wanted.pop("weeks")
        assert {name: found[key][name] for name in wanted} == wanted
        assert lives.get(found[key]["link_id"], set()) == weeks


@pytest.mark.slow
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES, hour=st.integers(0, 60).map(lambda days: 24 * days))
def test_the_past_is_as_if_nothing_had_been_seen_since(
    engine: Engine, history: Any, hour: int
) -> None:
    rows = [row for kind in history for row in kind]
    until = hours(hour)[0]
    assert until
    then = [row for row in rows if when(row) is None or when(row) <= until]
    snapshot = folded(engine, rows)
    known = build.as_known(snapshot, snapshot.partitions("link_observations"), until)
    expected = folded(engine, then)
    for table in ("links", "lifelines", "link_events", "referring_domains"):
        columns = schema.TABLES[table].names
        found = known[table].select(columns).to_pylist()
        wanted = [{name: row[name] for name in columns} for row in derived(expected, table)]
        assert sorted(found, key=_whole) == sorted(wanted, key=_whole)


def when(row: dict[str, Any]) -> datetime | None:
    return row["at"] if "at" in row else row["observed_hi"]


def _whole(row: dict[str, Any]) -> str:
    return " ".join(map(str, row.values()))


def test_where_a_target_led_is_as_known_then(engine: Engine) -> None:
    moved = "https://shop.example/new"
    rows = [
        observation(PAGE, GOAL, hours(0)),
        capture(GOAL, hours(0), 301, False, redirect_to=moved),
        capture(GOAL, hours(100)),
    ]
    snapshot = folded(engine, rows)
    assert link(engine, *rows)["landing_path"] == "/sale"
    known = build.as_known(snapshot, snapshot.partitions("link_observations"), hours(50)[0])
    assert known["links"].column("landing_path").to_pylist() == ["/new"]


def weeks_of(runs: list[dict[str, Any]]) -> dict[int, set[tuple[date, str, bool | None]]]:
    """Runs written out as single weeks, by link."""
    lives: dict[int, set[tuple[date, str, bool | None]]] = {}
    for run in runs:
        week, last = run["week_lo"], run["week_hi"] or HORIZON
        while week <= last:
            lives.setdefault(run["link_id"], set()).add((week, run["cell"], run["nofollow"]))
            week += timedelta(days=7)
    return lives
