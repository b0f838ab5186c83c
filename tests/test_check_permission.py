"""robots.txt of real servers: redirected, broken, huge, unreachable."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from farm import Farm, Reply, Request, page
from test_check_fetcher import MANNERS, look, moved

from backref.check import permission
from backref.check.fetched import Ask, Outcome
from backref.check.fetcher import Fetcher
from backref.check.history import HostHistory

FORBIDS = Reply(b"User-agent: *\nDisallow: /\n")
DAYS = 86_400_000_000


async def hangs_up(request: Request) -> None:
    """Closes without a word."""


async def endless(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /no\n")
    while True:
        await request.send(b"# and so on\n" * 5000)


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (Reply(b"", 404), Outcome.ANSWERED, "none"),
        (Reply(b"User-agent: *\nDisallow: /", 403), Outcome.ANSWERED, "none"),
        (Reply(b"", 429), Outcome.UNREACHABLE_ROBOTS, "unreachable"),
        (Reply(b"", 500), Outcome.UNREACHABLE_ROBOTS, "unreachable"),
        (Reply(b"User-agent: *\nDisallow: /no\n"), Outcome.ANSWERED, "allowed"),
        (FORBIDS, Outcome.ROBOTS, "disallowed"),
        (Reply(b"User-agent: Backref\nDisallow: /x\n"), Outcome.ROBOTS, "disallowed"),
        (moved("/elsewhere"), Outcome.ROBOTS, "disallowed"),
        (moved("https://b.test/forbids"), Outcome.ROBOTS, "disallowed"),
        (moved("/robots.txt"), Outcome.ANSWERED, "none"),
        (moved("http://10.0.0.1/robots.txt"), Outcome.UNREACHABLE_ROBOTS, "unreachable"),
        (moved("http://nowhere.test/"), Outcome.DNS, "unreachable"),
        (hangs_up, Outcome.CONNECT, "unreachable"),
        (endless, Outcome.ANSWERED, "allowed"),
    ],
)
def test_what_becomes_of_a_page(farm: Farm, answer: Any, outcome: Outcome, said: str) -> None:
    farm.site("a.test", {"/robots.txt": answer, "/x": page(), "/elsewhere": FORBIDS})
    farm.site("b.test", {"/forbids": FORBIDS})
    fetched = look(farm, "http://a.test/x", failures=100)[0]
    assert (fetched.outcome, fetched.robots) == (outcome, said)
    asked = [seen for seen in farm.requests("a.test") if seen.path == "/x"]
    assert len(asked) == (outcome is Outcome.ANSWERED)


def test_one_file_serves_many_pages_and_each_scheme_has_its_own(farm: Farm) -> None:
    farm.site("a.test", {"/1": page(), "/2": page()})
    look(farm, "http://a.test/1", "http://a.test/2", "https://a.test/1", "https://a.test/2")
    paths = [seen.path for seen in farm.requests("a.test")]
    assert paths.count("/robots.txt") == 2


def test_a_redirect_into_what_is_disallowed_is_not_followed(farm: Farm) -> None:
    farm.site("a.test", {"/": moved("http://b.test/no/x")})
    farm.site("b.test", {"/robots.txt": Reply(b"User-agent: *\nDisallow: /no/"), "/no/x": page()})
    fetched = look(farm, "http://a.test/")[0]
    assert (fetched.outcome, fetched.url, fetched.status) == (
        Outcome.ROBOTS,
        "http://b.test/no/x",
        None,
    )
    assert [seen.path for seen in farm.requests("b.test")] == ["/robots.txt"]


def test_the_file_itself_may_always_be_asked(farm: Farm) -> None:
    farm.site("a.test", {"/robots.txt": FORBIDS})
    fetched = look(farm, Ask("http://a.test/robots.txt", purpose="robots"))[0]
    assert (fetched.status, fetched.robots) == (200, "")
    assert len(farm.requests("a.test")) == 1


@pytest.mark.parametrize(
    ("days", "outcome"), [(29, Outcome.UNREACHABLE_ROBOTS), (31, Outcome.ANSWERED)]
)
def test_after_a_month_without_a_file_there_is_none(
    farm: Farm, days: int, outcome: Outcome
) -> None:
    farm.site("a.test", {"/robots.txt": Reply(b"", 503), "/x": page()})

    async def run() -> Outcome:
        places = {"resolver": farm.resolver(), "guard": farm.guard()}
        async with Fetcher(MANNERS, **places) as fetcher:
            since = fetcher.clock.now() - days * DAYS
            fetcher.remember("a.test", HostHistory(robots_unreachable_since=since))
            return (await fetcher.fetch(Ask("http://a.test/x"))).outcome

    assert asyncio.run(run()) is outcome


def test_a_page_behind_a_very_long_crawl_delay_gets_its_turn(farm: Farm) -> None:
    robots = Reply(b"User-agent: *\nCrawl-delay: 3600\n")
    farm.site("a.test", {"/robots.txt": robots, "/1": page(), "/2": page()})
    first, second = look(farm, "http://a.test/1", "http://a.test/2")
    assert (first.outcome, second.outcome) == (Outcome.ANSWERED, Outcome.POSTPONED)
    assert first.next_allowed is not None
    assert first.next_allowed - first.asked_at >= 3_600_000_000
    assert len(farm.requests("a.test")) == 2

    async def again(history: HostHistory) -> Outcome:
        places = {"resolver": farm.resolver(), "guard": farm.guard()}
        async with Fetcher(MANNERS, **places) as fetcher:
            fetcher.remember("a.test", history)
            return (await fetcher.fetch(Ask("http://a.test/2"))).outcome

    known = HostHistory(last_at=first.asked_at, next_allowed=first.next_allowed)
    assert asyncio.run(again(known)) is Outcome.POSTPONED
    assert len(farm.requests("a.test")) == 2
    hour = 5_000_000_000  # with the chance that lengthens it
    known = HostHistory(last_at=first.asked_at - hour, next_allowed=first.next_allowed - hour)
    assert asyncio.run(again(known)) is Outcome.ANSWERED


def test_rules_take_so_much_memory_and_what_was_not_needed_for_long_goes_first(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = b"User-agent: *\n" + b"".join(b"Disallow: /no/%d\n" % n for n in range(400))
    others = b"User-agent: other\n" + long.partition(b"\n")[2]
    for name, body in (("a", long), ("b", long), ("c", others)):
        farm.site(f"{name}.test", {"/robots.txt": Reply(body), "/x": page()})
    monkeypatch.setattr(permission, "MOST_BYTES", 16 * len(long) + 9_000)
    asked = [f"http://{name}.test/x" for name in "aacbcaca"]
    assert {fetched.outcome for fetched in look(farm, *asked)} == {Outcome.ANSWERED}
    files = Counter(seen.host for seen in farm.seen if seen.path == "/robots.txt")
    assert files == {"a.test": 2, "b.test": 1, "c.test": 1}, "what others are told takes no room"
