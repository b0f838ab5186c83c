"""Looks that found a page unchanged: as good as another look at the same body for what it shows,
and nothing at all for what it does not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from links_facts import capture, derived, folded, hours, look, observation

from backref.lake.engine import Engine

PAGE, GOAL, OTHER = "https://blog.example/post", "https://shop.example/a", "https://shop.example/b"
TERMS = {
    "plain": {"rel": "", "nofollow": False, "anchor": "shop", "anchor_kind": "text"},
    "nofollow": {"rel": "nofollow", "nofollow": True, "anchor": "shop", "anchor_kind": "text"},
    "renamed": {"rel": "", "nofollow": False, "anchor": "here", "anchor_kind": "text"},
}


def read(at: float, body: str, **told: Any) -> list[dict[str, Any]]:
    """A whole look at a body, whose digest is its name."""
    shown = [observation(PAGE, GOAL, hours(at), "check", proof=body, status=200, **TERMS[body])]
    return [
        *shown,
        capture(PAGE, hours(at), witness="check", digest=body, **told),
        look(PAGE, hours(at), "page", digest=body, status=200),
    ]


def unchanged(at: float, body: str) -> dict[str, Any]:
    """A look that was answered 304, asked about that body."""
    return look(PAGE, hours(at), "unchanged", confirms=body, status=304)


def tables(engine: Engine, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    snapshot = folded(engine, rows)
    return {name: derived(snapshot, name) for name in ("links", "lifelines", "link_events")}


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 200), st.sampled_from(sorted(TERMS)), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_an_unchanged_page_is_as_good_as_the_same_body_again(engine: Engine, steps: Any) -> None:
    whole: list[dict[str, Any]] = []
    spared: list[dict[str, Any]] = []
    at, last = 0, ""
    for wait, new, conditional in steps:
        at += wait
        spare = conditional and bool(last)
        last = last if spare else new
        whole += read(at, last)
        spared += [unchanged(at, last)] if spare else read(at, last)
    assert tables(engine, spared) == tables(engine, whole)


def test_an_unchanged_page_proves_no_link_missing(engine: Engine) -> None:
    seen = [observation(PAGE, OTHER, hours(0)), capture(PAGE, hours(0))]
    rows = [*seen, *read(10, "plain"), unchanged(100, "plain"), unchanged(200, "plain")]
    states = {row["target_url"]: row for row in tables(engine, rows)["links"]}
    assert (states[OTHER]["state"], states[OTHER]["reason"]) == ("suspect", "removed")
    assert states[GOAL]["state"] == "live"
    assert states[GOAL]["last_seen_hi"] == states[OTHER]["last_verified"] == hours(200)[0]


def test_who_confirms_what_nobody_read_confirms_nothing(engine: Engine) -> None:
    strangers = [
        unchanged(100, "another body"),
        unchanged(-5, "plain"),
        look(PAGE, hours(100), "unchanged", status=304),
        look(PAGE, hours(100), "unreadable", confirms="plain", status=304),
        look("http://blog.example/post/", hours(100), "unchanged", confirms="plain", status=304),
    ]
    for stranger in strangers:
        [link] = tables(engine, [*read(0, "plain"), stranger])["links"]
        assert (link["last_seen_hi"], link["observations"]) == (hours(0)[0], 1)


def test_a_body_that_was_cut_or_led_elsewhere_is_not_confirmed(engine: Engine) -> None:
    for told in ({"complete": False}, {"status": 301}):
        rows = [*read(0, "plain", **told), unchanged(100, "plain")]
        assert tables(engine, rows)["links"][0]["last_seen_hi"] == hours(0)[0]


def test_a_page_seen_again_is_no_longer_unknown_and_unseen_once_more(engine: Engine) -> None:
    walled = [*read(0, "plain"), look(PAGE, hours(50))]
    assert tables(engine, walled)["links"][0]["state"] == "unknown"
    assert tables(engine, [*walled, unchanged(90, "plain")])["links"][0]["state"] == "live"
