"""The fields that all access logs share, worked out from those that a format writes instead.

Behind `settled` a table has `address`, `time`, `request` and `status`, and `host`, `referrer`
and `agent` where its lines tell them, whichever format they are in.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

import numpy as np

from backref.sources import logline
from backref.sources.logtable import Column

if TYPE_CHECKING:
    from backref.sources.logtable import Table

NOTHING = b"-"
_ABSOLUTE = re.compile(rb"[A-Z_-]{1,24} ([^ ]*+)")
_ADDRESS = re.compile(logline.ADDRESS)
_URL = re.compile(rb"[a-z][a-z0-9+.-]{0,31}+://([^/?# ]*+)")
_HOST_BEFORE = re.compile(b"(" + logline.HOST + b")/(?!/)")
_HOST = re.compile(logline.HOST)
_REFERRER = re.compile(rb"(?:https?|android-app)://", re.IGNORECASE)
_AGENT = re.compile(rb"[^/ ]+/[^/ ]|[^ ]+ [^ ]+")
_METHOD = re.compile(rb"[A-Z][A-Z_-]{0,23}")
MOST_ADDRESS = 255
MOST_FORWARDED = 32
"""Of so many addresses through which a request came the last ones are looked at."""


def settled(table: Table) -> Table:
    """The table with the fields that hits are made of."""
    columns = dict(table.columns)
    if "url" in columns:
        columns["request"] = columns.pop("url")
        columns["host"] = columns["request"].mapped(_asked_host)
    if "path" in columns:
        if "host" not in columns:
            columns["host"] = columns["path"].mapped(host_before)
        columns["request"] = _request(columns)
    if "captured" in columns:
        captured = columns.pop("captured")
        columns["referrer"] = captured.mapped(lambda values: _first(values, _REFERRER))
        columns["agent"] = captured.mapped(lambda values: _first(values, _AGENT))
    if "forwarded" in columns:
        columns["address"] = _clients(columns.pop("forwarded"), columns.get("address"))
    if "address" in columns and table.places is None:
        columns["address"] = columns["address"].mapped(_clean_address)
    if "host" in columns:
        columns["host"] = columns["host"].mapped(_clean_host)
    return table._replace(columns=columns)


def _asked_host(request: bytes) -> bytes:
    """The host of a request for an absolute URL."""
    found = _ABSOLUTE.match(request)
    return host_before(found[1]) if found else NOTHING


def _clean_address(address: bytes) -> bytes:
    address = address.strip(b" []")
    return address if len(address) <= MOST_ADDRESS and _ADDRESS.fullmatch(address) else NOTHING


def _clean_host(host: bytes) -> bytes:
    return host if _HOST.fullmatch(host) else NOTHING


def _request(columns: dict[str, Column]) -> Column:
    """Request lines from path, method and query. What tells no method was asked for by GET."""
    path = columns.pop("path")
    silent = Column([NOTHING], np.zeros(len(path.numbers), np.int32))
    rest = [columns.pop(name, silent) for name in ("method", "query")]
    rows, numbers = Column.paired(path, *rest)
    return Column([request_line(*row) for row in rows], numbers)


def request_line(path: bytes, method: bytes, query: bytes) -> bytes:
    """A request as browsers write it; nothing where the method is none."""
    asked = b"GET" if method in (NOTHING, b"") else method.upper()
    if not _METHOD.fullmatch(asked):
        return NOTHING
    query = query.removeprefix(b"?")
    if query and query != NOTHING:
        path += b"?" + query
    return b"%b %b HTTP/1.1" % (asked, path.removeprefix(_host_of(path)))


def _host_of(path: bytes) -> bytes:
    """The host that stands right before a path."""
    found = _HOST_BEFORE.match(path)
    return found[1] if found else b""


def host_before(path: bytes) -> bytes:
    """The host of a URL, or that stands before a path."""
    found = _URL.match(path)
    return found[1].rpartition(b"@")[2] if found else _host_of(path) or NOTHING


def _first(values: bytes, looked_for: re.Pattern[bytes]) -> bytes:
    """The first of the captured headers, which bars part, that looks as it should; of a value
    that looks like a referrer nothing else is made."""
    for value in values.split(b"|"):
        if looked_for.match(value) and (looked_for is _REFERRER or not _REFERRER.match(value)):
            return value
    return NOTHING


def _clients(forwarded: Column, nearest: Column | None) -> Column:
    """Who sent each request: the nearest address, unless that is one of a private network and
    so a server of the site's own, in front of which the last public address stood. Without a
    nearest address the first one that is told."""
    if nearest is None:
        return forwarded.mapped(lambda told: _addresses(told)[0])
    rows, numbers = Column.paired(nearest, forwarded)
    return Column([_client(*row) for row in rows], numbers)


def _client(nearest: bytes, forwarded: bytes) -> bytes:
    if _is_public(nearest):
        return nearest
    return next(filter(_is_public, reversed(_addresses(forwarded))), nearest)


def _addresses(told: bytes) -> list[bytes]:
    return [each.strip(b' "[]') for each in told.split(b",")[-MOST_FORWARDED:]]


def _is_public(address: bytes) -> bool:
    """Whether it is an address that the internet knows; a host's name is none."""
    try:
        return ip_address(address.decode("latin-1")).is_global
    except ValueError:
        return False
