"""WAT archives: page and link observations from the metadata that somebody made of a WARC.

The counted records are those that tell of `response` and `resource` records with an http(s)
target; what is told of requests and the like is passed over. A record's identity is that of the
capture it tells of, kept apart from the capture's own, which holds more.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import orjson

from backref.sources import wat_cut, wat_links, wat_page, wat_rows
from backref.sources.collector import without_collector
from backref.sources.records import MOST_BLOCK_BYTES, records
from backref.sources.source import PASSED_OVER, Chunk, Parsed, Reject, Verdict
from backref.sources.wat_listed import PlainLists

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.headers import Headers
    from backref.sources.source import Context
    from backref.sources.wat_listed import Lists

CHUNK_BYTES = 1 << 24
_VERSION = re.compile(rb"\s*WARC/\d+\.\d+\s")
_METADATA = re.compile(rb"\nWARC-Type:[ \t]*metadata\s", re.IGNORECASE)
_RESPONSE = re.compile(rb"\nWARC-Type:[ \t]*(?:response|resource)\s", re.IGNORECASE)
_JSON = re.compile(rb"\nContent-Type:[ \t]*application/json\b", re.IGNORECASE)
_ENVELOPE = re.compile(rb'\n\r?\n\s*\{.{0,4096}"Envelope"', re.DOTALL)
_TOLD = (b'"response"', b'"resource"')


class _Held(NamedTuple):
    """A record that may tell of a capture."""

    position: int
    block: bytes
    whole: bool


class Wat:
    """The format family."""

    name = "wat"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """A WAT is a WARC whose metadata records hold JSON with an envelope."""
        if not (_METADATA.search(head) and _JSON.search(head) and _ENVELOPE.search(head)):
            return Verdict(0.0, "no metadata records that hold JSON with an envelope")
        if _RESPONSE.search(head):
            return Verdict(0.0, "holds responses, not only metadata")
        sure = 1.0 if _VERSION.match(head) else 0.9
        return Verdict(sure, "metadata records that hold JSON with an envelope", "wat")

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """Captures."""
        return "page_observations"

    def needs_site(self, context: Context) -> bool:  # noqa: ARG002
        """Never: links and pages belong to the whole store."""
        return False

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:  # noqa: ARG002
        """Whole records, about `CHUNK_BYTES` of them at a time, and the archive's damages; of an
        archive that tells of no capture, the kinds of what it tells of."""
        held: list[_Held] = []
        size = 0
        passed: Counter[str] = Counter()
        any_held = False
        for found in records(stream, _is_json):
            if isinstance(found, Reject):
                yield found
            elif found.whole and not any(kind in found.block for kind in _TOLD):
                passed[_passed(found.block)] += not any_held
            else:
                held.append(_Held(found.position, found.block, found.whole))
                size += len(found.block)
                any_held = True
            if size >= CHUNK_BYTES:
                yield Chunk(held[0].position, held)
                held, size = [], 0
        if held:
            yield Chunk(held[0].position, held)
        if passed and not any_held:
            yield Chunk(0, passed)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read the records of one chunk."""
        if isinstance(chunk.payload, Counter):
            kinds = chunk.payload.items()
            return Parsed(0, counts=Counter({PASSED_OVER + kind: n for kind, n in kinds}))
        with without_collector():
            return _parsed(chunk.payload, context)  # type: ignore[arg-type]


def _is_json(fields: Headers) -> bool:
    kind = fields.first("content-type").lower()
    return kind.startswith("application/json") and fields.first("warc-type").lower() == "metadata"


def _passed(block: bytes) -> str:
    """What kind of record a passed one tells of, as the report names it."""
    try:
        told = orjson.loads(block)
    except orjson.JSONDecodeError:
        return "damaged WAT"
    kind = wat_page.kind_of(told) if isinstance(told, dict) else ""
    return f"WAT {kind}".rstrip()


def _parsed(held: list[_Held], context: Context) -> Parsed:
    blocks = [record.block for record in held]
    wat_cut.KERNELS.look_at(sum(map(len, blocks)))
    lists: Lists = PlainLists(blocks)
    if wat_cut.KERNELS.in_use:
        lists = wat_cut.CutLists(blocks, internal=context.internal)
    captures: list[wat_page.Capture] = []
    places: list[int] = []
    rejects: list[Reject] = []
    for place, record in enumerate(held):
        told = _read(lists, place, record)
        if isinstance(told, str):
            sample = record.block[:200].decode("utf-8", "replace")
            rejects.append(Reject(record.position, told, sample))
        elif told is not None:
            captures.append(told)
            places.append(place)
    parsed = Parsed(len(captures) + len(rejects), rejects=rejects)
    found = _led(captures, lists, places, internal=context.internal)
    told_of = wat_rows.Told([held[place].position for place in places], captures, found)
    parsed.rows = wat_rows.rows(told_of, context.key, fast=wat_cut.KERNELS.in_use)
    parsed.counts = told_of.counts()
    return parsed


def _led(
    captures: list[wat_page.Capture], lists: Lists, places: list[int], *, internal: bool
) -> wat_links.Found:
    bases = [one.page.declared.base if one.page else one.url for one in captures]
    domains = [capture.domain for capture in captures]
    homes = [
        wat_links.home(base, own, internal=internal)
        for base, own in zip(bases, domains, strict=True)
    ]
    return wat_links.led(lists.said(places, homes), bases, homes, domains, internal=internal)


def _read(lists: Lists, place: int, record: _Held) -> wat_page.Capture | str | None:
    """The capture that a record tells of, why it cannot be stored, or None when it tells of
    none. A record that was cut off is told by whoever found it cut."""
    try:
        told = lists.told(place)
    except orjson.JSONDecodeError as error:
        if record.whole:
            return f"the record's JSON is damaged ({error})"
        if len(record.block) == MOST_BLOCK_BYTES:
            return f"the record is longer than {MOST_BLOCK_BYTES >> 20} MiB"
        return None
    return None if told is None else wat_page.read_capture(told)


WAT = Wat()
