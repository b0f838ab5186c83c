r"""Access logs of JSON lines: nginx with keys of its user's choice, Caddy, Traefik, Cloudflare.

What a key tells is known by its name, wherever it stands. A daemon's name or a container's may
stand before the object. nginx writes `\xHH` for bytes, which is no JSON and is mended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import orjson

from backref import data
from backref.remembered import remembered
from backref.sources import logfields, logline, logtimes
from backref.sources.logtable import Column, Misfit, Spelling, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SPELLING = Spelling(logtimes.EPOCH, escaped=False)
MOST_BEFORE = 256
"""Bytes that may stand before the object of a line."""
MOST_DEEP = 4
NO_OBJECT = "the line holds no JSON object"
NEEDED = {
    "time": "time",
    "address": "client's address",
    "request": "request or path",
    "status": "status",
}
ENOUGH = 2
"""What tells so many of these is a log, if one of which something is missing."""
TEXTS = ("time", "address", "request", "status", "host", "referrer", "agent", "forwarded")
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|.)", re.DOTALL)
_SIZE = re.compile(rb"\d{1,18}")
_PORT = re.compile(r"(?:([^:]+)|\[([^\]]+)\]):\d{1,5}")
_NUMBER = re.compile(r"\d{9,20}(?:\.\d{1,12})?")
_SECONDS = (1e11, 1e14, 1e17)
"""A time below the first is in seconds, below the others in thousandths and so on."""
_PRINTABLE = range(0x20, 0x7F)


class _Key(NamedTuple):
    rank: int
    field: str


@dataclass(frozen=True)
class JsonLines:
    """Lines of JSON objects as one program writes them."""

    name: str
    key: str
    example: str
    has_host = True
    self_closing = True

    def fits(self, line: bytes) -> bool:
        """Whether the line tells of a request."""
        return not _lacking(_told(line))

    def cut(self, text: bytes) -> tuple[Table, list[Misfit]]:
        """The lines of a text, each ended by a newline, and those that tell of no request."""
        found: list[Mapping[str, bytes]] = []
        places, misfits = [], []
        for start, line in _lines(text):
            told = _told(line) if len(line) <= logline.MAX_LINE_BYTES else {}
            if _lacking(told):
                misfits.append(Misfit(start, line, _complaint(line)))
            else:
                found.append(told)
                places.append((start, start + len(line)))
        return _table(text, places, found), misfits


@cache
def kinds() -> tuple[JsonLines, ...]:
    """All programs that are known; the last one is anybody."""
    rows = data.table("json_logs.csv")
    return tuple(JsonLines(row["name"], row["key"], row["example"]) for row in rows)


class Judgement(NamedTuple):
    """How many of so many `lines` tell of a request; if none does, `why` not."""

    fitting: int
    lines: int
    kind: JsonLines
    why: str


def judged(lines: Sequence[bytes]) -> Judgement:
    """What kind of JSON lines these are. What servers tell beside requests is not counted."""
    objects = [flat for line in lines if (flat := _flat(line)) is not None]
    told = [_fields(flat) for flat in objects]
    fitting = [at for at, fields in enumerate(told) if not _lacking(fields)]
    seen = {key for at in fitting for key in objects[at]}
    kind = next(kind for kind in kinds() if not kind.key or kind.key in seen)
    most = max(told, key=_known_of, default={})
    why = _lacking(most) if not fitting and _known_of(most) >= ENOUGH else ""
    strangers = sum(1 for line in lines if line.strip(logline.BLANKS)) - len(objects)
    return Judgement(len(fitting), len(fitting) + strangers, kind, why)


def _known_of(told: Mapping[str, bytes]) -> int:
    return sum(field in told for field in NEEDED)


def names_host(head: bytes) -> bool:
    """Whether the first request of a file names the host that was asked."""
    found = (_told(line) for line in head.split(b"\n"))
    return "host" in next((told for told in found if not _lacking(told)), {})


def _lines(text: bytes) -> Iterator[tuple[int, bytes]]:
    begin = 0
    for whole in text.split(b"\n"):
        line = whole.rstrip(logline.BLANKS)
        if line and not line.startswith(logline.COMMENT):
            yield begin, line
        begin += len(whole) + 1


def _told(line: bytes) -> dict[str, bytes]:
    """The fields of a line; none where it holds no object."""
    flat = _flat(line)
    return {} if flat is None else _fields(flat)


def _flat(line: bytes) -> dict[str, Any] | None:
    """The known keys of a line's object with their values; None where it holds none."""
    begin = line.find(b"{", 0, MOST_BEFORE)
    if begin < 0:
        return None
    record = _read(line[begin:])
    if not isinstance(record, dict):
        return None
    flat: dict[str, Any] = {}
    _flatten(record, "", MOST_DEEP, flat)
    return flat


