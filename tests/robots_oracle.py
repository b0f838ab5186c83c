"""A plain reading of RFC 9309, written from its text and sharing no code with the product."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

TOKEN = re.compile(r"[A-Za-z_-]+")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def allowed(text: str, target: str, product: str = "backref") -> bool:
    """Whether the path and query may be asked by `product`."""
    if target == "/robots.txt":
        return True
    best, verdict = -1, True
    target = normal(target)
    for allow, pattern in rules(text, product):
        length = len(pattern)
        if matches(pattern, target) and (length > best or (length == best and allow)):
            best, verdict = length, allow
    return verdict


@lru_cache(maxsize=4)
def rules(text: str, product: str) -> list[tuple[bool, str]]:
    """The rules of all groups of the product, else of all groups of everybody."""
    named: dict[str, list[tuple[bool, str]]] = {}
    agents: list[str] = []
    in_rules = False
    for line in re.split(r"\r\n|\r|\n", text):
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if not colon:
            continue
        if key == "user-agent":
            agents = [value.lower()] if in_rules else [*agents, value.lower()]
            in_rules = False
            named.setdefault(value.lower(), [])
        elif key in ("allow", "disallow"):
            in_rules = True
            if value:
                for agent in agents:
                    named.setdefault(agent, []).append((key == "allow", normal(value)))
    for agent, found in named.items():
        if agent == product:
            return found
    return named.get("*", [])


def normal(text: str) -> str:
    """Octets outside of ASCII percent-encoded, unreserved ones not, hex digits upper-case."""
    text = quote(text, safe="".join(map(chr, range(33, 127))))
    return re.sub("%([0-9A-Fa-f]{2})", _plain, text)


def _plain(match: re.Match[str]) -> str:
    byte = unquote_to_bytes(match[0])
    return byte.decode() if byte[0] in UNRESERVED else match[0].upper()


def matches(pattern: str, target: str) -> bool:
    """By the positions that each `*` can reach, one step at a time."""
    begin = re.match(r"[^*$]*", pattern)
    if begin is None or not target.startswith(begin[0]):
        return False
    at = {0}
    for number, letter in enumerate(pattern):
        if letter == "*":
            at = set(range(min(at), len(target) + 1)) if at else at
        elif letter == "$" and number == len(pattern) - 1:
            at = {place for place in at if place == len(target)}
        else:
            at = {place + 1 for place in at if target[place : place + 1] == letter}
    return bool(at)
