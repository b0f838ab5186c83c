"""What alerts and the weekly mail say: hostile words stand in them as text, and all arrives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from alert_receivers import HERE, Mailbox
from lxml import html
from small_store import NOW, SITE, write

from backref.faces.alerting import message, watching, weekly, wording
from backref.faces.query import Store
from backref.lake.lake import Lake
from backref.lake.rules import Channel, Fired, Rule, Waiting
from backref.watch.condition import CONDITIONS
from backref.watch.happening import Happening
from backref.watch.store import Pack

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = (
    "<script>alert(1)</script>\x1b]8;;http://x\x07\u202e\r\nBcc: all@evil.example {{ 7*7 }} $x"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("told") / "store"
    write(path).close()
    with Store(Lake.open(path)) as store:
        yield store


def met(condition: str) -> Happening:
    return Happening(
        condition,
        condition,
        NOW,
        HOSTILE,
        "00000000000000aa",
        f"https://evil.test/{HOSTILE}",
        HOSTILE,
        HOSTILE,
        at_lo=NOW,
        at_hi=NOW,
        before=HOSTILE,
        after=HOSTILE,
        measure=3.0,
    )


@pytest.mark.parametrize("condition", sorted(set(CONDITIONS) - {"weekly"}))
def test_hostile_words_are_text_in_every_part(store: Store, condition: str) -> None:
    rule = Rule(SITE.name, condition, "me", id=3)
    told = message.composed(store, Pack(rule, (Waiting(1, rule, met(condition).told(), NOW),)))
    for part in (told["subject"], *told["text"].split("\n"), *told["html"].split("\n")):
        assert all(character.isprintable() for character in part)
    assert "<script" not in told["html"]
    assert not html.fromstring(told["html"]).xpath("//script | //@*[starts-with(name(),'on')]")


def test_a_flood_is_one_message_that_says_how_many_more(store: Store) -> None:
    rule = Rule(SITE.name, "lost", "me", id=3)
    flood = tuple(Waiting(at, rule, met("lost").told(), NOW) for at in range(3000))
    told = message.composed(store, Pack(rule, flood))
    assert told["subject"] == f"{SITE.name}: 3,000 links lost"
    assert "And 2,950 more." in told["text"]
    assert len(told["alerts"]) == wording.MOST_LINES


def test_the_weekly_mail_has_a_headline_rows_with_lifelines_and_a_plain_twin(store: Store) -> None:
    week = weekly.week(store.site(SITE.name))
    assert 1 <= len(week.rows) <= weekly.ROWS
    assert week.rows[0].what == "lost"
    assert all(sum(run.weeks for run in row.runs) == len(row.strip) == 52 for row in week.rows)
    mail = message.mailed(week, "https://ours.example")
    assert week.headline in mail["subject"]
    assert all(row.strip in mail["text"] for row in week.rows)
    page = html.fromstring(mail["html"])
    assert len(page.xpath("//table[@role='img'][@aria-label]")) == len(week.rows)
    assert not page.xpath("//script | //svg | //link | //img")
    assert all(link.startswith("https://ours.example/") for link in page.xpath("//a/@href"))


def test_a_round_sends_what_is_due_once(store: Store) -> None:
    lake, now = store.lake, datetime.now(UTC)
    with Mailbox().open() as box:
        lake.rules.save_channel(Channel("me", box.url))
        weekly_rule = lake.rules.add(Rule(SITE.name, "weekly", "me"))
        week = Happening("weekly", "weekly", NOW, at_hi=NOW)
        lake.rules.record(weekly_rule.id, [Fired(week.key, week.told(), NOW, now)])
        lake.rules.mute(weekly_rule.id, now + timedelta(days=99))
        first = watching.told(lake, now, allowed={HERE})
        again = watching.told(lake, now, allowed={HERE})
    assert (first.messages, first.sent, again.messages, again.sent) == (1, 1, 0, 0)
    (mail,) = box.mails
    assert mail.is_multipart()
    assert "52 weeks" in mail.get_body(("plain",)).get_content()
