"""What may be asked: URLs in all their spellings, addresses, and names that lead astray.

The canary is a server on an address of loopback that is not allowed. The interpreter tells of
every connection, so that "no packet" is meant literally.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable

import pytest
from farm import Farm, Reply
from farm.packets import only_to
from hypothesis import given
from hypothesis import strategies as st

from backref.check.fetched import Ask, Fetched, Outcome
from backref.check.fetcher import Fetcher
from backref.check.guard import Guard, Refused, refused_address
from backref.check.resolver import Endpoint
from backref.check.schedule import fetch_all
from backref.check.settings import Manners

ADDRESSES = """
    0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1
    127.255.255.254 168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1
    172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255
    198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.255 240.0.0.1
    255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:127.0.0.1
    64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 100::1 2001::1 2001:2::1 2001:10::1
    2001:db8::1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe:: 3fff::1 5f00::1 fc00::1
    fd00:ec2::254 fd12:3456::1 fe80::1 fec0::1 ff02::1 ff05::1:3
""".split()  # noqa: SIM905
SPELLINGS = r"""
    http://127.0.0.1:{port}/ http://2130706433:{port}/ http://0x7f000001:{port}/
    http://0x7f.0.0.1:{port}/ http://0177.0.0.1:{port}/ http://017700000001:{port}/
    http://127.1:{port}/ http://127.0.1:{port}/ http://0:{port}/ http://127.0.0.1.:{port}/
    http://0x7f.1:{port}/ http://127.0.0.0x1:{port}/ http://%31%32%37.0.0.1:{port}/
    http://１２７.０.０.１:{port}/ http://127。0。0。1:{port}/ http://①②⑦.0.0.1:{port}/
    http:127.0.0.1:{port}/ http:\\127.0.0.1:{port}\ http:///127.0.0.1:{port}/
    http://good.test@127.0.0.1:{port}/ http://good.test:80@127.0.0.1:{port}/
    http://good.test%40127.0.0.1:{port}/ http://127.0.0.1:{port}\@good.test/
    http://127.0.0.1:{port}#@good.test/ http://good.test:pw@127.0.0.1:{port}/
    http://[::1]:{port}/ http://[::]:{port}/ http://[0:0:0:0:0:0:0:1]:{port}/
    http://[::ffff:127.0.0.1]:{port}/ http://[::ffff:7f00:1]:{port}/ http://[::127.0.0.1]:{port}/
    http://[64:ff9b::7f00:1]:{port}/ http://[2002:7f00:1::]:{port}/ http://[fe80::1%25lo]:{port}/
    http://localhost:{port}/ http://LOCALHOST:{port}/ http://localhost.:{port}/
    http://a.localhost:{port}/ http://printer.local:{port}/ http://intranet:{port}/
    http://metadata.google.internal:{port}/ http://metadata.google.internal.:{port}/
    http://db.internal:{port}/ http://169.254.169.254/latest/ http://[fd00:ec2::254]/latest/
    http://0xa9fea9fe/latest/ http://good.test:22/ http://good.test:6379/ http://good.test:0/
    http://good.test:65535/ ftp://127.0.0.1:{port}/ file:///etc/passwd gopher://127.0.0.1:{port}/_x
    javascript:alert(1) data:text/html,x ws://127.0.0.1:{port}/ http://127.0.0.1%00.good.test:{port}/
    http://x.y.localhost:{port}/ http://loc{a}lhost:{port}/ http://10.1:{port}/
    http://0300.0250.0.1:{port}/ http://0x0a000001:{port}/ http://100.64.0.1:{port}/
    http://good.test{nul}@127.0.0.1:{port}/ http://{nul}127.0.0.1:{port}/ http://127.0.0.1{tab}:{port}/
""".split()  # noqa: SIM905
PURPOSES = ["page", "target", "robots", "feed", "sitemap", "canonical"]


class Canary:
    """Listens on 127.0.0.1, which the farm's guard does not let pass."""

    def __init__(self) -> None:
        self.visits = 0

    async def __aenter__(self) -> Canary:
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        await reader.read(1000)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
        writer.close()


