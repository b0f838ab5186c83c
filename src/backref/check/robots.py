"""What a site's robots.txt allows us, by RFC 9309 (https://www.rfc-editor.org/rfc/rfc9309).

The rules are read by protego: groups of one name are merged, the longest rule wins, `Allow` wins a
tie. Crawl-delay and Content-Signal are no part of the standard and are heeded all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from protego import Protego

from backref.check.fetched import Outcome
from backref.check.settings import PRODUCT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_BYTES = 500 << 10
REDIRECTS = 5
CACHED_SECONDS = 86_400.0
UNREACHABLE_SECONDS = 600.0
"""So long a robots.txt that could not be read is not asked for again."""
GIVEN_UP_DAYS = 30
"""After so many days without a readable robots.txt a site counts as having none."""
TOO_MANY_REQUESTS = 429
_MOST_PREFERENCES = 500
_NAMED = re.compile(
    r"(?:user-agent|useragent|user agent)(?: ?: ?(.*)| (?!:)((?:(?!:(?: |$)).)*))?", re.IGNORECASE
)
"""A line that names whom a group is for, with blanks made single."""
_RULE = re.compile(r"[^:]*:|(?:allow|dis\w*|dia\w*|crawl|request|visit)\b", re.IGNORECASE)
_SITE_WIDE = re.compile(r"(?:sitemaps?|site-map|host)\b", re.IGNORECASE)
_LINE = re.compile(r"\s*(user-agent|content-signal)\s*:\s*([^#]*)", re.IGNORECASE)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True)
class Robots:
    """What one site says. `found` is allowed when it has rules, none when it has no file, and
    unreachable when nobody knows, which forbids everything; then `outcome` and `why` say what came
    instead. `text` is what its file says to us, of which `rules` are made."""

    found: str
    rules: Protego | None = None
    preferences: str = ""
    text: str = ""
    outcome: Outcome = Outcome.ANSWERED
    why: str = ""

    def verdict(self, href: str) -> str:
        """allowed, disallowed, none or unreachable."""
        if self.rules is None or self.rules.can_fetch(href, PRODUCT):
            return self.found
        return "disallowed"

    @property
    def delay(self) -> float:
        """The Crawl-delay for us in seconds, 0 where there is none."""
        return (self.rules.crawl_delay(PRODUCT) or 0.0) if self.rules else 0.0


NONE = Robots("none")


def unreachable(why: str, outcome: Outcome = Outcome.UNREACHABLE_ROBOTS) -> Robots:
    """The answer of a site whose robots.txt cannot be read."""
    return Robots("unreachable", outcome=outcome, why=why)


def read(body: bytes, *, cut: bool = False) -> Robots:
    """Read a robots.txt; of one that was `cut` the last line, which may be a half, is dropped."""
    if cut := cut or len(body) > LARGEST_BYTES:
        body = body[:LARGEST_BYTES]
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]
    lines = re.split(r"\r\n|\r|\n", body.decode("utf-8-sig", "replace").replace("\0", "\ufffd"))
    # The parser would end lines where the standard does not, at form feeds and the like.
    return again(ours(" ".join(line.split()) for line in lines), _preferences(lines))


def again(text: str, preferences: str) -> Robots:
    """A file that was read before, from what it says to us."""
    return Robots("allowed", Protego.parse(text), preferences, text)


def ours(lines: Iterable[str]) -> str:
    """The groups of a file that may be meant for us, for others can be many and long. Which of them
    holds is for the parser to say; what begins a group it sees in the same generous way."""
    kept: list[str] = []
    group: list[str] = []
    wanted = ruled = False
    for line in (line.partition("#")[0].strip() for line in lines):
        named = _NAMED.fullmatch(line)
        if named is None:
            if _RULE.match(line) and not _SITE_WIDE.match(line):
                group.append(line)
                ruled = True
            continue
        if ruled:
            kept += group if wanted else ()
            group, wanted, ruled = [], False, False
        name = (named[1] or named[2] or "").strip().lower()
        wanted = wanted or (bool(name) and name.replace("*", "") in PRODUCT.lower())
        group.append(line)
    return "\n".join([*kept, *(group if wanted else ())])


def after_status(status: int, body: bytes, *, cut: bool) -> Robots:
    """What an answer to the request for robots.txt means."""
    if status == TOO_MANY_REQUESTS or status >= 500:
        return unreachable(f"The site's robots.txt was answered with {status}.")
    if 200 <= status < 300:
        return read(body, cut=cut)
    return NONE


def kept_seconds(cache_control: str | None) -> float:
    """How long a robots.txt holds: a day at most, less where the server says so."""
    told = _MAX_AGE.search(cache_control or "")
    return min(float(told[1]), CACHED_SECONDS) if told else CACHED_SECONDS


def _preferences(lines: list[str]) -> str:
    """The Content-Signal for us: that of our own groups, else that of everybody's."""
    said: dict[str, str] = {}
    for name, signal in _signals(lines):
        if name in ("*", PRODUCT.lower()):
            said.setdefault(name, signal[:_MOST_PREFERENCES])
    return said.get(PRODUCT.lower(), said.get("*", ""))


def _signals(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each Content-Signal with each name of its group; before any group it is for all."""
    names, open_ = ["*"], False
    for line in lines:
        if not (found := _LINE.match(line)):
            open_ = open_ and not line.partition("#")[0].strip()
            continue
        value = found[2].strip()
        if found[1].lower() == "user-agent":
            names = [*names, value.lower()] if open_ else [value.lower()]
            open_ = True
        else:
            open_ = False
            yield from ((name, value) for name in names)
