"""GA4's export to BigQuery, as JSON lines or Parquet: one row an event, folded into visits.

A session is `user_pseudo_id` and `ga_session_id` together. Its source is the last click that GA4
tells of it, else what was collected with the event, else the visitor's first. Which events a
property calls key events the export does not say: leads and purchases are counted, by the names
that GA4 recommends. A table may be cut into several files, and a session go on in that of the next
day: files of one command are folded together, and a session that none of them begins is no visit
once more.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO, NamedTuple

import orjson

from backref import url
from backref.errors import DiskFull, StoreError
from backref.sources import export_traffic
from backref.sources.export_frame import Cells, Table, frame
from backref.sources.folding import HEADER, Event, Folding, Origin
from backref.sources.joined import parts
from backref.sources.source import Chunk, Context, Parsed, Reject, Verdict
from backref.sources.values import Customs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PARQUET = b"PAR1"
MOST_LINE_BYTES = 1 << 20
MOST_PARQUET_BYTES = 4 << 30
MOST_GROUP_BYTES = 1 << 30
"""A row group that unpacks to more by its own word or that of its columns is not read."""
ROWS_AT_A_TIME = 2_000
CHUNK_ROWS = 4_096
NO_ROOM = "There is no room for the copy of a Parquet file"
LEAST_TIME = 1_000_000_000
SOON = 60_000_000
"""Microseconds from a session's beginning."""
_BLOCK = 1 << 20
_CONVERSIONS = frozenset({"generate_lead", "purchase"})
_COLUMNS = (
    *("event_timestamp", "event_date", "event_name", "event_params", "user_pseudo_id", "user_id"),
    *("traffic_source", "collected_traffic_source", "session_traffic_source_last_click"),
    "ecommerce",
)


class _Unreadable(NamedTuple):
    """An event that could not be read, and why."""

    reason: str
    sample: str = ""


class _Ga4Events:
    """Events of GA4."""

    name = "ga4 events"
    in_threads = False
    joins = True

    def sniff(self, head: bytes) -> Verdict:
        """Judge by the first line's keys; Parquet tells its columns only at its end."""
        if head.startswith(PARQUET):
            return Verdict(0.6, "it is Parquet, in which GA4's export to BigQuery comes", self.name)
        line = head.lstrip(b"\xef\xbb\xbf \r\n")[: 1 << 16]
        if line.startswith(b"{") and b'"event_name"' in line and b'"event_params"' in line:
            return Verdict(0.97, "its lines are events of GA4's export to BigQuery", self.name)
        return Verdict(0.0, "its lines are no events of GA4")

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """The table that the figures become."""
        return "traffic_reports"

    def needs_site(self, context: Context) -> bool:  # noqa: ARG002
        """An event does not say whose it is."""
        return True

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:
        """The figures of all sessions, once the last event was read."""
        folding = Folding()
        found = chain.from_iterable(
            _events(part, head, context.scratch) for part, head in parts(stream, context.head)
        )
        for number, event in enumerate(found, 1):
            if isinstance(event, _Unreadable):
                yield Reject(number, event.reason, event.sample)
            elif event is not None:
                folding.take(event)
        yield from chunks_of(folding, "ga4 sessions")

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """The rows of a pack of figures."""
        if not isinstance(chunk.payload, Cells):
            raise TypeError("a chunk of another source")
        return export_traffic.parse(frame(chunk.payload, chunk.position), context)


GA4_EVENTS = _Ga4Events()


def chunks_of(folding: Folding, name: str) -> Iterator[Chunk]:
    """What was folded, in packs under the format of that name."""
    table = Table(name, HEADER, None, Customs(decimal_comma=False))
    rows, position = folding.rows(), 1
    while pack := list(islice(rows, CHUNK_ROWS)):
        yield Chunk(position, Cells(table, pack))
        position += len(pack)


def _events(stream: BinaryIO, head: bytes, scratch: str) -> Iterator[Event | _Unreadable | None]:
    return _of_parquet(stream, scratch) if head.startswith(PARQUET) else _of_lines(stream)


