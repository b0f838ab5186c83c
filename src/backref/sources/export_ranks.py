"""Published ranks of a web graph."""

from __future__ import annotations

import re

import pyarrow as pa

from backref.errors import UsageError
from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.source import Context, Parsed

_TABLE = "domain_ranks"
_FIGURES = ("harmonic_pos", "harmonic", "pagerank_pos", "pagerank", "hosts")
_CUT = b"# Kept by Backref of "
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RELEASE = re.compile(
    rf"cc-main-(\d\d)(\d\d)(?:-(\d\d))?(?:-({'|'.join(_MONTHS)}))+", re.IGNORECASE
)


def release_of(context: Context) -> str | None:
    """The release of a file, as the last month of its crawls. The rows do not tell it."""
    return named_release(context.name) or context.release or None


def told_release(text: str) -> str:
    """A release as somebody writes it: its last month, or its name.

    Raises UsageError for anything else.
    """
    if re.fullmatch(r"20\d\d-(?:0[1-9]|1[0-2])", text):
        return text
    if found := named_release(text):
        return found
    raise UsageError(f"{text} is no release: write its last month, as 2026-06, or its name.")


def named_release(name: str) -> str | None:
    """The release in a name: `cc-main-2025-26-dec-jan-feb-domain-ranks.txt.gz` is of 2026-02."""
    if not (found := _RELEASE.search(name)):
        return None
    century, begun, ended, month = found.groups()
    return f"{century}{ended or begun}-{_MONTHS.index(month.lower()) + 1:02}"


def preamble(ranked: int) -> bytes:
    """The line above the header of a cut from ranks, which tells of how many rows it is one."""
    return b"%b%d rows\n" % (_CUT, ranked)


def _ranked(context: Context) -> int | None:
    """How many rows the whole file had, where the head of a cut tells it."""
    found = re.match(_CUT + rb"(\d{1,12}) rows\r?\n", context.head)
    return int(found[1]) if found else None


def parse(frame: Frame, context: Context) -> Parsed:
    """Ranks of a frame, names in reading order."""
    frame = frame.without(
        {row: "no name" for row, name in enumerate(frame.column("value")) if name is None}
    )
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, ""),
            "position": frame.positions,
            "level": frame.format.constants["level"],
            "domain": frame.column("value"),
            "release": frame.table.release,
            "ranked": pa.repeat(pa.scalar(_ranked(context), pa.int64()), len(frame)),
            **{name: frame.values.get(name) for name in _FIGURES},
        },
    )
    return Parsed(frame.read, [rows_of(_TABLE, made, "all", numbered(len(frame)))], frame.rejects)
