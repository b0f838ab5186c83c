"""The stages on a real store: incremental equals full, and nothing is counted twice or lost."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from links_facts import connect
from links_facts import observation as seen
from links_facts import store as store_links
from visits_facts import CHROME, DAY, GOOGLEBOT, KEY, SITE, Logs, agents, by_day, hit, store

from backref.lake.lake import Lake
from backref.links.build import LINKS, PAGES
from backref.pipeline import run
from backref.visits import build
from backref.visits.build import LOG_DAYS, SESSIONS, VISIT_LINKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from backref.lake.engine import Engine

STAGES = (PAGES, LINKS, SESSIONS, LOG_DAYS, VISIT_LINKS)
TABLES = ("sessions", "page_days", "log_days", "visit_links")
REFERRERS = (None, None, "shop.example", "blog.test", "news.test", "google.com", "x.com")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = connect(tmp_path_factory.mktemp("segments"))
    yield made
    made.close()


def some_days(count: int, seed: int = 7) -> list[dict[str, Any]]:
    """Hits of a few days, many of them around midnight."""
    chance = random.Random(seed)
    found = []
    for n in range(count * 120):
        night = chance.random() < 0.5
        minute = chance.gauss(1440, 40) if night else chance.random() * 1440
        found.append(
            hit(
                minute + 1440 * chance.randrange(count - 1),
                f"v{chance.randrange(25)}",
                chance.choice(("/", "/a", "/b", "/thanks")),
                kind=chance.choice(("view", "view", "view", "dead", "asset")),
                referrer_host=chance.choice(REFERRERS),
                campaign=chance.choice((None, None, None, None, "spring")),
                agent_text=chance.choice((CHROME, CHROME, GOOGLEBOT)),
                k=n,
            )
        )
    return found


def links() -> list[dict[str, Any]]:
    """Links to the site, some with rivals on the same host."""
    to = "https://shop.example"
    return [
        seen("https://blog.test/one", f"{to}/a", site=SITE.name),
        seen("https://blog.test/two", f"{to}/b", site=SITE.name, placement="content"),
        seen("https://blog.test/three", f"{to}/b", site=SITE.name, placement="footer"),
        seen("https://news.test/x", f"{to}/", site=SITE.name),
        seen("https://shop.example/own", f"{to}/a", site=SITE.name),
    ]


def a_store(folder: Path, *batches: Sequence[dict[str, Any]], links_first: bool = True) -> Lake:
    """A store that imported the batches, with its tables brought up to date after each."""
    lake = Lake.create(folder)
    lake.save_site(SITE)
    store(lake, "agents", {"all": agents(CHROME, GOOGLEBOT)})
    if links_first:
        store_links(lake, links())
    for batch in batches:
        store(lake, "hits", by_day(batch))
        run(lake, stages=STAGES)
    if not links_first:
        store_links(lake, links())
        run(lake, stages=STAGES)
    return lake


def digests(lake: Lake) -> dict[str, str]:
    return {table: lake.content_digest(table) for table in TABLES}


def test_days_in_any_order_give_what_all_at_once_give(tmp_path: Path) -> None:
    hits = some_days(5)
    days = list(by_day(hits).values())
    shuffled = [days[n] for n in (3, 0, 4, 2, 1)]
    random.Random(1).shuffle(hits)
    with a_store(tmp_path / "whole", hits) as whole, a_store(tmp_path / "days", *shuffled) as parts:
        assert digests(whole) == digests(parts)


def test_a_day_in_pieces_and_twice_gives_the_same(tmp_path: Path) -> None:
    hits = some_days(3)
    with (
        a_store(tmp_path / "whole", hits) as whole,
        a_store(tmp_path / "parts", hits[::2], hits, hits[1::2], links_first=False) as parts,
    ):
        assert digests(whole) == digests(parts)


def test_a_new_day_rebuilds_its_neighbours_alone(tmp_path: Path) -> None:
    hits = some_days(6)
    *early, last = by_day(sorted(hits, key=lambda row: row["at"])).values()
    with a_store(tmp_path / "store", [row for day in early for row in day]) as lake:
        store(lake, "hits", by_day(last))
        assert run(lake, stages=(SESSIONS,)) == 2
        assert run(lake, stages=(SESSIONS,)) == 0


def test_new_links_rebuild_visit_links_alone(tmp_path: Path) -> None:
    with a_store(tmp_path / "store", some_days(3)) as lake:
        store_links(lake, [seen("https://x.com/ann", "https://shop.example/a", site=SITE.name)])
        run(lake, stages=(PAGES, LINKS))
        assert run(lake, stages=(SESSIONS,)) == 0
        assert run(lake, stages=(VISIT_LINKS,)) == 3


SUMS = """/* tests.sums */
SELECT
    {by},
    count(DISTINCT session_id) AS visits,
    round(sum(share), 6) AS shares,
    round(sum(CASE WHEN engaged THEN share ELSE 0 END), 6) AS engaged,
    round(sum(share * conversions), 6) AS conversions
