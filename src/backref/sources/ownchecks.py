"""The journal of our own checks: what was asked, what came back, and what it says of the page.

A journal is a WARC file, or several of them one after the other. Before a request leaves, an
*intent* is written (a metadata record); after it the answers on the way (`response` records,
decoded) and then the *check* (a metadata record that refers to the intent and tells everything
else). The counted records are checks, and intents that no check refers to: looks that were
interrupted. A check's identity is what was asked and when, so a journal that is read twice, or in
parts, tells nothing twice.

Bodies are the text of strangers, and a torn record may end within one. So a journal, which is only
ever added to, is read up to its first damage and no further, and each record must name the first
one, whose identity is random: nobody's page can hold a record that counts as ours.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np
import orjson
import pyarrow as pa

from backref import identity
from backref import url as urls
from backref.schema import CHECKS
from backref.sources import observations, warc
from backref.sources.collector import without_collector
from backref.sources.observations import table_rows
from backref.sources.records import Record, records
from backref.sources.source import Chunk, Parsed, Reject, Rows, Verdict
from backref.sources.told import BLIND, told
from backref.sources.walls import wall, wall_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from backref.sources.headers import Headers
    from backref.sources.observations import Capture
    from backref.sources.source import Context

INTENT = "application/vnd.backref.intent+json"
CHECK = "application/vnd.backref.check+json"
MARK = "backref-checks: 1"
"""A line of the first record by which a journal is known."""
CHUNK_BYTES = 1 << 22
MOST_OPEN = 50_000
"""Intents that wait for their check."""
MOST_HOPS = 32
SEEN = frozenset(("page", "target", "canonical"))
"""Purposes whose answers are captures."""
LINKING = "page"
"""The purpose whose answers are read for links: others are pages of one's own."""
_VERSION = re.compile(rb"\s*WARC/\d+\.\d+\s")
_TEMPORARY = frozenset((302, 303, 307))


class _Look(NamedTuple):
    """One look: the record that tells of it, and the answers on the way."""

    record: Record
    answers: tuple[Record, ...]


