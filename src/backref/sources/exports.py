"""Tabular exports: other tools' link tables, search performance, traffic reports, placement
sheets and published ranks, recognised by their header and read by definitions kept as data.
"""

from __future__ import annotations

import io
import re
from datetime import date
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from backref.sources import (
    dates,
    export_conversions,
    export_disavow,
    export_goatcounter,
    export_links,
    export_placements,
    export_rankings,
    export_ranks,
    export_ratings,
    export_self_reports,
    export_traffic,
    formats,
    tabular,
    values,
)
from backref.sources.dates import Span
from backref.sources.export_frame import Cells, Frame, Table, frame
from backref.sources.source import HEAD_BYTES, UNENDED, Chunk, Context, Parsed, Reject, Verdict
from backref.sources.tabular import Damaged, Lines, Spelling, Unended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from backref.sources.formats import Format, Match

CHUNK_ROWS = 4_096
CHUNK_CHARS = 4_194_304
_HEADER_WITHIN = 60
_LOOKED_AT = 200
_LIST = "url list"
_DISAVOWED = "disavow list"
_LIST_SHARE = 0.9
_TOTALS = frozenset(
    {"grand total", "gesamtsumme", "total général", "total general", "totale complessivo"}
)
_EPOCH = date(1970, 1, 1)
_STAMP = re.compile(r"(?<!\d)(?:19|20)\d{6}(?!\d)")

KINDS: dict[str, tuple[str, Callable[[Frame, Context], Parsed]]] = {
    "links": ("link_observations", export_links.parse),
    "ratings": ("ratings", export_ratings.parse),
    "rankings": ("rankings", export_rankings.parse),
    "filters": ("rankings", export_rankings.parse),
    "traffic": ("traffic_reports", export_traffic.parse),
    "placements": ("placements", export_placements.parse),
    "ranks": ("domain_ranks", export_ranks.parse),
    "conversions": ("conversions", export_conversions.parse),
    "self reports": ("self_reports", export_self_reports.parse),
    "views": ("traffic_reports", export_traffic.parse),
    "disavows": ("disavows", export_disavow.parse),
}
"""What the rows of each kind of format become: the counted table, and who makes them."""


class Layout(NamedTuple):
    """How a file is written and where its table begins: `header_at` counts records from the
    top, None when there is no header and `format` names the only column itself."""

    match: Match
    how: Spelling
    delimiter: str
    header_at: int | None
    header: tuple[str, ...]


class _Exports:
    """The family of tabular exports."""

    name = "exports"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """Judge a file by the header that fits best under any delimiter."""
        layout = layout_of(head)
        if layout is None:
            return Verdict(0.0, "no row looks like the header of a table that is known")
        chosen, missing, confidence = layout.match
        if missing:
            why = f"nearest is {chosen.name}, but it lacks {_listed(missing)}"
            return Verdict(0.0, why, chosen.name)
        if chosen.refusal:
            return Verdict(0.0, chosen.refusal, chosen.name, known=True)
        return Verdict(confidence, f"the header is that of {chosen.name}", chosen.name)

    def unit_table(self, context: Context) -> str:
        """The table that the dialect's rows become."""
        return KINDS[formats.named(context.dialect).kind][0]

    def needs_site(self, context: Context) -> bool:
        """Whether the dialect's rows say nothing of whose they are."""
        return formats.named(context.dialect).needs_site

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:
        """Rows in packs, each pack of one table."""
        head = stream.read(HEAD_BYTES)
        layout = layout_of(head)
        if layout is None or layout.match.missing or layout.match.format.kind == "filters":
            return
        chosen = layout.match.format
        lines = Lines(cast("BinaryIO", _Rejoined(head, stream)), layout.how)
        rows = tabular.records(lines, layout.delimiter)
        if chosen.sections:
            yield from _sections(rows, lines, layout, _customs(head, layout))
        else:
            table = Table(
                chosen.name,
                layout.header,
                _told_beside(context, layout),
                _customs(head, layout),
                export_ranks.release_of(context) if chosen.kind == "ranks" else None,
            )
            packs = _one_table(rows, lines, layout, table)
            yield from export_goatcounter.folded(packs) if chosen.kind == "views" else packs

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Convert the cells and make the rows of the format's kind."""
        cells = chunk.payload
        if not isinstance(cells, Cells):
            raise TypeError("a chunk of another source")
        _, make = KINDS[formats.named(cells.table.format).kind]
        parsed = make(frame(cells, chunk.position), context)
        if cells.table.format == _LIST and isinstance(cells.rows[-1], Unended):
            parsed.counts[UNENDED] = 1
        return parsed


EXPORTS = _Exports()


# --- recognising ----------------------------------------------------------------------------


