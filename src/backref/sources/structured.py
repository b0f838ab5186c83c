"""What scripts and microdata tell: schema.org types, the author, analytics and ad accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from selectolax.lexbor import LexborNode

MOST_JSON_CHARACTERS = 1 << 18
"""A longer JSON-LD script is not read."""
MOST_JSON_NODES = 5_000
MOST_SCRIPT_CHARACTERS = 1 << 17
"""Of one script only so much is searched for accounts."""
MOST_CODE_CHARACTERS = 1 << 20
MOST_FOUND = 64

_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,60}\Z")
_ACCOUNT = re.compile(
    r"(?:(?<![A-Za-z0-9_-])(?:UA-\d{4,10}-\d{1,4}|G-[A-Z0-9]{8,12}|GTM-[A-Z0-9]{4,9}|AW-\d{8,12})"
    r"|(?<![A-Za-z0-9_])pub-\d{10,20})(?![A-Za-z0-9])"
)
_ACCOUNT_MARKS = ("UA-", "G-", "GTM-", "AW-", "pub-")
_MATOMO_SITE = re.compile(r"setSiteId[\"']\s*,\s*[\"']?(\d{1,6})")
_MATOMO_HOST = re.compile(r"//([a-zA-Z0-9.-]{3,100})/[^\"'\s]{0,100}[\"']")


class Structured(NamedTuple):
    """Types and accounts sorted, separated by blanks; the author's name as JSON-LD has it."""

    types: str
    author: str
    analytics: str


def read(scripts: Iterable[LexborNode], itemtypes: Iterable[str]) -> Structured:
    """Read a page's script elements and itemtype attributes."""
    types = {kind for text in itemtypes for kind in _microdata_types(text)}
    authors: list[str] = []
    code: list[str] = []
    for script in scripts:
        attributes = script.attributes
        if source := attributes.get("src"):
            code.append(source[:1000])
        elif "ld+json" in (attributes.get("type") or ""):
            _read_json(script.text(), types, authors)
        else:
            code.append(script.text()[:MOST_SCRIPT_CHARACTERS])
    accounts = set(accounts_in("\n".join(code)[:MOST_CODE_CHARACTERS]))
    return Structured(_joined(types), next(iter(authors), ""), _joined(accounts))


def _joined(found: set[str]) -> str:
    return " ".join(sorted(found)[:MOST_FOUND])


def accounts_in(code: str) -> Iterator[str]:
    """Accounts at Google Analytics, Tag Manager, Ads and AdSense, and sites of a Matomo."""
    for mark in _ACCOUNT_MARKS:
        at = code.find(mark)
        while at >= 0:
            if account := _ACCOUNT.match(code, at):
                yield f"ca-{account[0]}" if mark == "pub-" else account[0]
            at = code.find(mark, at + len(mark))
    if "setSiteId" in code and (site := _MATOMO_SITE.search(code)):
        host = _MATOMO_HOST.search(code)
        yield f"matomo:{host[1].lower() if host else ''}/{site[1]}"


def _microdata_types(text: str) -> Iterator[str]:
    for name in text[:1000].split():
        if "schema.org/" in name and _TYPE.match(kind := name.rpartition("/")[2]):
            yield kind


def _read_json(text: str, types: set[str], authors: list[str]) -> None:
    if len(text) > MOST_JSON_CHARACTERS:
        return
    try:
        loaded = orjson.loads(text)
    except ValueError:
        return
    waiting: list[Any] = [loaded]
    for _ in range(MOST_JSON_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node[:MOST_JSON_NODES]))
        elif isinstance(node, dict):
            types.update(_json_types(node.get("@type")))
            if name := _author_name(node.get("author")):
                authors.append(name)
            waiting.extend(node.values())


def _json_types(value: object) -> Iterator[str]:
    for kind in value if isinstance(value, list) else [value]:
        if isinstance(kind, str) and _TYPE.match(name := kind.rpartition("/")[2]):
            yield name


def _author_name(author: object) -> str:
    first = author[0] if isinstance(author, list) and author else author
    named = first.get("name") if isinstance(first, dict) else first
    return named[:300] if isinstance(named, str) else ""
