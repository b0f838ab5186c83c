"""Whether the store holds what was written: every fault found is told, none stops the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from backref import schema
from backref.lake import holdings, imports
from backref.lake.owner import Owner
from backref.lake.segments import layout, sha256

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.lake.catalogue import Catalogue
    from backref.lake.records import ImportRecord, Segment

REJECTS_LISTED = 100_000


class Finding(NamedTuple):
    """A fault. `kind` is missing, damaged, schema, unlisted, import or catalogue; `subject` the
    file or import; `message` says what is wrong and what to do."""

    kind: str
    subject: str
    message: str


def faults(path: Path, catalogue: Catalogue) -> Iterator[Finding]:
    """Every fault of the store at `path`."""
    folder = path / "segments"
    # Files first, owners second, catalogue last: what is written meanwhile is not mistaken.
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.*"))
    at_work = Owner.living(path / "owners")
    with catalogue.read() as connection:
        segments = holdings.live(connection)
        listed = holdings.listed(connection)
        history = imports.history(connection)
        rejected = imports.reject_counts(connection)
    yield from (Finding("catalogue", "catalogue.db", damage) for damage in catalogue.damages())
    for segment in segments:
        yield from _in_segment(folder, segment)
    for file in files:
        if file not in listed and not _written_by(file, at_work):
            yield Finding("unlisted", file, "No import lists this file; it may be deleted.")
    for record in history:
        yield from _in_import(record, rejected.get(record.id, 0))


def _in_segment(folder: Path, segment: Segment) -> Iterator[Finding]:
    damaged = _how_to_mend(segment)
    try:
        if sha256(folder / segment.file) != segment.sha256:
            yield Finding("damaged", segment.file, f"Its bytes have changed; {damaged}")
        else:
            yield from _in_parquet(folder, segment)
    except FileNotFoundError:
        yield Finding("missing", segment.file, f"The file is gone; {damaged}")
    except OSError as error:
        yield Finding("damaged", segment.file, f"The disk cannot read it ({error}); {damaged}")


def _in_parquet(folder: Path, segment: Segment) -> Iterator[Finding]:
    table = schema.TABLES.get(segment.table)
    if table is None:
        yield Finding("schema", segment.file, f"This Backref knows no table {segment.table}.")
        return
    try:
        metadata = pq.read_metadata(folder / segment.file)
    except pa.ArrowInvalid as error:
        yield Finding("damaged", segment.file, f"It is no Parquet file: {error}.")
        return
    if metadata.num_rows != segment.rows:
        message = f"It holds {metadata.num_rows} rows, the catalogue says {segment.rows}."
        yield Finding("damaged", segment.file, message)
    if not _fits(metadata.schema.to_arrow_schema(), table):
        message = f"Its columns are not those of {table.name} in this Backref."
        yield Finding("schema", segment.file, message)


def _fits(found: pa.Schema, table: schema.Table) -> bool:
    """Whether a segment holds the table's columns; facts may be older than one that may be null."""
    wanted = layout(table)
    lacking = [field for field in wanted if field.name not in found.names]
    may_lack = table.kind == "fact" and all(field.nullable for field in lacking)
    return found.equals(pa.schema(field for field in wanted if field not in lacking)) and (
        may_lack or not lacking
    )


def _in_import(record: ImportRecord, rejected: int) -> Iterator[Finding]:
    if record.state != "done":
        return
    parts = (record.stored or 0) + (record.duplicate or 0) + (record.rejected or 0)
    if record.read != parts:
        message = f"{record.file}: {record.read} records were read and {parts} accounted for."
        yield Finding("import", str(record.id), message)
    # Of a file that is nothing but rejects, importing lists so many and counts the others.
    if rejected != record.rejected and rejected < REJECTS_LISTED:
        message = f"{record.file}: {record.rejected} rejects were counted and {rejected} kept."
        yield Finding("import", str(record.id), message)


def _how_to_mend(segment: Segment) -> str:
    table = schema.TABLES.get(segment.table)
    if table and table.kind == "derived":
        return "make it again with `backref rebuild`."
    return "restore it from a backup."


def _written_by(file: str, tokens: frozenset[str]) -> bool:
    return file.rpartition("/")[2].partition("-")[0] in tokens
