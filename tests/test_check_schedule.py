"""Many looks at once: politeness as the servers measured it, and runs that are stopped."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import pytest
from farm import Farm, Reply, Seen, page

from backref import url
from backref.check.fetched import Ask, Fetched, Outcome
from backref.check.fetcher import Fetcher
from backref.check.history import HostHistory
from backref.check.schedule import fetch_all
from backref.check.settings import Manners

GAP = 0.2
ADDRESS_GAP = 0.03
MANNERS = Manners(
    "https://us.example/",
    gap=GAP,
    per_address_gap=ADDRESS_GAP,
    slowness=2.0,
    backoff=0.4,
    patience=30.0,
    hosts_at_once=50,
)
STALL = 0.5
"""A request may be recorded so much later than it left, by a server that had to wait for the
machine. A wait from an answer to the next request is only ever measured as longer than it was."""


def run(farm: Farm, asks: Any, manners: Manners = MANNERS, **rest: Any) -> list[Fetched]:
    async def collect() -> list[Fetched]:
        places = {"resolver": farm.resolver(), "guard": farm.guard()}
        async with Fetcher(manners, **places, authorities=farm.authorities) as fetcher:
            return [fetched async for fetched in fetch_all(asks, fetcher, **rest)]

    return asyncio.run(collect())


def violations(farm: Farm, manners: Manners, delays: dict[str, float] | None = None) -> list[str]:
    """What the servers saw that they should not have: two requests at once, or too near."""
    found = []
    by_domain: dict[str, list[Seen]] = {}
    by_address: dict[str, list[Seen]] = {}
    for seen in sorted(farm.seen, key=lambda seen: seen.at):
        by_domain.setdefault(url.registrable_domain(seen.host), []).append(seen)
        by_address.setdefault(seen.address, []).append(seen)
    for domain, requests in by_domain.items():
        gap = max(manners.gap, (delays or {}).get(domain, 0.0))
        for first, second in pairwise(requests):
            wanted = max(gap, manners.slowness * (first.done - first.at))
            if second.at - first.done < wanted:
                waited = f"{second.at - first.done:.3f} of {wanted:.3f}"
                found.append(f"{domain} {second.path}: {waited}")
    for address, requests in by_address.items():
        for number, first in enumerate(requests):
            for further, second in enumerate(requests[number + 1 : number + 100], 1):
                if second.at - first.at < further * manners.per_address_gap - STALL:
                    found.append(f"{address}: {further} in {second.at - first.at:.3f}")
    return found


def grown(farm: Farm, chance: random.Random, hosts: int, pages: int) -> list[Ask]:
    """Sites of all kinds on few addresses, several hosts to a domain; what to ask of them."""
    asks = []
    for number in range(hosts):
        domain = f"d{number // 2}.test"
        host = domain if number % 2 else f"www.{domain}"
        answers: dict[str, Any] = {f"/{at}": _answer(chance, domain, at) for at in range(pages)}
        if number % 7 == 0:
            answers["/robots.txt"] = Reply(f"User-agent: *\nCrawl-delay: {GAP * 2}".encode())
        farm.site(host, answers, tls=chance.choice(["good", "expired"]))
        scheme = chance.choice(["http", "https"])
        asks += [Ask(f"{scheme}://{host}/{at}") for at in range(pages)]
    chance.shuffle(asks)
    return asks


def _answer(chance: random.Random, domain: str, at: int) -> Reply:
    kind = chance.randrange(12)
    if kind == 0:
        return Reply(status=301, headers=(("Location", f"http://{domain}/{at}?again"),))
    if kind == 1:
        return Reply(
            status=302, headers=(("Location", f"https://d{chance.randrange(3)}.test/0?{at}"),)
        )
    if kind == 2:
        return dataclasses.replace(page(), delay=0.05)
    if kind == 3:
        return Reply(b"gone", 404)
    return page()


def test_no_server_is_asked_too_often() -> None:
    farm = Farm(addresses=8)
    with farm:
        asks = grown(farm, random.Random(5), hosts=40, pages=4)
        found = run(farm, asks)
        assert Counter(look.ask for look in found) == Counter(asks)
        assert violations(farm, MANNERS) == []
        assert len(farm.seen) > 200


@pytest.mark.torture
def test_no_server_is_asked_too_often_in_ten_thousand_pages() -> None:
    farm = Farm(addresses=100)
    with farm:
        asks = grown(farm, random.Random(6), hosts=500, pages=20)
        found = run(farm, asks, dataclasses.replace(MANNERS, hosts_at_once=400, patience=600.0))
        assert Counter(look.ask for look in found) == Counter(asks)
        assert violations(farm, MANNERS) == []
        assert len(farm.seen) > 10_000


def test_a_crawl_delay_is_kept() -> None:
    farm = Farm(addresses=4)
    with farm:
        farm.site("a.test", {"/robots.txt": Reply(b"User-agent: *\nCrawl-delay: 0.5")})
        run(farm, [Ask(f"http://a.test/{at}") for at in range(3)])
        assert violations(farm, MANNERS, {"a.test": 0.5}) == []
        assert len(farm.seen) == 4


def test_retry_after_is_kept() -> None:
    with Farm(addresses=4) as farm:
        busy = Reply(b"", 503, headers=(("Retry-After", "1"),))
        farm.site("a.test", {"/1": busy, "/2": page()})
        found = run(farm, [Ask("http://a.test/1"), Ask("http://a.test/2")])
        assert [look.status for look in found] == [503, 200]
        assert found[0].next_allowed is not None
        assert found[0].next_allowed - found[0].asked_at >= 1_000_000
        first, second = farm.seen[1:]
        assert second.at - first.done >= 1.0


def test_three_failures_postpone_the_rest() -> None:
    with Farm(addresses=4) as farm:
        farm.site("a.test", {"/robots.txt": Reply(b"", 404)}, others=Reply(b"", 500))
        farm.site("b.test", others=page())
        asks = [Ask(f"http://a.test/{at}") for at in range(6)] + [Ask("http://b.test/")]
        found = run(farm, asks)
        outcomes = Counter(look.outcome for look in found if "a.test" in look.ask.url)
        assert outcomes == {Outcome.ANSWERED: 3, Outcome.POSTPONED: 3}
        waits = [second.at - first.done for first, second in pairwise(farm.requests("a.test")[1:])]
        assert [wait >= least for wait, least in zip(waits, (0.4, 0.8), strict=True)] == [
            True,
            True,
        ]
        postponed = [look for look in found if look.outcome is Outcome.POSTPONED]
        assert all(look.next_allowed and "left alone" in look.why for look in postponed)


def test_what_earlier_runs_know_is_heeded() -> None:
    with Farm(addresses=4) as farm:
        farm.site("a.test", others=page())
        farm.site("b.test", others=page())
        now = Fetcher(MANNERS, resolver=farm.resolver()).clock.now()
        history = {"a.test": HostHistory(last_at=now, today=MANNERS.daily_cap)}
        found = run(farm, [Ask("http://a.test/"), Ask("http://b.test/")], history=history)
        assert {look.ask.url: look.outcome for look in found} == {
            "http://a.test/": Outcome.POSTPONED,
            "http://b.test/": Outcome.ANSWERED,
        }
        assert farm.requests("a.test") == []


def test_each_page_and_where_it_leads_is_announced_once_before_it_is_asked() -> None:
    with Farm(addresses=4) as farm:
        moved = Reply(status=302, headers=(("Location", "/b"),))
        farm.site("a.test", {"/a": moved, "/b": page()})
        farm.site("no.test", {"/robots.txt": Reply(b"User-agent: *\nDisallow: /")})
        announced: list[tuple[str, str, int]] = []

        async def before(ask: Ask, url: str) -> None:
            path = url.removeprefix("http://a.test")
            announced.append((ask.url, path, sum(seen.path == path for seen in farm.seen)))

        run(
            farm,
            [Ask("http://a.test/a"), Ask("http://no.test/x"), Ask("http://10.0.0.1/")],
            before=before,
        )
        assert announced == [("http://a.test/a", "/a", 0), ("http://a.test/a", "/b", 0)]


def test_what_goes_wrong_before_a_request_ends_the_run() -> None:
    with Farm(addresses=4) as farm:
        farm.site("a.test", others=page())

        async def full(ask: Ask, url: str) -> None:
            raise OSError("no space left")

        with pytest.raises(OSError, match="no space"):
            run(farm, [Ask(f"http://a.test/{at}") for at in range(5)], before=full)
        assert [seen.path for seen in farm.seen] == ["/robots.txt"]


def test_hosts_that_share_an_address_keep_no_other_waiting() -> None:
    manners = dataclasses.replace(MANNERS, hosts_at_once=2, per_address_gap=0.3)
    with Farm(addresses=4) as farm:
        for number in range(8):
            farm.site(f"s{number}.test", address="127.0.1.1", others=page())
        farm.site("alone.test", address="127.0.1.2", others=page())
        asks = [Ask(f"http://s{number}.test/") for number in range(8)]
        found = run(farm, [*asks, Ask("http://alone.test/")], manners)
        assert {look.status for look in found} == {200}
        assert [look.ask.url for look in found].index("http://alone.test/") < 4
        assert violations(farm, manners) == []


def test_a_run_that_is_left_stops_at_once() -> None:
    with Farm(addresses=4) as farm:
        for number in range(20):
            farm.site(f"s{number}.test", others=dataclasses.replace(page(), delay=0.1))

        async def endless() -> AsyncIterator[Ask]:
            number = 0
            while True:
                yield Ask(f"http://s{number % 20}.test/{number}")
                number += 1
                await asyncio.sleep(0)

        async def leave() -> int:
            places = {"resolver": farm.resolver(), "guard": farm.guard()}
            async with Fetcher(MANNERS, **places) as fetcher:
                run = fetch_all(endless(), fetcher)
                async for _ in run:
                    break
                await run.aclose()
            return len(asyncio.all_tasks())

        assert asyncio.run(leave()) == 1


def test_results_that_nobody_takes_hold_back_requests() -> None:
    manners = dataclasses.replace(
        MANNERS, gap=0.0, slowness=0.0, per_address_gap=0.0, hosts_at_once=2
    )
    with Farm(addresses=4) as farm:
        for number in range(30):
            farm.site(f"s{number}.test", others=page())

        async def slowly() -> int:
            places = {"resolver": farm.resolver(), "guard": farm.guard()}
            async with Fetcher(manners, **places) as fetcher:
                run = fetch_all([Ask(f"http://s{number}.test/x") for number in range(30)], fetcher)
                await anext(run)
                await asyncio.sleep(0.5)
                asked = sum(seen.path == "/x" for seen in farm.seen)
                await run.aclose()
            return asked

        assert asyncio.run(slowly()) <= 1 + 2 * manners.hosts_at_once


def test_large_bodies_come_in_one_after_the_other_where_memory_holds_one(farm: Farm) -> None:
    size = 1 << 20
    for number in range(4):
        farm.site(f"large{number}.test", {"/": Reply(b"x" * size)})
    farm.site("small.test", {"/": page(text="small")})
    hosts = [*(f"large{number}.test" for number in range(4)), "small.test"]
    manners = dataclasses.replace(MANNERS, body=2 << 20, memory=2 << 20)
    fetched = run(farm, [Ask(f"http://{host}/") for host in hosts], manners)
    assert {look.outcome for look in fetched} == {Outcome.ANSWERED}
    assert sorted(len(look.body) for look in fetched)[1:] == [size] * 4
    assert not any(look.truncated for look in fetched)


def test_a_large_body_that_never_ends_keeps_no_small_one_from_coming(farm: Farm) -> None:
    async def drips(request: Any) -> None:
        head = b"HTTP/1.1 200 -\r\nContent-Length: 9000000\r\n\r\n"
        await request.send(head + b"x" * (1 << 20))
        await asyncio.sleep(3.0)

    farm.site("drips.test", {"/": drips})
    farm.site("small.test", {"/": page(text="small")})
    manners = dataclasses.replace(MANNERS, body=2 << 20, memory=2 << 20, seconds=2.0)
    fetched = run(farm, [Ask("http://drips.test/"), Ask("http://small.test/")], manners)
    assert [(look.ask.url, look.truncated) for look in fetched] == [
        ("http://small.test/", False),
        ("http://drips.test/", True),
    ]
