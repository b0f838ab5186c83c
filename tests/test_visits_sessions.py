"""Sessions against an independent sessioniser, and the rules one by one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from links_facts import connect
from visits_facts import DAY, SITE, Logs, hit

from backref.lake.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HALF_HOUR = timedelta(minutes=30)
NOON = 720


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = connect(tmp_path_factory.mktemp("segments"))
    yield made
    made.close()


# The oracle: one pass over one person's hits, whom it knows by name and not by hash.


def outside(row: dict[str, Any]) -> str | None:
    host = row["referrer_host"]
    return None if host is None or host.endswith(SITE.name) else host


def tags(row: dict[str, Any]) -> tuple[str, ...] | None:
    found = tuple((row[name] or "").lower() for name in ("source", "medium", "campaign", "code"))
    return found if any(found) else None


def order(row: dict[str, Any]) -> tuple[Any, ...]:
    arrival = 0 if tags(row) else 1 if outside(row) else 2 if row["referrer_host"] is None else 3
    return row["at"], arrival, row["row_id"]


def sessionise(hits: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The sessions of one person, each a list of hits."""
    found: list[list[dict[str, Any]]] = []
    brought: dict[str, Any] | None = None
    for row in sorted(hits, key=order):
        last = found[-1][-1]["at"] if found else None
        silent = last is None or row["at"] - last > HALF_HOUR
        if silent or (brought and row["at"].date() - brought["at"].date() > timedelta(days=1)):
            brought = None
        arrives = bool(outside(row) or tags(row))
        other = arrives and (
            brought is None
            or (outside(row) is not None and outside(row) != outside(brought))
            or (tags(row) is not None and tags(row) != tags(brought))
        )
        overdue = bool(found) and row["at"] >= noon_after(found[-1][0]["at"])
        if silent or other or overdue:
            found.append([])
        if arrives:
            brought = row
        found[-1].append(row)
    return found


def noon_after(at: datetime) -> datetime:
    return datetime.combine(at.date() + timedelta(days=1), time(12), UTC)


PEOPLE = ("ann", "bob")
REFERRERS = (None, None, None, "shop.example", "www.shop.example", "blog.test", "news.test")


