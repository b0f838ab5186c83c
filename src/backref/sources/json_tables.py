"""Tables told as JSON: a list of flat objects, lists by their day, or one object a line.

The keys are the header that the same table has as CSV, so the same definitions serve. Umami's
download by its API is one object too, and holds a ZIP of tables as base64.
"""

from __future__ import annotations

import binascii
import io
import json
import re
import zipfile
import zlib
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from backref.sources import dates, exports, formats
from backref.sources.export_frame import Cells, Table
from backref.sources.source import HEAD_BYTES, Chunk, Context, Parsed, Reject, Verdict
from backref.sources.values import Customs

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 16 << 20
"""A larger JSON text is not read: it must be held whole."""
MOST_ZIP_BYTES = 128 << 20
"""Of all tables of a ZIP, unpacked."""
MOST_TABLES = 100
_BEGINNINGS = 30
_PACKED = re.compile(rb'\A\s*\{\s*"zip"\s*:\s*"UEsD')
_UMAMI = "umami referrers"
_DAY = "date"
_DAMAGES = (ValueError, KeyError, TypeError, OSError, EOFError, RuntimeError)


class _JsonTables:
    """The tables of `exports`, as JSON."""

    name = "json tables"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """Judge by the first flat object's keys."""
        if _PACKED.match(head):
            return Verdict(0.95, "it holds a ZIP as Umami gives it", _UMAMI)
        first = _first_object(head)
        if not first:
            return Verdict(0.0, "it does not begin with an object of JSON")
        match = exports.best_format(_header([first]))
        chosen = match.format
        if match.missing or chosen.kind in ("filters", "views"):
            return Verdict(0.0, "its keys are no columns of a table that is known")
        if chosen.refusal:
            return Verdict(0.0, chosen.refusal, chosen.name, known=True)
        return Verdict(match.confidence, f"its keys are those of {chosen.name}", chosen.name)

    def unit_table(self, context: Context) -> str:
        """The table that the dialect's rows become."""
        return exports.EXPORTS.unit_table(context)

    def needs_site(self, context: Context) -> bool:
        """Whether the dialect's rows say nothing of whose they are."""
        return exports.EXPORTS.needs_site(context)

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:
        """Rows in packs of one table."""
        text = stream.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            yield Reject(1, f"a JSON text of over {MOST_BYTES >> 20} MiB: save it as CSV")
        elif _PACKED.match(text):
            yield from _unpacked(text, context)
        else:
            yield from _packs(text, context)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Convert the cells and make the rows of the format's kind."""
        return exports.EXPORTS.parse(chunk, context)


JSON_TABLES = _JsonTables()


def _first_object(head: bytes) -> dict[str, Any]:
    """The first object near the beginning that holds plain values; the text may be cut."""
    text = head.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip()
    if not text.startswith(("[", "{")):
        return {}
    decoder = json.JSONDecoder()
    for begin in islice(re.finditer(r"\{", text), _BEGINNINGS):
        try:
            found, _ = decoder.raw_decode(text, begin.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and len(plain := _plain(found)) > 1:
            return plain
    return {}


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if not isinstance(value, dict | list)}


def _header(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    """The folded keys of all rows, in the order in which they come."""
    keys = dict.fromkeys(formats.folded(key) for row in rows for key in row)
    return tuple(islice(keys, formats.MAX_COLUMNS))


def _packs(text: bytes, context: Context) -> Iterator[Chunk | Reject]:
    position = 1
    rows: list[dict[str, Any]] = []
    for told in _objects(text):
        if isinstance(told, str):
            yield Reject(position, told)
            position += 1
        else:
            rows.append(told)
    chosen = formats.named(context.dialect)
    header = _header(rows)
    if missing := chosen.match(header).missing:
        yield Reject(position, f"no {chosen.name}: it lacks {', '.join(missing)[:200]}")
        return
    table = Table(chosen.name, header, None, Customs(chosen.day_first, decimal_comma=False))
    for at in range(0, len(rows), exports.CHUNK_ROWS):
        cells = [_cells(row, header) for row in rows[at : at + exports.CHUNK_ROWS]]
        yield Chunk(position + at, Cells(table, cells))


def _objects(text: bytes) -> Iterator[dict[str, Any] | str]:
    """The rows of a text, or of its lines; a reason in place of what is none."""
    try:
        whole = orjson.loads(text.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        for line in filter(None, map(bytes.strip, text.splitlines())):
            try:
                yield from _rows(orjson.loads(line))
            except ValueError as error:
                yield f"no JSON can be read: {error}"[:200]
    else:
        yield from _rows(whole)


def _rows(told: Any, day: str = "") -> Iterator[dict[str, Any] | str]:
    """The rows of a value: a list of them, lists by their day or under another name, or one."""
    if isinstance(told, list):
        for each in told:
            yield (
                {_DAY: day, **_plain(each)}
                if isinstance(each, dict) and day
                else (_plain(each) if isinstance(each, dict) else "no object")
            )
    elif isinstance(told, dict) and (lists := [n for n, v in told.items() if isinstance(v, list)]):
        for name in lists:
            yield from _rows(told[name], name if _is_day(name) else "")
    elif isinstance(told, dict):
        yield _plain(told)
    else:
        yield "no object"


def _is_day(name: str) -> bool:
    try:
        dates.span(name, None)
    except ValueError:
        return False
    return True


def _cells(row: dict[str, Any], header: tuple[str, ...]) -> list[str]:
    told = {formats.folded(key): value for key, value in row.items()}
    return [_text(told.get(name)) for name in header]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _unpacked(text: bytes, context: Context) -> Iterator[Chunk | Reject]:
    """The tables of the ZIP within a JSON text that tell senders or pages."""
    try:
        packed = binascii.a2b_base64(orjson.loads(text)["zip"])
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if len(members) > MOST_TABLES or size > MOST_ZIP_BYTES:
                yield Reject(1, "its ZIP unpacks to more than a download of Umami's")
                return
            tables = [archive.read(member) for member in members]
    except (*_DAMAGES, zlib.error, zipfile.BadZipFile) as error:
        yield Reject(1, f"its ZIP is damaged: {error}"[:200])
        return
    position = 1
    for table in tables:
        if exports.EXPORTS.sniff(table[:HEAD_BYTES]).dialect.startswith("umami"):
            for each in exports.EXPORTS.chunks(io.BytesIO(table), context):
                rows = len(each.payload.rows) if isinstance(each, Chunk) else 1  # type: ignore[attr-defined]
                yield each._replace(position=position)
                position += rows
