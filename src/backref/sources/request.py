"""The request line: what was asked for, and which campaign the query says sent the visitor."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_plus

from backref import data, url
from backref.remembered import remembered
from backref.sources.privacy import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PATH_CHARS = 2_048
MAX_VALUE_CHARS = 200
MAX_PARAMETERS = 64
MEMORY = 16_384
"""Request lines whose meaning is remembered from one chunk to the next."""
_METHOD = re.compile(r"[A-Z][A-Z_-]{0,23}")
_PROTOCOL = re.compile(r"HTTP/\d(?:\.\d)?")
_ABSOLUTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,31}+://[^/?#]*+")
_NAME = re.compile(r"(?=.*[A-Za-z])[\w][\w.\- ]{1,59}")
_EXTENSION = re.compile(r"\.[a-z0-9]{1,11}\Z")
_CAMPAIGN_COLUMNS = ("source", "medium", "campaign", "term", "content", "code")


class Request(NamedTuple):
    """One request line. `asks_for` is view, asset, feed, robots or other, by its path alone;
    `campaign` has the columns of `hits` that its query fills."""

    method: str
    path: str
    page: str
    asks_for: str
    campaign: Mapping[str, str]
    click_id: str | None


NOT_HTTP = Request("-", "-", "-", "other", {}, None)
"""What was logged in place of a request line: nothing, or bytes of another protocol."""


@remembered(MEMORY)
def read(line: str) -> Request:
    """What a request line asks for."""
    method, _, rest = line.partition(" ")
    target = _target(rest)
    if not target or not _METHOD.fullmatch(method):
        return NOT_HTTP
    if absolute := _ABSOLUTE.match(target):
        target = target[absolute.end() :]
    path, _, query = target.partition("#")[0].partition("?")
    path = _kept(path or "/")
    campaign, click_id = _tags(query) if query else ({}, None)
    return Request(method, path, url.path_key(path), asked_for(path), campaign, click_id)


def _target(rest: str) -> str:
    """What follows the method, without the protocol; nothing for what is no target. Without
    a protocol, as HTTP/0.9 asked, only a path is one."""
    before, _, protocol = rest.rpartition(" ")
    target = before.rstrip(" ") if _PROTOCOL.fullmatch(protocol) else ""
    if not target and rest.startswith("/"):
        target = rest
    return target if not target[:1].isspace() else ""


def _kept(path: str) -> str:
    """A path masked and bounded. What is masked is bounded first, for anyone may send much;
    twice over, so that what the bound cuts through is masked whole."""
    return masked(path[: 2 * MAX_PATH_CHARS])[:MAX_PATH_CHARS]


def kind(method: str, status: int, asks_for: str) -> str:
    """What a request was: view, dead, asset, feed, robots or other."""
    if asks_for == "robots":
        return "robots"
    if method == "GET" and status in (404, 410):
        return "dead"
    if asks_for == "view":
        seen = method == "GET" and (200 <= status < 300 or status == 304)
        return "view" if seen else "other"
    return asks_for if method in ("GET", "HEAD") else "other"


def asked_for(path: str) -> str:
    """What a path names, by the endings in `path_kinds.csv`; a page when none is listed."""
    if not path.startswith("/"):
        return "other"
    last = path.rstrip("/").rpartition("/")[2].lower()
    endings = _endings()
    if found := endings.get("/" + last):
        return found
    extension = _EXTENSION.search(last)
    return endings.get(extension[0], "view") if extension else "view"


@cache
def _endings() -> dict[str, str]:
    return {row["ending"]: row["kind"] for row in data.table("path_kinds.csv")}


def _tags(query: str) -> tuple[dict[str, str], str | None]:
    """The campaign columns that a query fills and the name of its most telling click id."""
    known, free = _parameters(), _click_ids()
    found: dict[str, tuple[int, str]] = {}
    clicks = []
    for part in query.split("&", MAX_PARAMETERS)[:MAX_PARAMETERS]:
        name, _, value = part.partition("=")
        name = name.lower()
        if name in free:
            clicks.append(name)
        elif name in known and (text := _value(value, strict=known[name].strict)):
            meant = known[name]
            found[meant.column] = min(
                found.get(meant.column, (meant.rank, text)), (meant.rank, text)
            )
    campaign = {column: text for column, (_, text) in found.items()}
    return campaign, min(clicks, key=free.__getitem__, default=None)


def _value(raw: str, *, strict: bool) -> str:
    text = " ".join(unquote_plus(raw[: 4 * MAX_VALUE_CHARS]).split())
    text = masked(text)[:MAX_VALUE_CHARS]
    return text if text and (not strict or _NAME.fullmatch(text)) else ""


class _Parameter(NamedTuple):
    rank: int
    column: str
    strict: bool


@cache
def _parameters() -> dict[str, _Parameter]:
    rows = data.table("campaign_parameters.csv")
    return {
        row["parameter"]: _Parameter(rank, row["column"], row["strict"] == "strict")
        for rank, row in enumerate(rows)
    }


@cache
def _click_ids() -> dict[str, bool]:
    """Click ids, and whether they prove nothing because free clicks carry them too."""
    bought = {row["parameter"]: False for row in data.table("click_networks.csv")}
    return bought | dict.fromkeys(data.lines("free_click_ids.txt"), True)