@st.composite
def hits(draw: st.DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Hits of a few people around midnights, each with the person's name."""
    found = []
    for who in PEOPLE:
        minute = draw(st.sampled_from((0.0, 1380.0, 1439.0, 2000.0)))
        for k in range(draw(st.integers(0, 14))):
            minute += draw(st.sampled_from((0.0, 0.0, 1.0, 12.5, 29.9, 30.0, 30.02, 45.0, 600.0)))
            row = hit(
                minute,
                who,
                draw(st.sampled_from(("/", "/a", "/b", "/thanks", "/order/7"))),
                kind=draw(st.sampled_from(("view", "view", "view", "dead", "asset"))),
                referrer_host=draw(st.sampled_from(REFERRERS)),
                source=draw(st.sampled_from((None, None, None, None, "News", "news", "ad"))),
                k=k,
            )
            found.append((who, row))
    return found


def summary(session: list[dict[str, Any]]) -> tuple[Any, ...]:
    """What the oracle says that a row of `sessions` must hold."""
    views = [row for row in session if row["kind"] == "view"]
    goals = {
        goal
        for goal, pages in (("/thanks", ("/thanks",)), ("/order/*", ("/order/7",)))
        if any(row["page"] in pages for row in views)
    }
    return (
        session[0]["visitor"],
        session[0]["at"],
        session[-1]["at"],
        session[0]["page"],
        (views or session)[-1]["page"],
        len(views),
        (views[-1]["at"] - views[0]["at"]).total_seconds() if len(views) > 1 else None,
        len(views) > 1 or bool(goals),
        len(views) < 2 and not goals,
        outside(session[0]),
        len(goals),
        " ".join(sorted(goals)) or None,
    )


def stored(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(
        row[name]
        for name in (
            "visitor", "started", "ended", "entry_page", "exit_page", "views", "seconds", "engaged",
            "bounced", "referrer_host", "conversions", "goals",
        )
    )  # fmt: skip


def key(row: tuple[Any, ...]) -> str:
    return repr(row)


@settings(max_examples=60, deadline=None)
@given(named=hits(), seed=st.randoms(use_true_random=False))
def test_sessions_equal_an_independent_sessioniser(
    engine: Engine, named: list[tuple[str, dict[str, Any]]], seed: Any
) -> None:
    shuffled = [row for _, row in named]
    seed.shuffle(shuffled)
    found = Logs(engine, shuffled).built().all("sessions")
    expected = [
        summary(session)
        for who in PEOPLE
        for session in sessionise(
            row for name, row in named if name == who and row["kind"] in ("view", "dead")
        )
    ]
    assert sorted(map(stored, found), key=key) == sorted(expected, key=key)
    assert len({row["session_id"] for row in found}) == len(found)


def starts(engine: Engine, *given_hits: dict[str, Any]) -> list[float]:
    """Minutes at which the sessions of these hits begin."""
    found = Logs(engine, given_hits).built().all("sessions")
    return [(row["started"] - DAY).total_seconds() / 60 for row in found]


def test_half_an_hour_of_silence_ends_a_session_and_a_second_less_does_not(engine: Engine) -> None:
    assert starts(engine, hit(0), hit(30), hit(60.1)) == [0, 60.1]


def test_only_another_source_starts_a_session(engine: Engine) -> None:
    first, again = hit(0, referrer_host="blog.test"), hit(5, referrer_host="www.blog.test")
    other = hit(9, referrer_host="news.test")
    assert starts(engine, first, again, other) == [0, 9]


def test_our_own_hosts_and_payment_pages_are_no_source(engine: Engine) -> None:
    arrived = hit(0, referrer_host="blog.test")
    own = hit(3, "ann", "/b", referrer_host="www.shop.example")
    former = hit(4, "ann", "/c", referrer_host="shop-example.de")
    paid = hit(6, "ann", "/thanks", referrer_host="www.paypal.com")
    [row] = Logs(engine, [arrived, own, former, paid]).built().all("sessions")
    assert (row["referrer_host"], row["channel"], row["goals"]) == (
        "blog.test",
        "Referral",
        "/thanks",
    )


def test_a_session_that_begins_from_inside_has_no_referrer(engine: Engine) -> None:
    [row] = Logs(engine, [hit(0, referrer_host="shop.example")]).built().all("sessions")
    assert (row["referrer_host"], row["origin"], row["channel"]) == (None, "internal", "Direct")


def test_midnight_does_not_end_a_session_but_noon_does(engine: Engine) -> None:
    night = [hit(1430 + 20 * step, page=f"/{step}") for step in range(40)]
    assert starts(engine, *night) == [1430, 1440 + NOON + 10]


def test_assets_feeds_and_robots_make_no_session(engine: Engine) -> None:
    quiet = [hit(n, kind=kind) for n, kind in enumerate(("asset", "feed", "robots", "other"))]
    assert starts(engine, *quiet) == []


def test_a_dead_target_is_a_session_that_bounced(engine: Engine) -> None:
    [row] = Logs(engine, [hit(0, page="/gone", kind="dead", status=404)]).built().all("sessions")
    assert (row["entry_page"], row["entry_status"], row["views"]) == ("/gone", 404, 0)
    assert row["bounced"]
    assert row["seconds"] is None


def test_page_days_count_people_and_bots_by_outside_host(engine: Engine) -> None:
    from visits_facts import GOOGLEBOT

    found = (
        Logs(
            engine,
            [
                hit(1, "ann", "/a", referrer_host="blog.test"),
                hit(2, "bob", "/a", referrer_host="blog.test"),
                hit(3, "bob", "/a", referrer_host="shop.example"),
                hit(4, "bot", "/a", agent_text=GOOGLEBOT),
                hit(5, "bob", "/a.css", kind="asset"),
                hit(6, "bob", "/gone", kind="dead", status=404, referrer_host="blog.test"),
            ],
        )
        .built()
        .all("page_days")
    )
    assert [
        (row["page"], row["status"], row["referrer_host"], row["people"], row["bots"])
        for row in found
    ] == [
        ("/a", 200, "blog.test", 2, 0),
        ("/a", 200, None, 1, 1),
        ("/gone", 404, "blog.test", 1, 0),
    ]
