"""Looks at pages of real servers on loopback: what is seen, and how a look may end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from farm import Farm, Reply, Request, page

from backref.check.fetched import Ask, Fetched, Outcome
from backref.check.fetcher import Fetcher
from backref.check.robots import Robots
from backref.check.settings import Manners

MANNERS = Manners(
    "https://us.example/", gap=0.0, per_address_gap=0.0, slowness=0.0, backoff=0.0, seconds=30.0
)


def look(farm: Farm, *asks: Ask | str, **manners: Any) -> list[Fetched]:
    """Look at pages of the farm, one after the other."""

    async def run() -> list[Fetched]:
        rules = replace(MANNERS, **manners)
        places = {"resolver": farm.resolver(), "guard": farm.guard()}
        async with Fetcher(rules, **places, authorities=farm.authorities) as fetcher:
            return [await fetcher.fetch(Ask(ask) if isinstance(ask, str) else ask) for ask in asks]

    return asyncio.run(run())


def moved(to: str, status: int = 301, **headers: str) -> Reply:
    return Reply(status=status, headers=(("Location", to), *headers.items()))


def test_a_page_is_seen_as_its_server_sent_it(farm: Farm) -> None:
    farm.site("a.test", {"/x": page("https://b.test/", text="Grüße")})
    fetched = look(farm, "http://a.test/x#top")[0]
    assert fetched.outcome is Outcome.ANSWERED
    assert (fetched.status, fetched.why, fetched.http_version) == (200, "", "1.1")
    assert fetched.url == "http://a.test/x"
    assert "Grüße" in fetched.body.decode()
    assert fetched.header("content-type") == "text/html; charset=utf-8"
    assert fetched.address == farm.sites["a.test"].address
    assert (fetched.truncated, fetched.tls, fetched.robots) == (False, "", "none")
    seen = farm.requests("a.test")
    assert [request.path for request in seen] == ["/robots.txt", "/x"]
    assert seen[1].header("user-agent") == MANNERS.agent
    assert seen[1].header("cookie") is None


def test_http_2_is_spoken_where_the_server_speaks_it() -> None:
    farm = Farm()
    farm.site("two.test", {"/": page(), "/big": Reply(b"x" * 300_000)}, http2=True)
    with farm:
        fetched = look(farm, "https://two.test/", "https://two.test/big")
    assert [look.http_version for look in fetched] == ["2", "2"]
    assert [look.status for look in fetched] == [200, 200]
    assert fetched[1].body == b"x" * 300_000


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("good", ""),
        ("expired", "certificate has expired"),
        ("other name", "hostname mismatch, certificate is not valid for 'tls.test'"),
        ("stranger", "unable to get local issuer certificate"),
    ],
)
def test_a_wrong_certificate_is_kept_and_the_page_read(farm: Farm, kind: str, wrong: str) -> None:
    farm.site("tls.test", {"/": page()}, tls=kind)
    fetched = look(farm, "https://tls.test/")[0]
    assert (fetched.outcome, fetched.status, fetched.tls) == (Outcome.ANSWERED, 200, wrong)


def test_a_server_that_promises_another_protocol_is_left(farm: Farm) -> None:
    farm.site("lies.test", {"/robots.txt": Reply(b"", 404), "/": page()}, tls="lies")
    fetched = look(farm, Ask("https://lies.test/", purpose="robots"))[0]
    assert (fetched.outcome, fetched.status) == (Outcome.PROTOCOL, None)


def test_a_connection_that_rests_is_used_again_and_replaced_when_it_is_gone(farm: Farm) -> None:
    async def once(request: Request) -> None:
        """Says nothing of it, and hangs up after the answer."""
        await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    farm.site("a.test", {"/once": once, "/": page()})
    fetched = look(farm, "http://a.test/once", "http://a.test/", "http://a.test/once")
    assert [look.status for look in fetched] == [200, 200, 200]


def test_redirects_that_never_end_are_left(farm: Farm) -> None:
    farm.site("a.test", {"/": moved("/"), "/robots.txt": Reply(b"", 404)}, others=_on)
    fetched = look(farm, "http://a.test/", "http://a.test/0", redirects=4)
    assert [look.outcome for look in fetched] == [Outcome.TOO_MANY_REDIRECTS] * 2
    assert [len(look.hops) for look in fetched] == [1, 5]
    assert [look.why for look in fetched] == [
        "The redirects lead in a circle.",
        "The redirects lead on and on.",
    ]


def _on(path: str) -> Reply:
    return moved(f"/{int(path[1:]) + 1}")


def test_redirects_are_followed_and_told(farm: Farm) -> None:
    farm.site("a.test", {"/": moved("/b", 302), "/b": moved("https://c.test/d#x", 308)})
    farm.site("c.test", {"/d": page()})
    fetched = look(farm, "http://a.test/")[0]
    assert (fetched.status, fetched.url) == (200, "https://c.test/d")
    assert [(hop.url, hop.status, hop.location) for hop in fetched.hops] == [
        ("http://a.test/", 302, "/b"),
        ("http://a.test/b", 308, "https://c.test/d#x"),
    ]


MONDAY, TUESDAY = "Mon, 01 Jan 2024 00:00:00 GMT", "Tue, 02 Jan 2024 00:00:00 GMT"
KNOWN = Ask("http://a.test/", "page", '"7"', MONDAY, "sha1:BODY")


def test_an_unchanged_page_is_not_sent_again(farm: Farm) -> None:
    farm.site("a.test", {"/": Reply(status=304)})
    fetched = look(farm, KNOWN)[0]
    seen = farm.requests("a.test")[-1]
    assert (seen.header("if-none-match"), seen.header("if-modified-since")) == ('"7"', MONDAY)
    assert fetched.unchanged


def answered(status: int = 304, **headers: str) -> Reply:
    return Reply(status=status, headers=tuple(headers.items()))


@pytest.mark.parametrize(
    ("ask", "reply", "unchanged"),
    [
        (KNOWN, answered(ETag='"7"'), True),
        (KNOWN, answered(ETag='W/"7"'), True),
        (KNOWN, answered(ETag='"8"'), False),
        (KNOWN, answered(ETag='"7"', **{"Last-Modified": TUESDAY}), True),
        (replace(KNOWN, etag=None), answered(**{"Last-Modified": MONDAY}), True),
        (replace(KNOWN, etag=None), answered(**{"Last-Modified": TUESDAY}), False),
        (replace(KNOWN, etag=None, modified=None), answered(), False),
        (replace(KNOWN, etag="\r\nX: 1", modified="ü"), answered(), False),
        (replace(KNOWN, digest=None), answered(), False),
        (Ask("http://a.test/"), answered(), False),
        (KNOWN, answered(200, ETag='"7"'), False),
        (replace(KNOWN, url="http://a.test/moved"), answered(), False),
    ],
)
def test_only_who_was_asked_for_a_change_can_say_that_there_is_none(
    farm: Farm, ask: Ask, reply: Reply, unchanged: bool
) -> None:
    farm.site("a.test", {"/": reply, "/moved": moved("/")})
    assert look(farm, ask)[0].unchanged is unchanged
    last = farm.requests("a.test")[-1]
    if not ask.conditions or ask.url.endswith("/moved"):
        assert (last.header("if-none-match"), last.header("if-modified-since")) == (None, None)


async def hangs_up(request: Request) -> None:
    """A server that closes without a word."""


async def never_answers(request: Request) -> None:
    await asyncio.sleep(60)


async def drips(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x"] * 1000, every=0.04)


async def endless_body(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await request.send(b"y" * 65536)


async def endless_head(request: Request) -> None:
    await request.send(
        b"HTTP/1.1 200 OK\r\n", *[b"X-%06d: %s\r\n" % (n, b"a" * 1000) for n in range(10_000)]
    )


async def one_header_of_10_mb(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000_000 + b"\r\n\r\n")


async def too_long_a_length(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<a href=/>half")


async def too_short_a_length(request: Request) -> None:
    await request.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcdHTTP/1.1 200 OK\r\n\r\nsmuggled"
    )


async def two_lengths(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde")


async def no_number(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Length: -7\r\n\r\nabcde")


async def no_http(request: Request) -> None:
    await request.send(b"220 mail.test ESMTP ready\r\n")


async def bad_chunks(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n")


async def continues_for_ever(request: Request) -> None:
    while True:
        await request.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


async def switches(request: Request) -> None:
    await request.send(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc")


async def unknown_coding(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: rot13\r\nContent-Length: 2\r\n\r\nhi")


async def no_gzip(request: Request) -> None:
    await request.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi")


HOSTILE = [
    (hangs_up, Outcome.CONNECT, None, 0),
    (never_answers, Outcome.TIMEOUT, None, 0),
    (drips, Outcome.TIMEOUT, 200, 1000),
    (endless_body, Outcome.ANSWERED, 200, 1 << 20),
    (endless_head, Outcome.PROTOCOL, None, 0),
    (one_header_of_10_mb, Outcome.PROTOCOL, None, 0),
    (too_long_a_length, Outcome.ANSWERED, 200, 14),
    (too_short_a_length, Outcome.ANSWERED, 200, 4),
    (two_lengths, Outcome.PROTOCOL, None, 0),
    (no_number, Outcome.PROTOCOL, None, 0),
    (no_http, Outcome.PROTOCOL, None, 0),
    (bad_chunks, Outcome.ANSWERED, 200, 5),
    (continues_for_ever, Outcome.PROTOCOL, None, 0),
    (switches, Outcome.PROTOCOL, None, 0),
    (unknown_coding, Outcome.PROTOCOL, 200, 0),
    (no_gzip, Outcome.PROTOCOL, 200, 0),
]


@pytest.mark.parametrize(
    ("answer", "outcome", "status", "most"), HOSTILE, ids=[row[0].__name__ for row in HOSTILE]
)
def test_a_hostile_server_ends_one_look_and_nothing_else(
    farm: Farm, answer: Any, outcome: Outcome, status: int | None, most: int
) -> None:
    farm.site("bad.test", {"/": answer, "/good": page(text="good")})
    fetched = look(farm, "http://bad.test/", seconds=2.0, body=1 << 20)[0]
    after = look(farm, "http://bad.test/good")[0]
    assert (fetched.outcome, fetched.status) == (outcome, status)
    assert bool(fetched.why) == (outcome is not Outcome.ANSWERED)
    assert len(fetched.body) <= most
    assert b"good" in after.body
    whole = {"too_short_a_length"}
    if outcome is Outcome.ANSWERED:
        assert fetched.truncated == (answer.__name__ not in whole)


def test_what_nobody_foresaw_ends_one_look_alone(
    farm: Farm, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm.site("a.test", {"/1": page(), "/2": page()})
    real = Robots.verdict

    def verdict(self: Robots, href: str) -> str:
        if href.endswith("/1"):
            raise OverflowError("cannot convert\nfloat infinity")
        return real(self, href)

    monkeypatch.setattr(Robots, "verdict", verdict)
    broken, good = look(farm, "http://a.test/1", "http://a.test/2")
    assert (broken.outcome, good.outcome) == (Outcome.PROTOCOL, Outcome.ANSWERED)
    assert "OverflowError: cannot convert" in broken.why
    assert broken.why.isprintable()


@pytest.mark.parametrize("delay", ["1e30", "1e303", "inf", "nan", "-7"])
def test_a_crawl_delay_out_of_all_bounds_ends_no_run(farm: Farm, delay: str) -> None:
    robots = Reply(f"User-agent: *\nCrawl-delay: {delay}\n".encode())
    farm.site("a.test", {"/robots.txt": robots, "/1": page()})
    fetched = look(farm, "http://a.test/1")[0]
    assert fetched.outcome in (Outcome.POSTPONED, Outcome.ANSWERED)
    assert fetched.next_allowed is None or fetched.next_allowed < 1 << 62