class Leading:
    """A resolver whose answers are written down, else those of the farm."""

    def __init__(self, farm: Farm, answers: dict[str, list[list[str]]]) -> None:
        self._farm = farm.resolver()
        self._answers = answers

    async def resolve(self, host: str, port: int) -> tuple[Endpoint, ...]:
        if (left := self._answers.get(host)) is None:
            return await self._farm.resolve(host, port)
        found = left.pop(0) if len(left) > 1 else left[0]
        real = self._farm_port(port)
        return tuple(Endpoint(address, real) for address in found)

    def _farm_port(self, port: int) -> int:
        return {80: self._farm.port("http"), 443: self._farm.port("https")}.get(port, port)


def targets(port: int) -> list[str]:
    letters = {"port": port, "nul": "\0", "tab": "\t", "a": "\u0430"}
    return [text.format(**letters) for text in SPELLINGS]


def attempt(
    farm: Farm,
    asks: Callable[[int], list[Ask]],
    answers: dict[str, list[list[str]]] | None = None,
    guard: Guard | None = None,
) -> tuple[list[Fetched], int]:
    """Look, with the canary's port among those that may be asked; also the canary's visits."""

    async def run() -> tuple[list[Fetched], int]:
        async with Canary() as canary:
            manners = Manners(
                "https://us.example/",
                gap=0.0,
                per_address_gap=0.0,
                slowness=0.0,
                backoff=0.0,
                failures=10_000,
                ports=frozenset({80, 443, canary.port}),
            )
            fetcher = Fetcher(
                manners,
                resolver=Leading(farm, answers or {}),
                guard=guard or farm.guard(),
                authorities=farm.authorities,
            )
            async with fetcher:
                found = [look async for look in fetch_all(asks(canary.port), fetcher)]
            return found, canary.visits

    return asyncio.run(run())


def places(farm: Farm) -> frozenset[str]:
    return frozenset(site.address for site in farm.sites.values())


def test_there_are_enough_targets() -> None:
    assert len({*targets(1)}) >= 60
    assert len({*ADDRESSES}) >= 50


def test_the_canary_can_be_seen(farm: Farm) -> None:
    """Else its silence would say nothing."""
    guard = Guard(allowed=["127.0.0.1"])
    found, visits = attempt(farm, lambda port: [Ask(f"http://127.0.0.1:{port}/")], guard=guard)
    assert (found[0].body, visits) == (b"secret", 2)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_spelling_of_a_target_is_asked(farm: Farm, purpose: str) -> None:
    farm.site("good.test", others=Reply(b"good"))
    with only_to(places(farm)) as watch:
        found, visits = attempt(
            farm, lambda port: [Ask(text, purpose=purpose) for text in targets(port)]
        )
    assert {look.outcome for look in found} <= {Outcome.REFUSED}, not_refused(found)
    assert (visits, watch.connected, watch.looked_up) == (0, [], [])


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_redirect_leads_to_a_target(farm: Farm, purpose: str) -> None:
    hosts = [f"r{number}.test" for number in range(len(SPELLINGS))]

    def asks(port: int) -> list[Ask]:
        for host, text in zip(hosts, targets(port), strict=True):
            location = "".join(letter for letter in text if letter not in "\0\r\n")
            encoded = location.encode().decode("latin-1")
            moved = Reply(status=302, headers=(("Location", encoded),))
            farm.sites[host].pages["/"] = moved
        return [Ask(f"http://{host}/", purpose=purpose) for host in hosts]

    for host in hosts:
        farm.site(host)
    with only_to(places(farm)) as watch:
        found, visits = attempt(farm, asks)
    # A relative reference is none of the target's, and stays on the site that may be asked.
    away = [look for look in found if look.outcome is not Outcome.REDIRECT_REFUSED]
    assert all(look.url.startswith(look.ask.url[:-1]) for look in away), not_refused(away)
    assert len(away) <= 6, not_refused(away)
    assert (visits, watch.looked_up) == (0, [])
    assert set(watch.connected) <= places(farm)