def layout_of(head: bytes) -> Layout | None:
    """The best layout for a file that begins with `head`; its match may still miss columns."""
    how = tabular.spelling(head)
    found = [
        layout
        for delimiter in (*tabular.DELIMITERS, tabular.ONE_CELL)
        for layout in _layouts(head, how, delimiter)
    ]
    if whole := [layout for layout in found if not layout.match.missing]:
        return max(whole, key=lambda layout: layout.match.confidence)
    if listed := _disavow_list(head, how) or _url_list(head, how):
        return listed
    return max(found, key=lambda layout: _nearness(layout.match), default=None)


def _layouts(head: bytes, how: Spelling, delimiter: str) -> Iterator[Layout]:
    """Each row near the top, or after a `#` block, as a header under its best format."""
    rows = tabular.head_records(head, how, delimiter, limit=5_000)
    after_block = False
    for at, row in enumerate(rows):
        if at < _HEADER_WITHIN or after_block:
            header = tuple(formats.folded(cell) for cell in row)
            below = rows[at + 1 : at + 1 + _LOOKED_AT]
            match = _best(header, _headed(), below) if _may_be_header(header) else None
            if match and (not match.missing or _nearness(match) >= 0.5):
                yield Layout(match, how, delimiter, at, header)
                if not match.missing:
                    return
        after_block = _is_block(row) or (after_block and not any(row))


@cache
def _headed() -> tuple[Format, ...]:
    """The formats that their header alone proves."""
    return tuple(made for made in formats.formats() if made.name not in (_LIST, _DISAVOWED))


def _may_be_header(row: tuple[str, ...]) -> bool:
    return len(row) <= formats.MAX_COLUMNS and not formats.known_names().isdisjoint(row)


def _best(
    header: tuple[str, ...], among: tuple[Format, ...], rows: Sequence[list[str]] = ()
) -> Match:
    matches = [
        each.match(header)
        for each in among
        if not each.looks or not rows or each.looks_right(header, rows)
    ]
    return max(matches, key=lambda match: (match.confidence, _nearness(match)))


def best_format(header: tuple[str, ...]) -> Match:
    """How well a folded header fits the format that it fits best."""
    return _best(header, _headed())


def _nearness(match: Match) -> float:
    """The part of the required columns that is there; nothing when there are few."""
    demanded = len(match.format.required)
    return 1 - len(match.missing) / demanded if demanded > 2 else 0.0


def _disavow_list(head: bytes, how: Spelling) -> Layout | None:
    """A file whose lines are those of a disavow file; it has no header."""
    rows = tabular.head_records(head, how, tabular.ONE_CELL, limit=5_000)
    if not export_disavow.is_list(row[0] for row in rows if row):
        return None
    chosen = formats.named(_DISAVOWED)
    name = chosen.columns[0].names
    return Layout(chosen.match(name), how, tabular.ONE_CELL, None, name)


def _url_list(head: bytes, how: Spelling) -> Layout | None:
    """A file whose lines are nearly all addresses is a list, its header optional."""
    rows = tabular.head_records(head, how, tabular.ONE_CELL, limit=5_000)
    cells = [row[0].strip() for row in rows if any(row)]
    chosen = formats.named(_LIST)
    header = (formats.folded(cells[0]),) if cells else ()
    headed = bool(header) and not chosen.match(header).missing
    listed = cells[headed:]
    addresses = sum(cell.startswith(("http://", "https://")) for cell in listed)
    if not listed or addresses < _LIST_SHARE * len(listed):
        return None
    name = chosen.columns[0].names[:1]
    at = next(k for k, row in enumerate(rows) if any(row)) if headed else None
    return Layout(chosen.match(name), how, tabular.ONE_CELL, at, name)


def _is_block(row: list[str]) -> bool:
    return bool(row) and row[0].startswith("#")


def _listed(missing: tuple[str, ...]) -> str:
    return "a column " + ", ".join(f'"{name}"' for name in missing[:6])


def _customs(head: bytes, layout: Layout) -> values.Customs:
    """What the file's beginning tells of its dates and numbers, else the vendor's habit."""
    rows = tabular.head_records(head, layout.how, layout.delimiter, limit=5_000)
    cells = {"day": list[str](), "moment": list[str](), "number": list[str]()}
    for column in layout.match.format.columns:
        kind = "number" if column.converter in ("share", "money") else column.converter
        if kind in cells:
            for at in column.find(layout.header):
                cells[kind] += [row[at].strip() for row in rows if len(row) > at]
    day_first = dates.order_of((*cells["day"], *cells["moment"]))
    return values.Customs(
        layout.match.format.day_first if day_first is None else day_first,
        values.decimal_comma(cells["number"]),
    )


# --- cutting --------------------------------------------------------------------------------


