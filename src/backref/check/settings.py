"""How politely and within which bounds pages are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

from backref.errors import UsageError

PRODUCT = "Backref"
_CONTACT = re.compile(
    r"https?://[^\s/?#@()]+\.[^\s()]+|(?:mailto:)?[^\s@()<>]+@[^\s@()<>]+\.[^\s@()<>]+",
    re.IGNORECASE,
)
"""The product token, by which robots.txt files name us."""


@dataclass(frozen=True)
class Manners:
    """The rules of one run, times in seconds and sizes in bytes.

    `contact` is the URL or address that site owners find in our user agent. The wait between two
    requests to a registrable domain is the largest of `gap`, the site's Crawl-delay and
    `slowness` times its last response time. `daily_cap` requests a day are the most that a domain
    gets. After a failure without Retry-After the wait is `backoff`, doubling; after `failures` in
    a row the domain is left alone until tomorrow. A wait of more than `patience` is not waited
    for: the page is postponed. Of large bodies only as many come in at once as fit into `memory`.
    """

    contact: str
    gap: float = 5.0
    per_address_gap: float = 1.0
    slowness: float = 10.0
    jitter: float = 0.2
    backoff: float = 60.0
    failures: int = 3
    patience: float = 300.0
    daily_cap: int = 500
    body: int = 4 << 20
    memory: int = 256 << 20
    seconds: float = 30.0
    redirects: int = 10
    ratio: int = 200
    ports: frozenset[int] = frozenset({80, 443})
    hosts_at_once: int = 400

    def __post_init__(self) -> None:
        if not _reaches(self.contact):
            raise UsageError(
                "Pages are asked for only with a contact for their owners; "
                "name a URL or mail address with --contact, or as contact in backref.toml."
            )

    @cached_property
    def agent(self) -> str:
        """The user agent: who asks, in which version, and whom to write to."""
        return f"{PRODUCT}/{version('backref')} (+{self.contact})"


def _reaches(contact: str) -> bool:
    """Whether a text is the URL of a page or a mail address."""
    return bool(_CONTACT.fullmatch(contact)) and contact.isprintable()
