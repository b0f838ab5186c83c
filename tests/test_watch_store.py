"""Rules over a life of facts: told once, as the past would have it, and judged by what came."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from lake_rows import swap_in
from links_facts import START as BEGIN
from links_facts import capture, hours, observation, store
from small_store import request, rows

from backref import pipeline
from backref.errors import NotHeld, UsageError
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord
from backref.lake.rules import Channel, Rule
from backref.ledger.build import LEDGER
from backref.links.build import LINKS, PAGES, REFERRING_DOMAINS
from backref.watch import build
from backref.watch import store as watching
from backref.watch.happening import Happening, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.watch.store import Pack

SITE = "shop.example"
BLOG, NEWS, GOAL = "https://blog.example/post", "https://news.example/a", f"https://{SITE}/sale"
DAY = 24


def seen(page: str, day: float, **told: Any) -> list[dict[str, Any]]:
    at = hours(day * DAY)
    told = {"rel": "", "nofollow": False, "status": 200, **told}
    return [observation(page, GOAL, at, "check", **told), capture(page, at, witness="check")]


def missed(page: str, day: float) -> list[dict[str, Any]]:
    return [capture(page, hours(day * DAY), witness="check")]


LIFE = [
    (0, seen(BLOG, 0, anchor="shop")),
    (1, seen(NEWS, 1, anchor="sale")),
    (12, missed(BLOG, 10) + missed(BLOG, 12)),
    (13.2, missed(NEWS, 13) + seen(NEWS, 13.2, anchor="sale")),
    (15, seen(BLOG, 15, anchor="shop")),
    (20, seen(NEWS, 20, anchor="sale", rel="nofollow", nofollow=True)),
    (22, seen(NEWS, 22, anchor="sale", rel="nofollow", nofollow=True)),
    (32, missed(NEWS, 30) + missed(NEWS, 32) + missed(NEWS, 34)),
]
"""Lost on day 12 and back on day 15; nofollow on day 20, proved on 22; lost on 32 for good."""
STAGES = (PAGES, LINKS, REFERRING_DOMAINS, LEDGER)


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lake(tmp_path: Path, clock: Clock) -> Iterator[Lake]:
    with Lake.create(tmp_path / "store", clock=clock) as lake:
        lake.save_site(SiteRecord(SITE))
        lake.rules.save_channel(Channel("me", "https://hook.example/"))
        yield lake


def worded(pack: Pack) -> dict[str, object]:
    return {"subject": pack.rule.condition, "text": "", "told": [one.kind for one in pack.told]}


Told = dict[str, list[tuple[float, str, str]]]
ASKED = {
    "lost": Rule(SITE, "lost", "lost"),
    "changed": Rule(SITE, "changed", "changed"),
    "new": Rule(SITE, "new domain", "new"),
    "weekly": Rule(SITE, "new domain", "weekly", digest="mon 08:00"),
    "scoped": Rule(SITE, "lost", "scoped", scope={"domain": "news.example"}),
    "many": Rule(SITE, "lost", "many", threshold=1),
    "muted": Rule(SITE, "lost", "muted"),
}
"""Each with a channel of its name."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Lake, Clock, Told]]:
    """A store that lived through `LIFE`: each day imported, built, evaluated, and sent; and
    what was told to each channel on which day. One rule more is made on day 14."""
    clock, told = Clock(), defaultdict(list)
    with Lake.create(tmp_path_factory.mktemp("life") / "store", clock=clock) as lake:
        lake.save_site(SiteRecord(SITE))
        for name in (*ASKED, "late"):
            lake.rules.save_channel(Channel(name, "https://hook.example/"))
        rules = {name: watching.keep(lake, rule, clock.now) for name, rule in ASKED.items()}
        lake.rules.mute(rules["muted"].id, BEGIN + timedelta(days=20))
        for day, facts in LIFE:
            clock.now = BEGIN + timedelta(days=day, minutes=1)
            store(lake, facts)
            pipeline.run(lake, stages=STAGES)
            if day == 15:
                watching.keep(lake, Rule(SITE, "lost", "late"), clock.now)
            watching.evaluate(lake, clock.now)
            watching.pack(lake, clock.now, worded)
            assert day < 30 or watching.evaluate(lake, clock.now) == 0
            while (message := lake.outbox.take()) is not None:
                lake.outbox.sent(message)
                said = message.message
                told[message.channel] += [(day, said["subject"], one) for one in said["told"]]
        yield lake, clock, told


TOLD = {
    "new": [(0, "new domain", "new domain"), (1, "new domain", "new domain")],
    "lost": [(12, "lost", "lost"), (32, "lost", "lost")],
    "changed": [(22, "changed", "nofollowed")],
}


