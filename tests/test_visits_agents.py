"""User agents: every known crawler is one, and no browser is."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from backref import data
from backref.visits.agents import BOT_WORD, KNOWN_CRAWLER, NO_AGENT, judge

if TYPE_CHECKING:
    from pathlib import Path

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X)"
ANDROID = "Mozilla/5.0 (Linux; Android 15; SM-S931B"
CHROME = "Chrome/142.0.0.0"
BROWSERS = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} {CHROME} Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} {CHROME} Safari/537.36 Edg/142.0.0.0",
    f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/141.0.0.0 Safari/537.36 OPR/125.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {APPLE} Version/26.0 Safari/605.1.15",
    f"{IPHONE} {APPLE} Version/26.0 Mobile/15E148 Safari/604.1",
    f"{IPHONE} {APPLE} GSA/380.0.788317806 Mobile/15E148 Safari/604.1",
    f"Mozilla/5.0 (Linux; Android 16; Pixel 9) {WEBKIT} {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; CUBOT X) {WEBKIT} {CHROME} Mobile Safari/537.36",
    f"{ANDROID}; wv) {WEBKIT} Version/4.0 {CHROME} Mobile Safari/537.36 [FB_IAB/FB4A;]",
    f"{ANDROID}) {WEBKIT} SamsungBrowser/29.0 {CHROME} Mobile Safari/537.36",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} {CHROME} Safari/537.36",
    "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.289 Version/12.02",
)


@pytest.mark.parametrize("text", BROWSERS)
def test_a_browser_is_no_bot(text: str) -> None:
    assert judge(text).reasons == ()
    assert judge(text).bot is None


def test_every_agent_of_a_known_crawler_is_one(shared_data: Path) -> None:
    listed = json.loads((shared_data / "lists/crawler-user-agents.json").read_text("utf-8"))
    texts = [text for entry in listed for text in entry["instances"]]
    assert len(texts) > 2000
    assert [text for text in texts if KNOWN_CRAWLER not in judge(text).reasons] == []


def test_a_real_log_holds_as_many_lines_of_known_crawlers_as_the_list_finds(
    shared_data: Path,
) -> None:
    log = (shared_data / "logs/apache_combined_semicomplete.log").read_text("utf-8", "replace")
    agents = re.findall(r'"([^"]*)"$', log, re.MULTILINE)
    assert sum(KNOWN_CRAWLER in judge(text).reasons for text in agents) == 1479


@pytest.mark.parametrize(
    ("text", "bot", "purpose"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", "Googlebot", "search"),
        (f"Mozilla/5.0 {WEBKIT}; compatible; GPTBot/1.2", "GPTBot", "ai-training"),
        (f"Mozilla/5.0 {WEBKIT}; compatible; ChatGPT-User/1.0", "ChatGPT-User", "ai-user"),
        ("Mozilla/5.0 (compatible; OAI-SearchBot/1.0)", "OAI-SearchBot", "ai-search"),
        ("Mozilla/5.0 (compatible; PerplexityBot/1.0)", "PerplexityBot", "ai-search"),
        ("facebookexternalhit/1.1", "facebookexternalhit", "preview"),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "Slackbot", "preview"),
        ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "AhrefsBot", "seo"),
        ("Mozilla/5.0 (compatible; UptimeRobot/2.0)", "UptimeRobot", "monitor"),
        ("Feedly/1.0", "Feedly", "feed"),
        ("curl/8.5.0", "curl", "tool"),
        ("Mozilla/5.0 zgrab/0.x", "zgrab", "scanner"),
    ],
)  # fmt: skip
def test_a_known_crawler_has_a_name_and_a_purpose(text: str, bot: str, purpose: str) -> None:
    found = judge(text)
    assert (found.reasons, found.bot, found.purpose) == ((KNOWN_CRAWLER,), bot, purpose)


@pytest.mark.parametrize(
    ("text", "bot"),
    [
        ("LumiBot 2.0", "LumiBot"),
        ("Mozilla/5.0 (compatible; BeetleBot; )", "BeetleBot"),
        ("fetch libfetch/2.0", "fetch libfetch"),
        ("MyOwnThing/3 (https://example.org/about)", "MyOwnThing"),
    ],
)
def test_a_word_gives_an_unlisted_machine_away(text: str, bot: str) -> None:
    assert (judge(text).reasons, judge(text).bot) == ((BOT_WORD,), bot)


@pytest.mark.parametrize("text", [None, "", " ", "-"])
def test_an_agent_that_was_not_sent_is_told_so(text: str | None) -> None:
    assert judge(text).reasons == (NO_AGENT,)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", 2001),
        ("Mozilla/5.0 (Windows NT 6.1) Gecko/20100101 Firefox/52.0", 2017),
        (f"Mozilla/5.0 (Windows NT 6.1) {WEBKIT} Chrome/32.0.1700.107 Safari/537.36", 2014),
        (f"Mozilla/5.0 (Windows NT 10.0) {WEBKIT} Chrome/999.0.0.0 Safari/537.36", None),
        ("Opera/9.80 (X11; Linux x86_64) Presto/2.12.388 Version/12.16", None),
    ],
)
def test_a_browser_version_has_a_year(text: str, year: int | None) -> None:
    assert judge(text).year == year


def test_purposes_are_those_that_the_schema_names() -> None:
    named = "search ai-training ai-search ai-user preview monitor seo feed tool scanner other"
    assert {row["purpose"] for row in data.table("bot_purposes.csv")} <= set(named.split())