# --- reading --------------------------------------------------------------------------------


def _of_lines(stream: BinaryIO) -> Iterator[Event | _Unreadable | None]:
    for line in _lines(stream):
        if line is None:
            yield _Unreadable(f"a line of over {MOST_LINE_BYTES:,} bytes")
        elif text := line.strip().removeprefix(b"\xef\xbb\xbf"):
            try:
                yield _event(orjson.loads(text))
            except ValueError as error:
                yield _Unreadable(f"no event can be read: {error}"[:200])


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines; None for one that is too long to hold."""
    held, endless = b"", False
    while block := stream.read(_BLOCK):
        *whole, rest = (held + block).split(b"\n")
        for line in whole:
            yield None if endless or len(line) > MOST_LINE_BYTES else line
            endless = False
        held, endless = (b"", True) if endless or len(rest) > MOST_LINE_BYTES else (rest, False)
    if held or endless:
        yield None if endless else held


def _of_parquet(stream: BinaryIO, scratch: str) -> Iterator[Event | _Unreadable | None]:
    """The events of a Parquet file, which is copied into the folder `scratch` first: what it holds
    is written at its end. Raises DiskFull where there is no room for the copy."""
    with TemporaryFile(dir=scratch or None) as copy:
        if _copied(stream, copy):
            yield from _of_copy(copy)
        else:
            yield _Unreadable(f"a Parquet file of over {MOST_PARQUET_BYTES >> 30} GiB")


def _copied(stream: BinaryIO, copy: IO[bytes]) -> bool:
    """Whether the stream is copied whole."""
    size = 0
    try:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MOST_PARQUET_BYTES:
                return False
            copy.write(block)
        copy.flush()
    except OSError as error:
        raise DiskFull(f"{NO_ROOM}: {error.strerror or error}; free some space, repeat.") from error
    return True


def _of_copy(copy: IO[bytes]) -> Iterator[Event | _Unreadable | None]:
    """The events of a Parquet file. Errors of Arrow, and of values that Python has no like of, are
    its damage; some of Arrow's are errors of the system without a number, and those with one are
    of our own disk."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        yield from _rows(pq.ParquetFile(copy))
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno:
            raise StoreError(f"The copy of a Parquet file cannot be read: {error}.") from error
        yield _Unreadable(f"the Parquet file is damaged: {error}"[:200])


def _rows(file: Any) -> Iterator[Event | _Unreadable | None]:
    held = set(file.schema_arrow.names)
    if missing := {"event_name", "event_params", "event_timestamp"} - held:
        lacking = ", ".join(sorted(missing))
        yield _Unreadable(f"of Parquet, only GA4's export to BigQuery is read: it lacks {lacking}")
        return
    columns = [name for name in _COLUMNS if name in held]
    for group in range(file.num_row_groups):
        if _unpacked(file.metadata.row_group(group)) > MOST_GROUP_BYTES:
            yield _Unreadable(f"a row group of over {MOST_GROUP_BYTES >> 30} GiB")
            continue
        for batch in file.iter_batches(ROWS_AT_A_TIME, row_groups=[group], columns=columns):
            for row in batch.to_pylist():
                try:
                    yield _event(row)
                except ValueError as error:
                    yield _Unreadable(f"no event can be read: {error}"[:200])


def _unpacked(group: Any) -> int:
    """Bytes that a row group unpacks to, by whichever word claims more."""
    columns = (group.column(at) for at in range(group.num_columns))
    claimed: int = sum(abs(one.total_uncompressed_size) for one in columns)
    return max(int(group.total_byte_size), claimed)


# --- one event ------------------------------------------------------------------------------


