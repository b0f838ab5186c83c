"""WARC archives: one page observation for each capture, one link observation for each link.

The counted records are `response` and `resource` records with an http(s) target. Requests,
revisits, metadata and what was not fetched by http are passed over. A capture's identity is its
target, date, status and payload digest, so that a copy in another archive is the same capture;
a capture that was cut off is another one than the whole.
"""

from __future__ import annotations

import re
from base64 import b32encode
from collections import Counter
from hashlib import sha1
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from backref import identity
from backref import url as urls
from backref.sources import html, kin, observations
from backref.sources.collector import without_collector
from backref.sources.headers import Headers
from backref.sources.http_message import Message, payload, read_message
from backref.sources.moment import interval
from backref.sources.observations import Capture
from backref.sources.records import Record, records
from backref.sources.source import PASSED_OVER, Chunk, Parsed, Reject, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backref.sources.html import Page
    from backref.sources.source import Context
    from backref.url import Url

CHUNK_BYTES = 1 << 22
CAPTURES = frozenset(("response", "resource"))
OTHER_KINDS = frozenset(
    ("warcinfo", "request", "metadata", "revisit", "conversion", "continuation")
)
HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_VERSION = re.compile(rb"\s*WARC/\d+\.\d+\s")
_LATER_VERSION = re.compile(rb"\nWARC/\d+\.\d+\r?\nWARC-|\nWARC/\d+\.\d+\r?\nContent-")
_MARKUP = re.compile(
    rb"\s*(?:<!--.{0,200}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_SNIFFED_BYTES = 512
_CAPTURE = "capture"


class Captured(NamedTuple):
    """One record with what its HTTP message says."""

    url: Url
    status: int | None
    headers: Headers
    mime: str
    body: bytes
    complete: bool
    digest: str


class Warc:
    """The format family."""

    name = "warc"
    in_threads = False

    def sniff(self, head: bytes) -> Verdict:
        """A WARC begins with its version line; a damaged one holds some further on."""
        if refused := kin.refusal(head):
            return refused
        if _VERSION.match(head):
            return Verdict(1.0, "begins with a WARC version line", "warc")
        if _LATER_VERSION.search(head):
            return Verdict(0.8, "holds WARC records after a damaged beginning", "warc")
        return Verdict(0.0, "does not begin with WARC/")

    def unit_table(self, context: Context) -> str:  # noqa: ARG002
        """Captures."""
        return "page_observations"

    def needs_site(self, context: Context) -> bool:  # noqa: ARG002
        """Never: links and pages belong to the whole store."""
        return False

    def chunks(self, stream: BinaryIO, context: Context) -> Iterator[Chunk | Reject]:  # noqa: ARG002
        """Whole captures, about `CHUNK_BYTES` of them at a time, and the archive's damages;
        of an archive without any, the kinds of its records."""
        held: list[Record] = []
        size = 0
        kinds: Counter[str] = Counter()

        def counted(fields: Headers) -> bool:
            kinds[_kind(fields)] += 1
            return is_capture(fields)

        for found in records(stream, counted):
            if isinstance(found, Reject):
                yield found
                continue
            held.append(found)
            size += len(found.block)
            if size >= CHUNK_BYTES:
                yield Chunk(held[0].position, held)
                held, size = [], 0
        if held:
            yield Chunk(held[0].position, held)
        if kinds and not kinds[_CAPTURE]:
            yield Chunk(0, kinds)

    def parse(self, chunk: Chunk, context: Context) -> Parsed:
        """Read the captures of one chunk."""
        if isinstance(chunk.payload, Counter):
            kinds = chunk.payload.items()
            return Parsed(0, counts=Counter({PASSED_OVER + kind: n for kind, n in kinds}))
        with without_collector():
            return _parsed(chunk.payload, context)  # type: ignore[arg-type]


def _parsed(held: list[Record], context: Context) -> Parsed:
    parsed = Parsed(len(held))
    captures: list[Capture] = []
    for record in held:
        found = captured(record)
        if isinstance(found, Reject):
            parsed.rejects.append(found)
        else:
            captures.append(capture_of(record, found, context.key, internal=context.internal))
    parsed.rows = observations.rows(captures, context.key)
    parsed.counts = _counts([capture.page for capture in captures if capture.page])
    return parsed


def _counts(pages: list[Page]) -> Counter[str]:
    return Counter(
        pages=len(pages),
        links=sum(page.count for page in pages),
        external_links=sum(page.external for page in pages),
        nofollow=sum(page.nofollow for page in pages),
        ugc=sum(page.ugc for page in pages),
        sponsored=sum(page.sponsored for page in pages),
    )


def target_of(fields: Headers) -> str:
    """A record's target; some tools wrote it between angle brackets, as the draft had it."""
    return fields.first("warc-target-uri").removeprefix("<").removesuffix(">").strip()


def is_capture(fields: Headers) -> bool:
    """Whether a record is counted: somebody fetched something by http."""
    if fields.first("warc-type").lower() not in CAPTURES:
        return False
    target = target_of(fields)
    return not target or target[:8].lower().startswith(("http://", "https://"))


def _kind(fields: Headers) -> str:
    if is_capture(fields):
        return _CAPTURE
    kind = fields.first("warc-type").lower()
    if kind in CAPTURES:
        return f"{kind} (not fetched by http)"
    return kind if kind in OTHER_KINDS else "unknown"


def captured(record: Record) -> Captured | Reject:
    """The message in a `response` or `resource` record, its body decoded."""
    target = target_of(record.fields)
    url = urls.parse(target) if target else None
    if url is None or len(target) > observations.LONGEST_URL:
        return _rejected(record, f"no usable target URI ({target!r:.100})")
    message = _message(record)
    if message is None:
        return _rejected(record, "the response has no HTTP status line")
    body = payload(message)
    cut = not record.whole or any(
        name in record.fields for name in ("warc-truncated", "warc-segment-number")
    )
    mime = message.headers.first("content-type").partition(";")[0].strip().lower()
    return Captured(
        url,
        message.status,
        message.headers,
        mime[:200],
        body.data,
        body.complete and not cut,
        _digest(record, message),
    )


def _rejected(record: Record, reason: str) -> Reject:
    return Reject(record.position, reason, record.block[:200].decode("utf-8", "replace"))


def _message(record: Record) -> Message | None:
    """The HTTP message of a response; a resource is its body alone, typed by the record."""
    kind = record.fields.first("content-type")
    if record.fields.first("warc-type").lower() == "response":
        message = read_message(record.block)
        if message is not None or kind.lower().startswith("application/http"):
            return message
    return Message(None, Headers({"content-type": [kind]}), record.block)


def _digest(record: Record, message: Message) -> str:
    """The payload digest that the archive states, or our own when it states none or when what
    is at hand is not what it was made of."""
    stated = record.fields.first("warc-payload-digest")
    if stated and record.whole:
        return stated[:200]
    return "sha1:" + b32encode(sha1(message.body, usedforsecurity=False).digest()).decode()


def _page(captured: Captured, *, internal: bool) -> Page | None:
    """The page that a capture holds, None when it holds none."""
    untyped = not captured.mime and _MARKUP.match(captured.body[:_SNIFFED_BYTES])
    if captured.mime not in HTML_TYPES and not untyped:
        return None
    return html.read_page(captured.body, captured.url, captured.headers, internal=internal)


def capture_of(record: Record, captured: Captured, key: bytes, *, internal: bool) -> Capture:
    """A record as a capture, with the page that it holds."""
    page = _page(captured, internal=internal)
    date = record.fields.first("warc-date")
    lo, hi = interval(date)
    url_text = target_of(record.fields)
    status = "" if captured.status is None else str(captured.status)
    canonical = "\n".join((url_text, date, status, captured.digest))
    return Capture(
        row_id=identity.record_id(key, "page_observations", "", canonical.encode()),
        position=record.position,
        observed_lo=lo,
        observed_hi=hi,
        url_text=url_text,
        url=captured.url,
        status=captured.status,
        complete=captured.complete and page is not None and page.complete,
        mime=captured.mime,
        language=captured.headers.first("content-language"),
        redirect=_redirect(captured, page),
        ip=record.fields.first("warc-ip-address")[:100],
        digest=captured.digest,
        page=page,
    )


def _redirect(captured: Captured, page: Page | None) -> Url | None:
    location = captured.headers.first("location")
    if location and captured.status is not None and 300 <= captured.status < 400:
        return urls.parse(location[: observations.LONGEST_URL], captured.url.href)
    return page.declared.refresh if page is not None else None


WARC = Warc()