class _Rejoined(io.RawIOBase):
    """A stream whose head was read already, whole again."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if head := self._head:
            self._head = b""
            return head
        return self._rest.read(size)


class _Packer:
    """Collects the rows of one table into chunks, bounded by rows and by text."""

    def __init__(self, table: Table, position: int, lines: Lines) -> None:
        self.table = table
        self.position = position
        self._lines = lines
        self._taken = lines.taken
        self._rows: list[list[str]] = []
        self._begun: list[int] = []

    def add(self, row: list[str]) -> bool:
        """Take a row; whether it is time to flush."""
        self._rows.append(row)
        self._begun.append(self._lines.begun)
        return len(self._rows) >= CHUNK_ROWS or self._lines.taken - self._taken > CHUNK_CHARS

    def reject(self, reason: str) -> Iterator[Chunk | Reject]:
        """Count a record that is no row."""
        yield from self.flush()
        yield Reject(self.position, reason, line=self._lines.begun)
        self.position += 1

    def flush(self) -> Iterator[Chunk]:
        """Hand out what was collected."""
        if self._rows:
            yield Chunk(self.position, Cells(self.table, self._rows), self._begun)
            self.position += len(self._rows)
        self._rows, self._begun, self._taken = [], [], self._lines.taken


def _told_beside(context: Context, layout: Layout) -> Span | None:
    """The period of the archive, for search performance whose rows tell no days themselves."""
    chosen = layout.match.format
    dated = "day" in chosen.by_field and chosen.by_field["day"].find(layout.header)
    if context.period is None or chosen.kind != "rankings" or dated:
        return None
    lo, hi = ((day - _EPOCH).days for day in context.period)
    return Span(lo, hi)


def _one_table(
    rows: Iterator[list[str] | Damaged], lines: Lines, layout: Layout, table: Table
) -> Iterator[Chunk | Reject]:
    """The rows below the header; the header once more is where files were joined."""
    above = 0 if layout.header_at is None else layout.header_at
    rows = islice(rows, above, None)
    header = None if layout.header_at is None else next(rows, None)
    begins = _beginning(layout)
    packer = _Packer(table, 1, lines)
    for row in rows:
        if isinstance(row, Damaged):
            yield from packer.reject(row.reason)
        elif any(row) and row != header and begins(row) and packer.add(row):
            yield from packer.flush()
    yield from packer.flush()


def _beginning(layout: Layout) -> Callable[[list[str]], bool]:
    """Whether a row begins a record: it is no comment, and continues none of several rows."""
    if layout.match.format.name == _DISAVOWED:
        return lambda row: not export_disavow.is_comment(row[0])
    field = layout.match.format.begins
    places = layout.match.format.by_field[field].find(layout.header) if field else []
    return lambda row: not places or any(row[at].strip() for at in places if at < len(row))


def _sections(
    rows: Iterator[list[str] | Damaged], lines: Lines, layout: Layout, customs: values.Customs
) -> Iterator[Chunk | Reject]:
    """Tables that blocks of `#` lines introduce; the block's dates are the table's period."""
    packer = _Packer(Table(layout.match.format.name, (), None, customs), 1, lines)
    period: Span | None = None
    table: Table | None = None
    block: list[str] = []
    fresh = True
    for row in rows:
        if isinstance(row, Damaged):
            yield from packer.reject(row.reason)
        elif _is_block(row):
            block.append(",".join(row))
        elif not any(row):
            fresh = True
        else:
            period = _period(block) or period
            found = _table(row, layout, period, customs) if block or fresh else None
            if found:
                yield from packer.flush()
                packer, table = _Packer(found, packer.position, lines), found
            elif block:
                names, table = ", ".join(row)[:100], None
                yield from packer.reject(f"a table without a source or page: {names}")
            elif table and not _is_total(row, table) and packer.add(row):
                yield from packer.flush()
            block, fresh = [], False
    yield from packer.flush()


def _table(
    row: list[str], layout: Layout, period: Span | None, customs: values.Customs
) -> Table | None:
    """The table that begins with this row, when it is a header that is known."""
    header = tuple(formats.folded(cell) for cell in row)
    match = _best(header, formats.family(layout.match.format.name))
    return None if match.missing else Table(match.format.name, header, period, customs)


def _period(block: list[str]) -> Span | None:
    """The days of a block: its first and last stamp like 20260224."""
    stamps = [stamp for line in block for stamp in _STAMP.findall(line)]
    try:
        days = [values.converter("day", values.Customs())(stamp) for stamp in stamps]
    except ValueError:
        return None
    return Span(days[0], days[-1]) if days and days[0] <= days[-1] else None


def _is_total(row: list[str], table: Table) -> bool:
    """A row of sums: it says so in a cell, or tells of no dimension where none may be blank."""
    if any(formats.folded(cell) in _TOTALS for cell in row):
        return True
    dimensions = export_traffic.dimensions(table)
    return bool(dimensions) and not any(row[at].strip() for at in dimensions if at < len(row))
