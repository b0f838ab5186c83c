"""Which URLs and addresses may be asked at all: the wall around the networks of whoever runs us.

A URL is read by the one parser of the house, so that nothing is checked in one reading and asked
in another. A name is no more than a promise: each address that it leads to is judged, and the
connection is made to a judged address. OWASP, Server-Side Request Forgery Prevention.
"""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from backref import data, url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.url import Url

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 8192
DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_BITS = 0xFFFFFFFF


class Refused(Exception):
    """What was asked for may not be asked; the message says why, in a plain sentence."""


class Guard:
    """Judges URLs and addresses. `allowed` addresses pass although their network does not: it is
    for tests, and for code that looks at its own machine on purpose."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = frozenset(allowed)

    def url(self, text: str, ports: frozenset[int], base: str | None = None) -> Url:
        """The URL that may be asked, resolved against `base`. Raises Refused."""
        parsed = url.parse(text, base) if len(text) <= LONGEST_URL else None
        if parsed is None:
            raise Refused(f"{shown(text)} is no web address.")
        if "@" in _authority(parsed):
            raise Refused(f"{shown(parsed.href)} carries a user name, which is never sent.")
        if (named := port(parsed)) not in ports:
            raise Refused(f"{shown(parsed.href)} names the port {named}, which is not asked.")
        self._host(parsed.host, text, base)
        return parsed

    def _host(self, host: str, text: str, base: str | None) -> None:
        address = literal(host)
        if address is None:
            if reason := refused_name(host):
                raise Refused(f"{shown(host)} {reason}.")
            return
        if isinstance(address, ipaddress.IPv4Address) and not _spelled_out(host, text, base):
            raise Refused(f"{shown(text)} hides the address {host} in another spelling.")
        self.address(str(address))

    def address(self, text: str) -> None:
        """Raise Refused unless pages may be asked from this address."""
        if text in self._allowed:
            return
        if reason := refused_address(text):
            raise Refused(f"{text} is not asked: {reason}.")


def literal(host: str) -> Address | None:
    """The address that a parsed host is, None when it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def port(parsed: Url) -> int:
    """The port that a URL leads to."""
    return int(parsed.port) if parsed.port else DEFAULT_PORTS[parsed.scheme]


def refused_name(host: str) -> str:
    """Why a name is not asked, as the end of a sentence; empty when it is."""
    if "." not in host:
        return "is a name of a local network"
    labels = host.split(".")
    if any(".".join(labels[at:]) in _names() for at in range(len(labels))):
        return "is a name of this machine, its network or its cloud"
    return ""


@lru_cache(maxsize=65_536)
def refused_address(text: str) -> str:
    """Why an address is not asked, as the end of a sentence; empty when it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "it is no address"
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id:
            return "it names a network card"
        if (carried := _carried(address)) is not None:
            return refused_address(str(carried))
    return next((f"{network} is {what}" for network, what in _networks() if address in network), "")


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which a mapped, NAT64 or 6to4 address leads."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & _IPV4_BITS)
    return address.ipv4_mapped or address.sixtofour


@cache
def _networks() -> tuple[tuple[Network, str], ...]:
    return tuple(
        (ipaddress.ip_network(row["network"]), row["what"])
        for row in data.table("refused_networks.csv")
    )


@cache
def _names() -> frozenset[str]:
    return frozenset(data.lines("refused_hosts.txt"))


def _authority(parsed: Url) -> str:
    """What stands between the slashes: user name, host and port. In the normal form an `@` in it
    can be nothing but the end of a user name."""
    return parsed.href.partition("://")[2].partition("/")[0].partition("?")[0]


def _spelled_out(host: str, text: str, base: str | None) -> bool:
    """Whether an address stands in the text as it is, or in the base that the text builds on."""
    return text.startswith(host) or any(f"//{host}" in part for part in (text, base or ""))


def shown(text: str, most: int = 200) -> str:
    """A text from outside as it may stand in a sentence: short, and nothing but letters."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return short if short.isprintable() else ascii(short)[1:-1]