FROM {table}
GROUP BY {by}
ORDER BY {by}
"""


@pytest.mark.parametrize("by", ["verdict", "channel", "referrer_domain", "bounced", "site"])
def test_sums_equal_those_of_sessions_at_every_grouping(
    by: str, visited: list[dict[str, list[dict[str, Any]]]]
) -> None:
    [answers] = visited
    assert answers[f"{by} of sessions"] == answers[f"{by} of visit_links"]
    assert len(answers[f"{by} of sessions"]) >= (1 if by == "site" else 2)


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[dict[str, Any]]]]:
    """The sums of both tables of one store, by several groupings."""
    found = {}
    with (
        a_store(tmp_path_factory.mktemp("store") / "s", some_days(4)) as lake,
        lake.snapshot() as snapshot,
    ):
        levels = snapshot.rows("/* t.t */ SELECT DISTINCT certainty FROM visit_links ORDER BY 1")
        expected = ["host", "inferred", "none", "only candidate"]
        assert [row["certainty"] for row in levels] == expected
        for by in ("verdict", "channel", "referrer_domain", "bounced", "site"):
            for table in ("visit_links", "(SELECT *, 1.0 AS share FROM sessions)"):
                name = "sessions" if "sessions" in table else table
                found[f"{by} of {name}"] = snapshot.rows(SUMS.format(by=by, table=table))
    return [found]


def test_a_large_day_in_slices_gives_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = some_days(3)

    def tables() -> list[Any]:
        logs = Logs(engine, hits).built()
        rows = [logs.all(table) for table in ("sessions", "page_days")]
        return [sorted(map(repr, found)) for found in rows]

    whole = tables()
    monkeypatch.setattr(Logs, "rows_in", lambda *_: 5 * build.SLICE_ROWS)
    assert tables() == whole


def test_goals_and_hosts_of_a_site_are_part_of_the_plan(engine: Engine) -> None:
    from dataclasses import replace

    hits = [hit(1)]
    plans = [
        SESSIONS.plan(Logs(engine, hits, site=site))
        for site in (SITE, replace(SITE, goals=("/a",)), replace(SITE, was=("old.example",)))
    ]
    assert len({plan[f"{SITE.name}/{DAY.date()}"] for plan in plans}) == 3
    assert KEY


def test_people_of_a_page_are_those_judged_persons(tmp_path: Path) -> None:
    hits = some_days(2)
    hits += [hit(60, "cloud", "/cloud", operator="aws")]
    with a_store(tmp_path / "store", hits) as lake, lake.snapshot() as snapshot:
        (judged,) = snapshot.rows(
            "/* t.t */ SELECT verdict FROM sessions WHERE entry_page = '/cloud'"
        )
        (counted,) = snapshot.rows(
            "/* t.t */ SELECT people, bots FROM page_days WHERE page = '/cloud'"
        )
    assert judged == {"verdict": "suspect"}
    assert counted == {"people": 0, "bots": 1}


def test_the_first_and_the_last_day_of_the_calendar_are_built(tmp_path: Path) -> None:
    days = (date(1970, 1, 1), date(9999, 12, 31))
    ends = (datetime.combine(day, time(23, 50), UTC) for day in days)
    hits = [hit((end - DAY) / timedelta(minutes=1)) for end in ends]
    with a_store(tmp_path / "store", hits) as lake:
        run(lake)
        with lake.snapshot() as snapshot:
            built = snapshot.rows("/* t.t */ SELECT DISTINCT day FROM page_days ORDER BY day")
    assert [row["day"] for row in built] == [*days]
