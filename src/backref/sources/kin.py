"""Files that belong to web archives and tell of no link: told apart, with what to take instead."""

from __future__ import annotations

import re

from backref.sources.source import Verdict

_TYPES = re.compile(rb"(?:\A|\n)WARC-Type:[ \t]*([a-z]+)", re.IGNORECASE)
_KEY_AND_TIME = rb"(?!https?:)\S{1,8192} \d{12,17}"
_INDEXES = (
    (re.compile(rb" ?CDX(?: [A-Za-z]){3,}\s"), "CDX"),
    (re.compile(_KEY_AND_TIME + rb" \S{1,8192} \S+ (?:\d{3}|-) \S+ "), "CDX"),
    (re.compile(rb"(?:!\S.{0,2000}\n)*" + _KEY_AND_TIME + rb" \{\""), "CDXJ"),
    (re.compile(_KEY_AND_TIME + rb"\t\S+\t\d+\t\d+"), "ZipNum"),
)


def refusal(head: bytes) -> Verdict | None:
    """Why an archive's companion is not read, None when the bytes are none."""
    for pattern, name in _INDEXES:
        if pattern.match(head):
            return Verdict(
                0.0,
                f"it is a {name} index, which tells where captures are and not what they hold: "
                "import the WARC, ARC or WAT files that it names",
                f"{name} index",
                known=True,
            )
    if {kind.lower() for kind in _TYPES.findall(head)} - {b"warcinfo"} == {b"conversion"}:
        return Verdict(
            0.0,
            "it is a WET file, the plain text of pages without their links: import the WARC or "
            "WAT file of the same name",
            "WET",
            known=True,
        )
    return None
