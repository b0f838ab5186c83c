"""What was asked of the web, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

LONGEST_HEADER = 1024
NOT_MODIFIED = 304


class Outcome(StrEnum):
    """How a look ended. Only `ANSWERED` has a status that speaks of the page."""

    ANSWERED = "answered"
    """The server answered, with whatever status; redirects were followed to their end."""
    REFUSED = "refused"
    """The address is none that may be asked: a private network, an odd port, no http."""
    ROBOTS = "robots"
    """The site's robots.txt does not allow the page."""
    UNREACHABLE_ROBOTS = "unreachable_robots"
    """The site's robots.txt could not be read, which forbids everything for now."""
    DNS = "dns"
    """The name leads to no address."""
    CONNECT = "connect"
    """No connection, or one that broke before an answer was there."""
    TLS = "tls"
    """No encryption could be agreed upon. A certificate that is merely wrong is no such case."""
    TIMEOUT = "timeout"
    """The time for one page was over."""
    TOO_LARGE = "too_large"
    """The body swells out of all proportion when it is decompressed."""
    PROTOCOL = "protocol"
    """What was sent is no HTTP, or its head has no bounds, or its body cannot be decoded."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """The redirects lead in a circle, or on and on."""
    REDIRECT_REFUSED = "redirect_refused"
    """A redirect leads to an address that may not be asked."""
    INTERRUPTED = "interrupted"
    """The run was stopped before the answer was there."""
    POSTPONED = "postponed"
    """Nothing was asked: the host wants us to wait, or has had its share of today. No look."""


@dataclass(frozen=True)
class Hop:
    """One redirect that was followed: which URL answered so, from which address, and where to."""

    url: str
    status: int
    location: str | None
    address: str | None


@dataclass(frozen=True)
class Ask:
    """One page to look at. `purpose` is page, target, robots, feed, sitemap, canonical or file; all
    but robots heed robots.txt. `etag` and `modified` are what its last whole answer said and
    `digest` is that answer's body, so that an unchanged page need not be sent again."""

    url: str
    purpose: str = "page"
    etag: str | None = None
    modified: str | None = None
    digest: str | None = None

    @property
    def conditions(self) -> dict[str, str]:
        """The headers by which a server is asked for a changed page alone (RFC 9110, section 13.1);
        none without a body to go by."""
        said = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in said.items() if self.digest and sendable(value)}


@dataclass(frozen=True)
class Fetched:
    """What came of one ask.

    `asked_at` is UTC in microseconds, `seconds` the time that the network took, without the waits
    of politeness. `why` is one plain sentence, empty when answered. `url`, `status`, `headers`,
    `body`, `address`, `tls` and `http_version` speak of the last response; `body` is decoded and
    cut at the limit, which `truncated` tells. `tls` is what is wrong with the certificate, empty
    when it is fine. `robots` is allowed, disallowed, none or unreachable, empty when it was not
    asked; `preferences` is the site's Content-Signal. `next_allowed` is the time in UTC
    microseconds before which the host wants no further request, where it said so.
    """

    ask: Ask
    asked_at: int
    seconds: float
    outcome: Outcome
    why: str = ""
    status: int | None = None
    url: str = ""
    hops: tuple[Hop, ...] = ()
    http_version: str = ""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    truncated: bool = False
    address: str | None = None
    tls: str = ""
    robots: str = ""
    preferences: str = ""
    next_allowed: int | None = None

    @property
    def unchanged(self) -> bool:
        """Whether the server said, and was asked, that the page is what it was. An answer 304 to
        another question says nothing, nor does one that names another version."""
        asked = self.status == NOT_MODIFIED and bool(self.ask.conditions) and not self.hops
        return asked and self.outcome is Outcome.ANSWERED and not self._names_another()

    def _names_another(self) -> bool:
        etag, modified = self.header("etag"), self.header("last-modified")
        if self.ask.etag and etag:
            return _strong(etag) != _strong(self.ask.etag)
        return bool(self.ask.modified and modified) and modified != self.ask.modified

    def header(self, name: str) -> str | None:
        """The value of the first header of this name, in whatever case; None without one."""
        wanted = name.lower().encode("latin-1")
        found = next((value for key, value in self.headers if key.lower() == wanted), None)
        return None if found is None else found.decode("latin-1")


def _strong(etag: str) -> str:
    """An ETag without the mark by which it says that it is a weak one."""
    return etag.strip().removeprefix("W/")


def sendable(value: str | None) -> TypeGuard[str]:
    """Whether what a server once said can be sent back to it in a header."""
    if not value or len(value) > LONGEST_HEADER:
        return False
    return value.isascii() and value.isprintable()