def _read(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    mended = _ESCAPE.sub(_byte, text).decode("utf-8", errors="replace")
    try:
        return orjson.loads(mended)
    except orjson.JSONDecodeError:
        return None


def _byte(escape: re.Match[bytes]) -> bytes:
    """The byte that an escape of nginx means, as JSON has it."""
    if not escape[1]:
        return escape[0]
    byte = int(escape[1], 16)
    if byte in _PRINTABLE and byte not in b'"\\':
        return bytes([byte])
    return bytes([byte]) if byte > _PRINTABLE.stop else b"\\u%04x" % byte


def _flatten(record: Mapping[str, Any], before: str, depth: int, into: dict[str, Any]) -> None:
    known, containers = _known()
    for key, value in record.items():
        name = before + key.lower().replace("-", "_")
        if isinstance(value, dict):
            if depth and name in containers:
                _flatten(value, f"{name}.", depth - 1, into)
        elif name in known:
            into[name] = value[0] if isinstance(value, list) and value else value


@cache
def _known() -> tuple[dict[str, _Key], frozenset[str]]:
    """The keys that are known, and those of objects that hold some."""
    rows = data.table("log_keys.csv")
    keys = {row["key"]: _Key(rank, row["field"]) for rank, row in enumerate(rows)}
    parts = [key.split(".") for key in keys]
    containers = {".".join(names[:end]) for names in parts for end in range(1, len(names))}
    return keys, frozenset(containers)


def _fields(flat: Mapping[str, Any]) -> dict[str, bytes]:
    """The fields that an object tells, each by the key that is listed first."""
    known, _ = _known()
    found: dict[str, tuple[int, bytes]] = {}
    for name, value in flat.items():
        key = known[name]
        text = _time(value) if key.field == "time" else _text(value)
        if text and (key.field not in found or key.rank < found[key.field][0]):
            found[key.field] = (key.rank, text)
    told = {field: text for field, (_, text) in found.items()}
    return _completed(told)


def _completed(told: dict[str, bytes]) -> dict[str, bytes]:
    """With a request line, and the host that a URL names, an address without its port."""
    if path := told.pop("path", b""):
        method, query = told.pop("method", b""), told.pop("query", b"")
        told.setdefault("host", logfields.host_before(path))
        query = b"" if b"?" in path else query
        told.setdefault("request", logfields.request_line(path, method, query))
    if "address" in told:
        found = _PORT.fullmatch(told["address"].decode("utf-8", "replace"))
        if found:
            told["address"] = (found[1] or found[2]).encode()
    if told.get("host") == logfields.NOTHING:
        del told["host"]
    return told


def _text(value: Any) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", errors="replace")
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value).encode() if is_number else b""


def _time(value: Any) -> bytes:
    """A time of any usual kind in seconds; nothing for others."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return b""
    seconds = _moment(value) if isinstance(value, str) else _scaled(float(value))
    return b"%d" % seconds if seconds >= 0 else b""


def _scaled(number: float) -> int:
    steps = sum(number >= bound for bound in _SECONDS)
    return int(number / 1_000**steps) if 0 <= number < 1e21 else logtimes.NO_DATE


@remembered(4_096)
def _moment(text: str) -> int:
    if _NUMBER.fullmatch(text):
        return _scaled(float(text))
    try:
        found = datetime.fromisoformat(text[:40])
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        usual = logtimes.expression(logtimes.COMMON)
        written = text.encode("utf-8", "replace")
        if not re.fullmatch(usual, written):
            return logtimes.NO_DATE
        return int(logtimes.seconds([written], logtimes.COMMON)[0])


def _lacking(told: Mapping[str, bytes]) -> str:
    """What keeps a line from being a request."""
    missing = [name for field, name in NEEDED.items() if field not in told]
    if len(missing) > ENOUGH:
        return "the line tells of no request, as a server's own messages do not"
    return f"no key that is known tells the {' or the '.join(missing)}" if missing else ""


def _complaint(line: bytes) -> str:
    """Why a line is no request, as far as it can be told."""
    if len(line) > logline.MAX_LINE_BYTES:
        return logline.TOO_LONG
    flat = _flat(line)
    return NO_OBJECT if flat is None else _lacking(_fields(flat))


def _table(
    text: bytes, places: Sequence[tuple[int, int]], found: Sequence[Mapping[str, bytes]]
) -> Table:
    named = [
        field for field in TEXTS if field == "referrer" or any(field in told for told in found)
    ]
    columns = {
        field: Column.of([told.get(field, logfields.NOTHING) for told in found]) for field in named
    }
    sizes = [told.get("bytes", b"") for told in found]
    spans = np.array(places, np.int64).reshape(-1, 2)
    return logfields.settled(
        Table(
            text,
            spans[:, 0],
            spans[:, 1],
            columns,
            np.array([int(size) if _SIZE.fullmatch(size) else -1 for size in sizes], np.int64),
            None,
            SPELLING,
        )
    )