@pytest.mark.slow
def test_each_alert_is_told_once_when_it_is_known_and_the_past_agrees(
    life: tuple[Lake, Clock, Told],
) -> None:
    lake, clock, told = life
    assert {name: told[name] for name in TOLD} == TOLD
    span = Span(BEGIN - timedelta(days=1), clock.now)
    with lake.snapshot() as snapshot:
        tests = {name: watching.replay(lake, snapshot, ASKED[name], span) for name in TOLD}
    replayed = {
        name: [
            ((message.at - BEGIN) / timedelta(days=1), test.rule.condition, one.kind)
            for message in test.messages
            for one in message.told
        ]
        for name, test in tests.items()
    }
    assert {name: sorted(each) for name, each in replayed.items()} == TOLD
    lost = tests["lost"]
    assert (lost.fired, lost.confirmed, lost.refuted, lost.precision) == (2, 1, 1, 0.5)
    assert tests["changed"].confirmed == 1


@pytest.mark.parametrize("name", ["late", "muted", "scoped"])
def test_what_was_known_muted_or_out_of_scope_is_told_to_nobody(
    life: tuple[Lake, Clock, Told], name: str
) -> None:
    """All three rules leave the loss of day 12 untold and tell of that of day 32."""
    assert [day for day, *_ in life[2][name]] == [32]


