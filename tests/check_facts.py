"""Looks of our own, as the tests of the journal and of what reads it make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from backref.check.fetched import Ask, Fetched, Hop, Outcome

START = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""
DAY = 86_400_000_000
PAGE = "https://blog.example/post"
LINKING = b"""<html><head><title>A post</title></head><body><main><p>We like
<a href="https://shop.example/shoes" rel="sponsored">good shoes</a> a lot.</p></main></body>"""
SILENT = b"<html><head><title>A post</title></head><body><p>Nothing here.</p></body></html>"


def micros(days: float = 0.0) -> int:
    """UTC in microseconds, so many days after the start."""
    return int(START.timestamp() * 1e6) + int(days * DAY)


def fetched(url: str = PAGE, body: bytes = LINKING, **told: Any) -> Fetched:
    """An answer, 200 with `body` unless told otherwise; `day` is when, `purpose` what for."""
    purpose, day = told.pop("purpose", "page"), told.pop("day", 0.0)
    html = ((b"Content-Type", b"text/html; charset=utf-8"),)
    fields = {
        "ask": Ask(url, purpose=purpose),
        "asked_at": micros(day),
        "seconds": 0.25,
        "outcome": Outcome.ANSWERED,
        "status": 200,
        "url": url,
        "http_version": "HTTP/2",
        "headers": html,
        "body": body,
        "address": "192.0.2.7",
        "robots": "allowed",
    }
    return Fetched(**(fields | told))


def unchanged(url: str = PAGE, digest: str = "sha1:BODY", **told: Any) -> Fetched:
    """The answer of a server that was asked for a page if it had changed, and says it has not."""
    ask = told.pop("ask", Ask(url, "page", '"7"', None, digest))
    return fetched(url, b"", ask=ask, status=304, **told)


def failed(outcome: Outcome, url: str = PAGE, **told: Any) -> Fetched:
    """A look that came to no answer."""
    nothing = {"status": None, "headers": (), "body": b"", "address": None, "http_version": ""}
    return fetched(url, **(nothing | {"outcome": outcome, "why": "It failed."} | told))


def hop(url: str, status: int, location: str) -> Hop:
    """A redirect on the way."""
    return Hop(url, status, location, "192.0.2.7")