def _event(row: Any) -> Event | None:
    """An event, None for one of no session (a visitor who did not consent has none)."""
    if not isinstance(row, dict) or "event_name" not in row:
        raise ValueError("it has no event_name")
    params = _params(row.get("event_params"))
    user = _first_text(row, "user_pseudo_id", "client_id", "user_id")
    session = params.get("ga_session_id")
    if not user or session is None:
        return None
    at = _whole(row.get("event_timestamp"))
    name = _text(row["event_name"])
    page = _text(params.get("page_location"))
    referrer = _text(params.get("page_referrer"))
    revenue = _at(row, "ecommerce", "purchase_revenue")
    origin, sure = _origin(row)
    return Event(
        hash((user, str(session))),
        at,
        _day(row, at),
        _path(page),
        "" if _host(referrer) == _host(page) else referrer,
        origin,
        name == "page_view",
        sure,
        str(params.get("session_engaged")) == "1",
        int(name in _CONVERSIONS),
        _figure(revenue) if name == "purchase" else 0.0,
        _figure(params.get("engagement_time_msec")) / 1_000,
        name == "session_start" or _is_first(at, session),
    )


def _is_first(at: int, session: Any) -> bool:
    """Whether an event may be of a session's beginning: the session's number is the second that it
    began in. One that is no such time says nothing."""
    try:
        begun = int(session)
    except (TypeError, ValueError, OverflowError):
        return True
    return begun < LEAST_TIME or at - begun * 1_000_000 < SOON


def _params(told: Any) -> dict[str, Any]:
    """The event's parameters by their key."""
    pairs: Iterable[Any] = told if isinstance(told, list) else ()
    return {
        pair["key"]: value
        for pair in pairs
        if isinstance(pair, dict) and isinstance(pair.get("key"), str)
        for value in [_value(pair.get("value"))]
        if value is not None
    }


def _value(told: Any) -> Any:
    """The one of the four typed values that is there; of another type it tells nothing."""
    kinds = ("string_value", "int_value", "double_value", "float_value")
    values = (told.get(kind) for kind in kinds) if isinstance(told, dict) else ()
    return next((value for value in values if isinstance(value, str | int | float)), None)


def _origin(row: dict[str, Any]) -> tuple[Origin, int]:
    """Who sent the session as far as this event knows, and how sure that is: the session's last
    click, what came with the event, or the visitor's very first source."""
    click = _at(row, "session_traffic_source_last_click")
    channel = _text(_at(click, "cross_channel_campaign", "default_channel_group"))
    collected = ("manual_source", "manual_medium", "manual_campaign_name")
    told = (
        (3, _at(click, "cross_channel_campaign"), ("source", "medium", "campaign_name")),
        (3, _at(click, "manual_campaign"), ("source", "medium", "campaign_name")),
        (2, _at(row, "collected_traffic_source"), collected),
        (1, _at(row, "traffic_source"), ("source", "medium", "name")),
    )
    for sure, record, names in told:
        source, medium, campaign = (_text(_at(record, name)) for name in names)
        if source:
            return Origin(source, medium, campaign, channel), sure
    return Origin(), 0


def _host(address: str) -> str:
    parsed = url.parse(address) if address else None
    return url.bare_host(parsed.host) if parsed else ""


def _path(address: str) -> str:
    parsed = url.parse(address) if address else None
    return parsed.path if parsed else ""


def _day(row: dict[str, Any], at: int) -> str:
    """The day in the property's zone, else that of the time in UTC."""
    stamp = _text(row.get("event_date")).replace("-", "")
    if len(stamp) == 8 and stamp.isdigit():
        return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:]}"
    try:
        return datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%Y-%m-%d")
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"event_timestamp {at} is no time") from None


def _at(told: Any, *path: str) -> Any:
    for name in path:
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _text(told: Any) -> str:
    return told if isinstance(told, str) else ""


def _first_text(row: dict[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(row.get(name)))), "")


def _whole(told: Any) -> int:
    if isinstance(told, int) or (isinstance(told, str) and told.isdecimal() and len(told) < 20):
        return int(told)
    raise ValueError("it has no event_timestamp")


def _figure(told: Any) -> float:
    """A number that may be written as text; nought for anything else."""
    try:
        figure = float(told)
    except (TypeError, ValueError):
        return 0.0
    return figure if math.isfinite(figure) and abs(figure) < 1e15 else 0.0