def test_a_digest_gathers_and_what_is_not_measured_is_below_any_threshold(
    life: tuple[Lake, Clock, Told],
) -> None:
    lake, _, told = life
    assert [day for day, *_ in told["weekly"]] == [1, 12]
    assert sum(one.channel == "weekly" for one in lake.outbox.latest()) == 2
    assert told["many"] == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule(SITE, "nothing", "me"), "watches for"),
        (Rule(SITE, "lost", "you"), "no channel 'you'"),
        (Rule(SITE, "lost", "me", threshold=-1), "from 0 on"),
        (Rule(SITE, "lost", "me", threshold=float("nan")), "from 0 on"),
        (Rule(SITE, "unknown", "me", threshold=0), "days unseen"),
        (Rule(SITE, "lost", "me", scope={"moon": "full"}), "narrowed"),
        (Rule(SITE, "lost", "me", scope={"tag": ""}), "1 to 300"),
        (Rule(SITE, "lost", "me", quiet="night"), "quiet"),
        (Rule(SITE, "lost", "me", digest="often"), "digest"),
    ],
)
def test_what_is_no_rule_is_refused(lake: Lake, clock: Clock, rule: Rule, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        watching.keep(lake, rule, clock.now)
    assert lake.rules.all() == ()


def test_a_channel_in_use_stays_and_a_rule_goes_with_what_it_met(lake: Lake, clock: Clock) -> None:
    rule = watching.keep(lake, Rule(SITE, "lost", "me"), clock.now)
    with pytest.raises(UsageError, match=f"rule {rule.id}"):
        lake.rules.drop_channel("me")
    lake.rules.drop(rule.id)
    lake.rules.drop_channel("me")
    with pytest.raises(NotHeld):
        lake.rules.drop(rule.id)
    assert lake.rules.channels() == ()


def dead(lake: Lake, *days: tuple[int, int, int]) -> None:
    """Days ago, statuses and people of one page."""
    for ago, status, people in days:
        row = request(ago, "/gone", status, people, referrer_host="blog.example", site=SITE)
        swap_in(lake, {"page_days": rows("page_days", row)}, f"{SITE}/{row['day']}", "by hand")


def test_a_dead_page_is_told_once_a_spell_and_judged_by_the_days_after(lake: Lake) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    dead(lake, (40, 404, 4), (38, 404, 4), (37, 404, 9), (20, 404, 8), (15, 200, 5))
    with lake.snapshot() as snapshot:
        site = snapshot.site(SITE)
        span = Span(now - timedelta(days=60), now)
        met = list(build.happenings(snapshot, site, "broken target", 5, span))
        again = list(build.happenings(snapshot, site, "broken target", 8, span))
    assert [(one.known.date().isoformat(), one.measure, one.borne_out) for one in met] == [
        ("2026-10-16", 8, True),
        ("2026-11-03", 8, False),
    ]
    assert [one.measure for one in again] == [8, 8]
    assert {one.page for one in met} == {"/gone"}


def test_a_happening_survives_its_own_words() -> None:
    one = Happening("lost", "lost", BEGIN, "a.example", "00", at_lo=BEGIN, measure=2.0)
    assert Happening.of(one.told()) == one
    assert Happening.of(one.told()).key == one.key


def page(number: int) -> str:
    return f"https://crowd{number:05}.example/"


@pytest.mark.slow
def test_no_number_of_happenings_hides_a_later_one(lake: Lake, clock: Clock) -> None:
    """More domains than are held in memory on their way."""
    few = 3 * 2048 + 5
    store(lake, [row for n in range(few) for row in seen(page(n), n / few)])
    pipeline.run(lake, stages=STAGES)
    clock.now = BEGIN + timedelta(days=2)
    rule = lake.rules.add(Rule(SITE, "new domain", "me"))
    last = lake.rules.add(
        Rule(SITE, "new domain", "me", scope={"domain": f"crowd{few - 1:05}.example"})
    )
    assert watching.evaluate(lake, clock.now) == few + 1
    assert watching.evaluate(lake, clock.now) == 0
    packs: list[watching.Pack] = []

    def worded(each: watching.Pack) -> dict[str, str]:
        packs.append(each)
        return {"subject": "news"}

    assert watching.pack(lake, clock.now, worded) == 3, "more than fits into one message"
    assert [each.rule.id for each in packs] == [rule.id, rule.id, last.id]
    assert len({one.id for each in packs for one in each.waiting}) == few + 1
    assert max(len(each.waiting) for each in packs) == watching.AT_ONCE
    assert watching.pack(lake, clock.now, worded) == 0


def test_a_threshold_is_asked_before_anything_is_left_out(lake: Lake, clock: Clock) -> None:
    store(lake, seen(BLOG, 0))
    pipeline.run(lake, stages=STAGES)
    with lake.snapshot() as snapshot:
        site, span = snapshot.site(SITE), Span(BEGIN - timedelta(days=1), BEGIN + timedelta(days=1))
        for threshold, many in ((0, 1), (1, 0)):
            met = build.happenings(snapshot, site, "new domain", threshold, span)
            assert len(list(met)) == many


def test_a_happening_is_the_same_whoever_is_told_as_its_first() -> None:
    """A domain is new once, whichever of its links came first and when; a dead page is the same
    whoever sent most people to it; a link whichever page of ours it leads to."""
    new = Happening("new domain", "new domain", BEGIN, "a.example", "00", page="/", at_hi=BEGIN)
    earlier = BEGIN - timedelta(days=1)
    assert replace(new, link_id="01", page="/x", known=earlier, at_hi=earlier).key == new.key
    assert replace(new, domain="b.example").key != new.key
    dead = Happening("broken target", "broken target", BEGIN, "a.example", page="/", at_hi=BEGIN)
    assert replace(dead, domain="b.example").key == dead.key
    assert replace(dead, page="/x").key != dead.key
    assert replace(dead, at_hi=earlier).key != dead.key
    lost = Happening("lost", "lost", BEGIN, "a.example", "00", page="/", at_hi=BEGIN)
    assert replace(lost, page="/x", domain="b.example").key == lost.key
    assert replace(lost, link_id="01").key != lost.key


@pytest.mark.parametrize("turn", [1, -1])
def test_of_links_seen_at_one_time_the_same_one_is_told_always(lake: Lake, turn: int) -> None:
    pages = [f"https://blog.example/{name}" for name in "abcdef"][::turn]
    for one in pages:
        store(lake, seen(one, 0))
    pipeline.run(lake, stages=STAGES)
    with lake.snapshot() as snapshot:
        links = snapshot.rows("/* links.first */ select min(link_id) as least from links")
        span = Span(BEGIN - timedelta(days=1), BEGIN + timedelta(days=1))
        (met,) = build.happenings(snapshot, snapshot.site(SITE), "new domain", 0, span)
    assert met.link_id == f"{links[0]['least']:016x}"


@pytest.mark.parametrize("turn", [1, -1])
def test_of_two_that_sent_as_many_to_a_dead_page_the_same_is_told(lake: Lake, turn: int) -> None:
    days = [
        request(9, "/gone", 404, 4, referrer_host=host, site=SITE)
        for host in ("a.example", "b.example")
    ]
    swap_in(lake, {"page_days": rows("page_days", *days[::turn])}, f"{SITE}/{days[0]['day']}", "it")
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with lake.snapshot() as snapshot:
        span = Span(now - timedelta(days=60), now)
        (met,) = build.happenings(snapshot, snapshot.site(SITE), "broken target", 5, span)
    assert met.domain == "b.example"


def test_a_rule_that_is_removed_while_it_is_evaluated_stops_no_other(
    lake: Lake, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, stays = (lake.rules.add(Rule(SITE, "new domain", "me")) for _ in range(2))
    store(lake, seen(BLOG, 0))
    pipeline.run(lake, stages=STAGES)
    clock.now += timedelta(days=1)
    asked = build.ASKED["new domain"]

    def removing(*given: Any) -> Any:
        if gone in lake.rules.all():
            lake.rules.drop(gone.id)
        return asked(*given)

    monkeypatch.setitem(build.ASKED, "new domain", removing)
    assert watching.evaluate(lake, clock.now) == 1
    assert [one.rule for one in lake.rules.due(clock.now, 9)] == [stays]
