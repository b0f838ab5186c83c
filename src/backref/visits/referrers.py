"""Referring hosts: what class of site one is, and whether it is outside at all."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from backref import data
from backref.url import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_COUNTRY = re.compile(r"\.(?:(?:co|com|net|org|ne|or)\.)?(?:[a-z]{2}|com|net|org)\Z")
_WEBMAIL = re.compile(r"(?:web|w|mail)?mail\d*[a-z]?\.|messagerie\w*\.")
_PREFIXES = ("www.", "m.", "mobile.")


class Network(NamedTuple):
    """What `referrers.csv` says of a host: `kind` is ai, search, mail, video, shopping, social,
    creator, work or paid; `name` the network's."""

    kind: str
    name: str


@lru_cache(maxsize=65_536)
def network(host: str) -> Network | None:
    """The network that a host belongs to, by the most exact entry of the list.

    >>> network("www.google.co.uk"), network("docs.google.com")
    (Network(kind='search', name='Google'), None)
    """
    exact, suffixes = _listed()
    for prefix in ("", *_PREFIXES):
        if host.startswith(prefix) and (found := _first(exact, host[len(prefix) :])):
            return found
    found = next((found for part in _parents(host) if (found := _first(suffixes, part))), None)
    return found or (Network("mail", "Webmail") if _WEBMAIL.match(host) else None)


def _first(listed: dict[str, Network], host: str) -> Network | None:
    return listed.get(host) or listed.get(_COUNTRY.sub(".*", host))


def _parents(host: str) -> Iterator[str]:
    """The host and the domains that it lies under, the longest first."""
    while "." in host:
        yield host
        host = host.partition(".")[2]


@cache
def _listed() -> tuple[dict[str, Network], dict[str, Network]]:
    """Entries for one host, and those for all that lies below it."""
    exact: dict[str, Network] = {}
    suffixes: dict[str, Network] = {}
    for row in data.table("referrers.csv"):
        listed = suffixes if row["host"].startswith("*.") else exact
        listed[row["host"].removeprefix("*.")] = Network(row["class"], row["name"])
    return exact, suffixes


@lru_cache(maxsize=16_384)
def named_network(source: str) -> Network | None:
    """The network that a campaign source means: a host, a host's own name, or a short name."""
    source = source.strip().lower()
    if "." in source:
        return network(source)
    return _names().get(_plain(source))


@cache
def _names() -> dict[str, Network]:
    """Short names. A search engine lends its domain's label only if that is its name too,
    so that `info` or `web` never mean one."""
    names: dict[str, Network] = {}
    for row in data.table("referrers.csv"):
        found = Network(row["class"], row["name"])
        host = row["host"].removeprefix("*.").replace(".*", ".com")
        name, domain = _plain(row["name"]), registrable_domain(host)
        label = domain.partition(".")[0]
        own_domain = host == domain and found.kind not in ("search", "mail")
        for word in {name, label} if own_domain else {name} & {label}:
            names.setdefault(word, found)
    for row in data.table("source_names.csv"):
        if found_by_host := network(row["host"]):
            names[_plain(row["name"])] = found_by_host
    return names


def _plain(name: str) -> str:
    return re.sub(r"[^\w+]", "", name.lower())


class Outside:
    """Tells hosts outside a site from its own and from those that only hand visitors back."""

    def __init__(self, own: Iterable[str]) -> None:
        self._inside = frozenset(own) | frozenset(data.lines("return_hosts.txt"))

    def host(self, host: str) -> str | None:
        """The host that an outside referrer counts as; None for one inside."""
        inside = any(part in self._inside for part in (host, *_parents(host)))
        return None if inside else one_host(host)


@lru_cache(maxsize=65_536)
def is_spammer(host: str) -> bool:
    """Whether the host is on the list of referrer spammers, or below one."""
    listed = _spammers()
    return any(part in listed for part in _parents(host))


@cache
def _spammers() -> frozenset[str]:
    return frozenset(data.lines("referrer_spammers.txt"))


@lru_cache(maxsize=65_536)
def one_host(host: str) -> str:
    """The host as visits and links meet by it: without www., m. or mobile. in front, and a
    network's further hosts by its main one."""
    for prefix in _PREFIXES:
        rest = host.removeprefix(prefix)
        if rest != host and "." in rest:
            host = rest
            break
    return _aliases().get(host, host)


@cache
def _aliases() -> dict[str, str]:
    return {row["host"]: row["same_as"] for row in data.table("host_aliases.csv")}