class OwnChecks:
    """The format family."""

    name = "own checks"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """A journal is a WARC whose first record says so."""
        if _VERSION.match(head) and MARK.encode() in head:
            return Verdict(1.0, "a WARC that says it is a journal of checks", "own checks")
        return Verdict(0.0, "no WARC with the mark of a journal of checks")

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """Checks."""
        return CHECKS.name

    def needs_site(self, context: Context) -> bool:  # noqa: ARG002
        """Never: checks belong to the whole store."""
        return False

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:  # noqa: ARG002
        """Whole looks, about `CHUNK_BYTES` of them at a time, and the file's damages."""
        held: list[_Look] = []
        size = 0
        for found in _looks(stream):
            if isinstance(found, Reject):
                yield found
                continue
            held.append(found)
            size += sum(len(answer.block) for answer in found.answers) + len(found.record.block)
            if size >= CHUNK_BYTES:
                yield Chunk(held[0].record.position, held)
                held, size = [], 0
        if held:
            yield Chunk(held[0].record.position, held)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read the looks of one chunk."""
        looks: list[_Look] = chunk.payload  # type: ignore[assignment]
        with without_collector():
            return _parsed(looks, context)


def _looks(stream: BinaryIO) -> Iterator[_Look | Reject]:
    """Looks in the order of their checks, then those that were interrupted."""
    intents: dict[str, Record] = {}
    answers: list[Record] = []
    journal = ""
    for found in undamaged(stream, _is_ours):
        if isinstance(found, Reject):
            yield found
            continue
        kind = found.fields.first("content-type")
        if found.fields.first("warc-type").lower() == "warcinfo":
            journal = found.fields.first("warc-record-id") if MARK.encode() in found.block else ""
            answers = []
        elif not journal or found.fields.first("warc-warcinfo-id") != journal:
            yield Reject(found.position, "a record that does not name its journal")
        elif kind == INTENT:
            intents[found.fields.first("warc-record-id")] = found
            if len(intents) > MOST_OPEN:
                yield _Look(intents.pop(next(iter(intents))), ())
        elif kind == CHECK:
            for intended in _intended(found):
                intents.pop(intended, None)
            yield _Look(found, tuple(answers))
            answers = []
        elif len(answers) < MOST_HOPS:
            answers.append(found)
    for left in intents.values():
        yield _Look(left, ())


def _intended(check: Record) -> Iterator[str]:
    """The intents of a look: for its page, and for where that led."""
    yield check.fields.first("warc-refers-to")
    further = (_json(check.block) or {}).get("intents")
    if isinstance(further, list):
        yield from (identity for identity in further if isinstance(identity, str))


def undamaged(
    stream: BinaryIO, wanted: Callable[[Headers], bool] = lambda _: True
) -> Iterator[Record | Reject]:
    """The whole records of a journal that are `wanted`, up to its first damage, which ends them.

    That is the last record of a journal whose process was killed, or whose disk was full. A
    request leaves only after its intent is whole, and a look whose check is not whole was
    interrupted.
    """
    found = records(stream, wanted)
    for each in found:
        if isinstance(each, Reject):
            yield each
            return
        if not each.whole:
            damage = next(found, None)
            yield damage if isinstance(damage, Reject) else Reject(each.position, "cut off")
            return
        yield each


def _is_ours(fields: Headers) -> bool:
    kind = fields.first("warc-type").lower()
    return kind in ("response", "warcinfo") or fields.first("content-type") in (INTENT, CHECK)


def _parsed(looks: Sequence[_Look], context: Context) -> Parsed:
    parsed = Parsed(len(looks))
    rows: list[dict[str, Any]] = []
    captures: list[Capture] = []
    units: list[int] = []
    for look in looks:
        row = _said(look.record)
        if isinstance(row, Reject):
            parsed.rejects.append(row)
            continue
        row["row_id"] = _identity(row, context.key)
        seen = _seen(look, row, context.key)
        units += [len(rows)] * len(seen)
        captures += seen
        rows.append(row)
    if rows:
        parsed.rows = [_checks(rows), *_observed(captures, units, context.key)]
    parsed.counts = Counter(row["told"] for row in rows)
    return parsed


def _said(record: Record) -> dict[str, Any] | Reject:
    """A check as a row, but for what its answers tell; an intent as a look that was cut off."""
    said = _json(record.block)
    url = urls.parse(_text(said, "url") or "") if said else None
    at = _time(said, "at") if said else None
    if said is None or url is None or at is None or len(url.href) > observations.LONGEST_URL:
        return Reject(
            record.position, "no URL and time", record.block[:200].decode("utf-8", "replace")
        )
    final = urls.parse(_text(said, "final_url") or "about:blank")
    return {
        "position": record.position,
        "at": at,
        "purpose": _text(said, "purpose") or "page",
        "url": url.href,
        "page": urls.fold_key(url),
        "host": url.host,
        "domain": urls.registrable_domain(url.host),
        "outcome": _text(said, "outcome") or "interrupted",
        "final_url": final.href if final else None,
        "final_page": urls.fold_key(final) if final else None,
        "status": _number(said, "status", 99_999),
        "bytes": _number(said, "bytes", 1 << 50),
        "seconds": _seconds(said),
        "next_allowed": _time(said, "next_allowed"),
        **{name: _text(said, name) for name in _TEXTS},
    }


_TEXTS = (
    "why", "hops", "address", "http", "tls", "robots", "preferences", "etag", "modified", "digest",
    "confirms",
)  # fmt: skip


def _json(block: bytes) -> dict[str, Any] | None:
    try:
        said = orjson.loads(block)
    except orjson.JSONDecodeError:
        return None
    return said if isinstance(said, dict) else None


def _text(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return (value[: observations.LONGEST_URL] or None) if isinstance(value, str) else None


def _number(said: dict[str, Any], name: str, most: int) -> int | None:
    value = said.get(name)
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if fits else None


def _seconds(said: dict[str, Any]) -> float | None:
    value = said.get("seconds")
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e9 else None


def _time(said: dict[str, Any], name: str) -> datetime | None:
    """A time in microseconds since 1970; None for what is none."""
    value = said.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 1 << 56:
        return None
    try:
        return datetime.fromtimestamp(value // 1_000_000, UTC).replace(
            microsecond=value % 1_000_000
        )
    except (ValueError, OverflowError, OSError):
        return None


def _identity(row: dict[str, Any], key: bytes) -> bytes:
    asked = "\n".join((row["url"], row["at"].isoformat(), row["purpose"], row["outcome"]))
    return identity.record_id(key, CHECKS.name, "", asked.encode())


def _seen(look: _Look, row: dict[str, Any], key: bytes) -> list[Capture]:
    """The captures of a look, and in `row` what it told.

    Where the last answer says nothing, what led there says nothing either: a page that sends its
    visitors to a wall has not moved.
    """
    captures: list[Capture] = []
    stood = ""
    for answer in look.answers if row["purpose"] in SEEN else ():
        captured = warc.captured(answer)
        if isinstance(captured, Reject):
            continue
        made = warc.capture_of(answer, captured, key, internal=False)
        captures.append(_as_child(made, len(captures), row, key))
        stood = _stood(captured, made)
        if stood:
            row["why"] = f"{stood[0].upper()}{stood[1:]} in the place of the page"
            break
    last = captures[-1] if captures else None
    complete = row["purpose"] not in SEEN or bool(last and last.complete)
    row["told"] = told(
        row["outcome"], row["status"], stood, complete=complete, confirmed=bool(row["confirms"])
    )
    if last is None or row["told"] not in BLIND or (row["told"] == "unreadable" and last.page):
        return captures
    return [_nothing_read(last)] if len(captures) == 1 else []


def _stood(captured: warc.Captured, made: Capture) -> str:
    """The wall that an answer is or leads to."""
    found = wall(captured.headers, captured.body, made.page)
    if not found and captured.status in _TEMPORARY and made.redirect is not None:
        return wall_at(made.redirect)
    return found


def _as_child(made: Capture, ordinal: int, row: dict[str, Any], key: bytes) -> Capture:
    """A capture of a look: it is as old as the look and goes with it. What pages of one's own
    link to is nobody's concern."""
    if row["purpose"] != LINKING and made.page is not None:
        made.page.links.clear()
    child = identity.child_id(key, row["row_id"], "page_observations", ordinal)
    return replace(made, row_id=child, observed_lo=row["at"], observed_hi=row["at"])


def _nothing_read(capture: Capture) -> Capture:
    return replace(capture, complete=False, redirect=None, page=None)


def _checks(rows: Sequence[dict[str, Any]]) -> Rows:
    names = [name for name in CHECKS.names if name != "import_id"]
    columns = {name: [row.get(name) for row in rows] for name in names}
    return table_rows(CHECKS, columns, [row["domain"] for row in rows], np.arange(len(rows)))


def _observed(captures: Sequence[Capture], units: Sequence[int], key: bytes) -> list[Rows]:
    """The rows of captures, each belonging to the look numbered in `units`."""
    looks = pa.array(units, pa.int64())
    found = observations.rows(captures, key, witness="check")
    return [replace(rows, unit=looks.take(rows.unit)) for rows in found]


OWN_CHECKS = OwnChecks()
