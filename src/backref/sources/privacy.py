"""What of a visitor may be kept: personal parts of paths and samples are masked at ingest."""

from __future__ import annotations

import re

EMAIL, TOKEN, PHONE, ADDRESS = "{email}", "{token}", "{phone}", "{address}"
SAMPLE_CHARS = 200
_SUSPECT = re.compile(r"@|%40|\+|%2b|[A-Za-z0-9]{24}|eyJ", re.IGNORECASE)
_PART = re.compile(r"[^/?&=;,\s]++")
_AT = re.compile(r"(?<!^)(?:@|%40)")
_DOMAIN = re.compile(r"[^@]\.[A-Za-z]{2}")
_TOKEN = re.compile(
    r"eyJ[\w-]{10,}(?:\.[\w-]+)*"
    r"|(?<![A-Za-z0-9])(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{24,}(?![A-Za-z0-9])"
)
_PHONE = re.compile(r"(?:\+|%2b)\d(?:[\s().-]|%20)?(?:\d(?:[\s().-]|%20)?){6,14}", re.IGNORECASE)
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_IPV6 = re.compile(r"[0-9a-fA-F:]*::[0-9a-fA-F:.]*|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}")
_QUERY = re.compile(r"\?[^\s\"]*")


def masked(text: str) -> str:
    """`text` with e-mail addresses, tokens and telephone numbers masked.

    A token is a run of 24 or more letters and digits that mixes both, or a JSON Web Token;
    UUIDs stay, because public pages are named by them.
    """
    if not _SUSPECT.search(text):
        return text
    if "@" in text or "%40" in text:
        text = _PART.sub(_without_address, text)
    text = _TOKEN.sub(TOKEN, text)
    return _PHONE.sub(PHONE, text)


def _without_address(part: re.Match[str]) -> str:
    """The mask for a part of a path that holds a mail address, else the part itself."""
    at = _AT.search(part[0])
    return EMAIL if at and _DOMAIN.search(part[0], at.end()) else part[0]


def sample(line: bytes) -> str:
    """How a bad log line began, for a reject: without whatever may name a visitor.

    What precedes the time (address, user name) is dropped, and so are query strings.
    """
    text = line[: 4 * SAMPLE_CHARS].decode("utf-8", errors="replace")
    head, bracket, rest = text.partition("[")
    text = f"{ADDRESS} [{rest}" if bracket else f"{ADDRESS} {head.partition(' ')[2]}"
    text = _QUERY.sub("?…", text)
    for address in (_IPV4, _IPV6):
        text = address.sub(ADDRESS, text)
    return masked(text)[:SAMPLE_CHARS]
