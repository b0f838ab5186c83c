"""Disavow files: the domains and pages whose links a site's owner asked Google to ignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backref.sources.export_frame import Frame, batch, numbered, rows_of
from backref.sources.source import Context, Parsed
from backref.sources.values import DISAVOWED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from backref.sources.values import Disavowed

_TABLE = "disavows"
_LISTED_SHARE = 0.9


def is_comment(line: str) -> bool:
    """Whether a line holds no entry."""
    return not line.strip() or line.lstrip().startswith("#")


def is_list(lines: Iterable[str]) -> bool:
    """Whether these lines are those of a disavow file: half of its entries are domains, and nearly
    all others addresses. Mostly addresses may be any list."""
    entries = [line.strip().lower() for line in lines if not is_comment(line)]
    domains = sum(entry.startswith(DISAVOWED) for entry in entries)
    addresses = sum(entry.startswith(("http://", "https://")) for entry in entries)
    return 2 * domains >= len(entries) > 0 and domains + addresses >= _LISTED_SHARE * len(entries)


def parse(frame: Frame, context: Context) -> Parsed:
    """Entries of a frame."""
    entries: list[Disavowed] = frame.column("entry")
    places = [entry.place for entry in entries]
    made = batch(
        _TABLE,
        {
            "row_id": frame.identities(context.key, _TABLE, context.site_name),
            "position": frame.positions,
            "site": context.site_name,
            "scope": [entry.scope for entry in entries],
            "host": [place.host for place in places],
            "domain": [place.domain for place in places],
            "page": [entry.place.page if entry.scope == "page" else None for entry in entries],
            "url": [entry.place.text if entry.scope == "page" else None for entry in entries],
        },
    )
    rows = rows_of(_TABLE, made, context.site_name, numbered(len(frame)))
    return Parsed(frame.read, [rows], frame.rejects)
