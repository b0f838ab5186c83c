"""Visits under each tool's definition, against plain loops written from the definitions' words."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from links_facts import connect
from visits_facts import CHROME, GOOGLEBOT, SITE, Logs, hit

from backref.errors import UsageError
from backref.lake.records import SiteRecord
from backref.visits.build import visits_under
from backref.visits.definitions import DEFINITIONS, chosen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from backref.lake.engine import Engine

    Hit = dict[str, Any]

ZONE = "America/New_York"
SHOP = SiteRecord(SITE.name, also=SITE.also, goals=SITE.goals, zone=ZONE)
HALF_HOUR = timedelta(minutes=30)
PEOPLE = ("ann", "bob", "robot")
REFERRERS = (None, None, None, "shop.example", "blog.test", "www.blog.test", "news.test")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = connect(tmp_path_factory.mktemp("segments"))
    yield made
    made.close()


# The oracle: what each tool's documentation says, for one visitor's hits in order.


class Visit(NamedTuple):
    """What is compared."""

    started: datetime
    entry: str
    source: str | None
    views: int
    bounced: bool
    engaged: bool | None
    seconds: float | None
    goals: int


def order(row: Hit) -> tuple[Any, ...]:
    """Logs are exact to a second: within one, who comes from elsewhere comes first."""
    arrival = (
        0 if campaign(row) else 1 if outside(row) else 2 if row["referrer_host"] is None else 3
    )
    return row["at"], arrival, row["row_id"]


def outside(row: Hit) -> str | None:
    host = row["referrer_host"]
    if host is None or host == "shop.example":
        return None
    return str(host).removeprefix("www.")


def campaign(row: Hit) -> str | None:
    return row["source"].lower() if row["source"] else None


def cut(hits: list[Hit], parts: Callable[[list[Hit], Hit], bool]) -> list[list[Hit]]:
    visits: list[list[Hit]] = []
    for row in hits:
        if not visits or parts(visits[-1], row):
            visits.append([])
        visits[-1].append(row)
    return visits


def silent(visit: list[Hit], row: Hit) -> bool:
    return bool(row["at"] - visit[-1]["at"] > HALF_HOUR)


def backref_parts(visit: list[Hit], row: Hit) -> bool:
    """Half an hour of silence, or a source from outside that the visit did not bring."""
    brought = [one for one in visit if outside(one) or campaign(one)]
    last = brought[-1] if brought else None
    if silent(visit, row):
        return True
    if outside(row) and (last is None or outside(row) != outside(last)):
        return True
    return bool(campaign(row) and (last is None or campaign(row) != campaign(last)))


def matomo_parts(visit: list[Hit], row: Hit) -> bool:
    """Half an hour, midnight at the site, another campaign, or one where none was."""
    zone = ZoneInfo(ZONE)
    days = {at.astimezone(zone).date() for at in (visit[-1]["at"], row["at"])}
    own = [campaign(one) for one in visit if campaign(one)]
    other = campaign(row) and (not own or campaign(row) != own[-1])
    return silent(visit, row) or len(days) > 1 or bool(other)


def umami_parts(visit: list[Hit], row: Hit) -> bool:
    """Another hour on the clock."""
    return [visit[-1]["at"].date(), visit[-1]["at"].hour] != [row["at"].date(), row["at"].hour]


PARTS = {
    "backref": backref_parts,
    "ga4": silent,
    "matomo": matomo_parts,
    "plausible": silent,
    "umami": umami_parts,
}


def known_source(visit: list[Hit], hits: list[Hit]) -> str | None:
    """GA4: the last source that the visitor, as far as a log knows one, came from."""
    first = visit[0]
    today = first["at"].date()
    early = [h for h in hits if h["at"].date() == today and h["at"].hour * 60 + h["at"].minute < 30]
    days = {today, today - timedelta(days=1)} if early else {today}
    before = [h for h in hits if h["at"].date() in days and order(h) <= order(first)]
    sources = [campaign(h) or outside(h) for h in before if h["kind"] == "view"]
    return next((one for one in reversed(sources) if one), None)


def summed(tool: str, visit: list[Hit], hits: list[Hit]) -> Visit:
    views = [row for row in visit if row["kind"] == "view"]
    goals = sum(any(h["page"] == page for h in views) for page in ("/thanks", "/order/7"))
    engaged = len(views) >= 2 or goals > 0
    lasted = (views[-1]["at"] - views[0]["at"]).total_seconds() if views else 0.0
    first = visit[0]
    return Visit(
        first["at"],
        first["page"],
        known_source(visit, hits) if tool == "ga4" else campaign(first) or outside(first),
        len(views),
        not engaged if tool in ("ga4", "backref") else len(views) == 1,
        engaged if tool in ("ga4", "backref") else None,
        None if tool == "backref" and len(views) < 2 else lasted,
        goals,
    )


def expected(tool: str, hits: list[Hit]) -> list[Visit]:
    kinds = ("view", "dead") if tool == "backref" else ("view",)
    seen = sorted((row for row in hits if row["kind"] in ("view", "dead")), key=order)
    visits = cut([row for row in seen if row["kind"] in kinds], PARTS[tool])
    return [summed(tool, visit, seen) for visit in visits]


@st.composite
def logs(draw: st.DrawFn) -> dict[str, list[Hit]]:
    """Hits of two people and a robot around midnights here and there, by name."""
    found: dict[str, list[Hit]] = defaultdict(list)
    for who in PEOPLE:
        minute = draw(st.sampled_from((0.0, 280.0, 1380.0, 1439.0)))
        for k in range(draw(st.integers(0, 14))):
            minute += draw(st.sampled_from((0.0, 0.0, 1.0, 12.5, 29.9, 30.0, 30.02, 45.0, 600.0)))
            found[who].append(
                hit(
                    minute,
                    who,
                    draw(st.sampled_from(("/", "/a", "/b", "/thanks", "/order/7"))),
                    kind=draw(st.sampled_from(("view", "view", "view", "dead", "asset"))),
                    referrer_host=draw(st.sampled_from(REFERRERS)),
                    source=draw(st.sampled_from((None, None, None, None, "News", "news", "ad"))),
                    agent_text=GOOGLEBOT if who == "robot" else CHROME,
                    k=k,
                )
            )
    return found


def stored(tool: str, row: dict[str, Any]) -> Visit:
    engages = DEFINITIONS[tool].engages
    source = (row["source"] or "").lower() or None
    return Visit(
        row["started"],
        row["entry_page"],
        source or (row["referrer_host"] or "").removeprefix("www.") or None,
        row["views"],
        row["bounced"],
        row["engaged"] if engages else None,
        row["seconds"],
        row["conversions"],
    )


@settings(max_examples=25, deadline=None)
@given(named=logs(), seed=st.randoms(use_true_random=False))
def test_visits_are_those_that_each_definition_describes(
    engine: Engine, named: dict[str, list[Hit]], seed: Any
) -> None:
    shuffled = [row for hits in named.values() for row in hits]
    seed.shuffle(shuffled)
    log = Logs(engine, shuffled, site=SHOP)
    found: dict[str, list[tuple[bool, Visit]]] = defaultdict(list)
    for rules, visits in visits_under(log, log.partitions("hits"), tuple(DEFINITIONS.values())):
        found[rules.name] += [
            (row["verdict"] == "bot", stored(rules.name, row)) for row in visits.to_pylist()
        ]
    for tool in DEFINITIONS:
        told = [(who == "robot", visit) for who in PEOPLE for visit in expected(tool, named[who])]
        assert sorted(found[tool], key=repr) == sorted(told, key=repr), tool


def cuts(engine: Engine, tool: str, *hits: Hit, zone: str = "UTC") -> int:
    site = SiteRecord(SITE.name, also=SITE.also, goals=SITE.goals, zone=zone)
    log = Logs(engine, hits, site=site)
    return sum(len(made) for _, made in visits_under(log, log.partitions("hits"), chosen(tool)))


@pytest.mark.parametrize(
    ("hits", "counts"),
    [
        # backref, ga4, matomo, plausible, umami
        ((hit(0), hit(30)), (1, 1, 1, 1, 1)),
        ((hit(0), hit(30.1)), (2, 2, 2, 2, 1)),
        ((hit(55), hit(65)), (1, 1, 1, 1, 2)),
        ((hit(1435), hit(1445)), (1, 1, 2, 1, 2)),
        ((hit(0), hit(5, source="news")), (2, 1, 2, 1, 1)),
        ((hit(0, source="news"), hit(5, source="News")), (1, 1, 1, 1, 1)),
        ((hit(0), hit(5, referrer_host="blog.test")), (2, 1, 1, 1, 1)),
        ((hit(0, kind="dead", status=404),), (1, 0, 0, 0, 0)),
    ],
)
def test_where_the_definitions_part(
    engine: Engine, hits: tuple[Hit, ...], counts: tuple[int, ...]
) -> None:
    assert tuple(cuts(engine, tool, *hits) for tool in DEFINITIONS) == counts


def test_midnight_is_that_of_the_sites_zone(engine: Engine) -> None:
    berlin = (hit(1375), hit(1385))
    assert cuts(engine, "matomo", *berlin, zone="Europe/Berlin") == 2
    assert cuts(engine, "matomo", *berlin) == 1


def test_a_visit_of_more_hits_than_a_tool_holds_is_parted(engine: Engine) -> None:
    many = [hit(step / 100, k=step) for step in range(10_001)]
    assert (cuts(engine, "matomo", *many), cuts(engine, "plausible", *many)) == (2, 1)


def test_a_carried_visit_ends_at_noon_under_every_definition(engine: Engine) -> None:
    night = [hit(1430 + 20 * step, page=f"/{step}") for step in range(40)]
    assert [cuts(engine, tool, *night) for tool in ("ga4", "plausible")] == [2, 2]


def test_an_unknown_definition_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="backref, ga4, matomo, plausible, umami or all"):
        chosen("urchin")


def test_each_definition_says_what_a_log_cannot_tell() -> None:
    assert all(rules.unmeasurable.get("seconds") for rules in DEFINITIONS.values())