def test_no_robots_txt_leads_to_a_target(farm: Farm) -> None:
    hosts = [f"r{number}.test" for number in range(len(SPELLINGS))]

    def asks(port: int) -> list[Ask]:
        for host, text in zip(hosts, targets(port), strict=True):
            location = text.replace("\0", "").encode().decode("latin-1")
            moved = Reply(status=301, headers=(("Location", location),))
            farm.sites[host].pages["/robots.txt"] = moved
        return [Ask(f"http://{host}/") for host in hosts]

    for host in hosts:
        farm.site(host)
    with only_to(places(farm)) as watch:
        found, visits = attempt(farm, asks)
    assert len(found) == len(hosts)
    assert (visits, watch.looked_up) == (0, [])
    refused = [look for look in found if look.outcome is Outcome.UNREACHABLE_ROBOTS]
    assert len(refused) >= len(hosts) - 6, not_refused(found)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_name_leads_to_a_target(farm: Farm, scheme: str) -> None:
    answers = {f"n{number}.test": [[address]] for number, address in enumerate(ADDRESSES)}
    farm.site("good.test")
    with only_to(places(farm)) as watch:
        found, visits = attempt(
            farm, lambda _: [Ask(f"{scheme}://{name}/") for name in answers], answers
        )
    assert {look.outcome for look in found} == {Outcome.REFUSED}, not_refused(found)
    assert (visits, watch.connected) == (0, [])


def test_one_bad_address_among_good_ones_is_enough(farm: Farm) -> None:
    good = farm.site("good.test").address
    with only_to(places(farm)) as watch:
        found, _ = attempt(
            farm, lambda _: [Ask("http://mixed.test/")], {"mixed.test": [[good, "10.0.0.1"]]}
        )
    assert (found[0].outcome, watch.connected) == (Outcome.REFUSED, [])


def test_a_name_that_changes_its_mind_is_asked_where_it_was_judged(farm: Farm) -> None:
    """The name leads to the farm when it is judged and to the canary ever after: the connection
    goes to what was judged, and the next request is judged anew."""
    good = farm.site("flips.test", {"/": Reply(b"good")}, others=Reply(status=404)).address
    for robots_first in (True, False):
        answers = {"flips.test": [[good]] * (2 if robots_first else 1) + [["127.0.0.1"]]}
        with only_to(places(farm)) as watch:
            found, visits = attempt(
                farm, lambda _: [Ask("http://flips.test/"), Ask("http://flips.test/b")], answers
            )
        first = Outcome.ANSWERED if robots_first else Outcome.REFUSED
        assert [look.outcome for look in found] == [first, Outcome.REFUSED]
        assert (visits, set(watch.connected)) == (0, {good})


def test_a_redirect_is_judged_by_the_address_of_its_name(farm: Farm) -> None:
    farm.site("a.test", {"/": Reply(status=302, headers=(("Location", "http://inside.test/"),))})
    with only_to(places(farm)):
        found, visits = attempt(
            farm, lambda _: [Ask("http://a.test/")], {"inside.test": [["192.168.1.1"]]}
        )
    assert (found[0].outcome, visits) == (Outcome.REDIRECT_REFUSED, 0)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "198.17.0.1",
        "2606:4700::1",
        "2a00:1450::1",
        "64:ff9b::8.8.8.8",
        "2002:808:808::",
        "::ffff:1.1.1.1",
    ],
)
def test_public_addresses_are_asked(address: str) -> None:
    assert refused_address(address) == ""


@given(st.ip_addresses())
def test_nothing_private_by_the_library_passes(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    carried = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if not (carried or address).is_global:
        assert refused_address(str(address)) or address in ipaddress.ip_network("64:ff9b::/96")


@given(
    st.text(max_size=60) | st.text("0123456789.xabf:[]@/\\%", max_size=40).map("http://".__add__)
)
def test_any_text_is_a_public_url_or_refused(text: str) -> None:
    try:
        parsed = Guard().url(text, frozenset({80, 443}))
    except Refused as refused:
        said = str(refused)
        assert said.isprintable()
    else:
        assert parsed.scheme in ("http", "https")
        assert "@" not in parsed.href.split("/")[2]


def not_refused(found: list[Fetched]) -> list[tuple[str, str, str]]:
    return [
        (look.ask.url, look.outcome, look.why) for look in found if "refused" not in look.outcome
    ]
