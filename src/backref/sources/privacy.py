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
_TOLD = re.compile(
    r"(\[\d\d/[A-Z][a-z][a-z]/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\])"
    r'( "[^"?#]*+"?)?'
    r'((?<=")[ \d-]*+)?'
    r'(?:(?<= )("https?://)(?:[^/@"\s?#]*@)?+([\w.-]++(?::\d{1,5})?+)(?=[/"?#]))?'
)
"""A line from its time on: the request, status and size, and the referrer's host."""
_LOCATION = re.compile(r"://.*", re.DOTALL)


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
    """What a bad log line holds, for a reject: without whatever may name a visitor.

    Of a line with a time: the time, the request as far as its query, status and size, and the
    referrer's host; nothing that stands before, between or behind. Of any other line only its
    length and what it begins with.
    """
    text = line[: 4 * SAMPLE_CHARS].decode("utf-8", errors="replace")
    found = _TOLD.search(text)
    if not found:
        return f"{len(line):,} bytes that begin with {_beginning(text)}"
    when, request, answer, scheme, host = found.groups(default="")
    told = masked(_without_literals(_LOCATION.sub("://…", request)))
    return f"{ADDRESS} {when}{told}{answer}{scheme}{host}"[:SAMPLE_CHARS]


def _without_literals(text: str) -> str:
    return _IPV6.sub(ADDRESS, _IPV4.sub(ADDRESS, text))


def _beginning(text: str) -> str:
    """What kind of thing a line begins with, in words."""
    first = text.partition(" ")[0][:SAMPLE_CHARS]
    if _without_literals(first).startswith(ADDRESS):
        return "an address"
    if first.isdecimal():
        return "a number"
    return "a word" if first.isascii() and first.isprintable() and first else "no word"
