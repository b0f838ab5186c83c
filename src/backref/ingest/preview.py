"""What a file is and how its first records would be read; nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from backref import schema
from backref.ingest.recognising import as_parsed, recognised
from backref.sources import line_numbers
from backref.sources.source import Context, Reject

if TYPE_CHECKING:
    from backref.ingest.recognising import Recognised
    from backref.lake.lake import Lake
    from backref.sources.source import Parsed

ROWS = 20
SAMPLES = 5
FIRST = 1
"""Chunks that are parsed; one holds some megabytes at most."""
CHARACTERS = 300
_OF_THE_STORE = frozenset(
    column.name
    for table in schema.TABLES.values()
    for column in table.columns
    if column.type in {"id", "hash"}
) | {"position", "client"}


@dataclass(frozen=True)
class Preview:
    """One file as it would be read. `rows` are the first records as they would be stored in
    `table`, values that are not known left out; `read` and `rejected` count the first records that
    were looked at, `why` tells by what the format was known, `rejects` how rejected ones begin."""

    file: str
    format: str
    dialect: str
    confidence: float
    why: str
    site: str | None
    size: int | None
    table: str
    read: int
    rejected: int
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def preview(
    lake: Lake, path: str, *, site: str | None = None, stream: str = "", within: str = ""
) -> list[Preview]:
    """What `path` holds, a ZIP perhaps several files. Raises MissingFile, UnknownFormat,
    UnknownSite and AmbiguousSite as the import would."""
    asked = Context(
        key=lake.key,
        dialect="",
        site=None,
        sites=tuple(map(as_parsed, lake.sites())),
        stream=stream,
        scratch=str(lake.scratch()),
    )
    return [_previewed(found) for found in recognised(path, asked, site, within)]


def _previewed(found: Recognised) -> Preview:
    parsed, damages = _first(found)
    table = found.source.unit_table(found.context)
    rejects = [*damages, *(reject for each in parsed for reject in each.rejects)]
    return Preview(
        file=found.input.name,
        format=found.source.name,
        dialect=found.verdict.dialect,
        confidence=found.verdict.confidence,
        why=found.verdict.why,
        site=found.context.site_name or None,
        size=found.input.size,
        table=table,
        read=sum(each.read for each in parsed) + len(damages),
        rejected=len(rejects),
        rows=_rows(parsed, table),
        rejects=rejects[:SAMPLES],
    )


def _first(found: Recognised) -> tuple[list[Parsed], list[Reject]]:
    parsed, damages = [], []
    with found.input.open() as stream:
        for chunk in islice(found.source.chunks(cast("BinaryIO", stream), found.context), FIRST):
            if isinstance(chunk, Reject):
                damages.append(chunk)
            else:
                parsed.append(line_numbers.parsed(found.source, chunk, found.context))
    return parsed, damages


def _rows(parsed: list[Parsed], table: str) -> list[dict[str, Any]]:
    """The first rows of a table with what is known of each."""
    shown: list[dict[str, Any]] = []
    for rows in (rows for each in parsed for rows in each.rows if rows.table == table):
        shown += map(_known, rows.batch.slice(0, ROWS - len(shown)).to_pylist())
    return shown


def _known(row: dict[str, Any]) -> dict[str, Any]:
    """What people may want to see of a row."""
    told = {name: value for name, value in row.items() if value is not None}
    return {name: _short(value) for name, value in told.items() if name not in _OF_THE_STORE}


def _short(value: object) -> object:
    return value[:CHARACTERS] if isinstance(value, str) else value
