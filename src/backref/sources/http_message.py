"""An HTTP response as an archive stores it: status, fields, and the page within the body.

Bodies are stored as they came over the wire, or with transfer and content coding already
undone while the fields still name them; both are read. A decoded body is bounded, so that a
small bomb stays small.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

import brotli
import zstandard

from backref.sources.headers import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_BODY_BYTES = 1 << 24
"""A body is read up to here: 16 MiB, what the large search engines ever read of a page."""
MOST_CODINGS = 3
_ZSTANDARD_STEP = 1 << 10
"""Fed in small steps, because a decoder cannot be told where to stop."""

_LEADING_BYTES = 64
_HEAD_END = re.compile(rb"\r{0,2}\n\r{0,2}\n")
_STATUS_LINE = re.compile(rb"\s*HTTP/?[\d.]*[ \t]+(\d{3})(?!\d)")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,1024})?\r?\n")


class Message(NamedTuple):
    """A response. `status` is None when the status line holds none; `body` is as stored."""

    status: int | None
    headers: Headers
    body: bytes


class Payload(NamedTuple):
    """A body without transfer and content coding, and whether it is all of it."""

    data: bytes
    complete: bool


Decoded = tuple[bytes, bool]
"""What a decoder made of a body, and whether it came to the end."""


def read_message(block: bytes) -> Message | None:
    """Split a response; None for a block that does not begin with a status line."""
    if block[:_LEADING_BYTES].lstrip()[:4].upper() != b"HTTP":
        return None
    end = _HEAD_END.search(block)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    line, _, fields = head.partition(b"\n")
    status = _STATUS_LINE.match(line)
    return Message(int(status[1]) if status else None, Headers.parse(fields), body)


def payload(message: Message) -> Payload:
    """The body as its sender meant it, at most `MOST_BODY_BYTES` of it."""
    found = Payload(message.body, complete=_promised(message) <= len(message.body))
    if "chunked" in ",".join(message.headers.every("transfer-encoding")).lower():
        found = _dechunked(message.body)
    for coding in reversed(_codings(message.headers)):
        found = _decoded(found, coding)
    if len(found.data) > MOST_BODY_BYTES:
        return Payload(found.data[:MOST_BODY_BYTES], complete=False)
    return found


def _promised(message: Message) -> int:
    length = message.headers.first("content-length")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0


def _codings(headers: Headers) -> list[str]:
    named = ",".join(headers.every("content-encoding")).lower().split(",")
    return [coding.strip() for coding in named if coding.strip()][:MOST_CODINGS]


def _dechunked(body: bytes) -> Payload:
    """Undo chunks. A body whose very first line is no chunk size was stored without them."""
    parts: list[bytes] = []
    at = 0
    while size := _CHUNK_SIZE.match(body, at):
        length = int(size[1], 16)
        if length == 0:
            return Payload(b"".join(parts), complete=True)
        part = body[size.end() : size.end() + length]
        parts.append(part)
        at = size.end() + length
        if len(part) < length:
            return Payload(b"".join(parts), complete=False)
        at += 2 if body[at : at + 2] == b"\r\n" else body[at : at + 1] == b"\n"
    if not parts:
        return Payload(body, complete=True)
    return Payload(b"".join(parts) + body[at:], complete=False)


def _decoded(found: Payload, coding: str) -> Payload:
    decoder = _DECODERS.get(coding)
    if coding == "identity" or not found.data:
        return found
    if decoder is None:
        return Payload(b"", complete=False)
    decoded = decoder(found.data)
    if decoded is None:
        # The archiver had undone the coding and kept the field.
        return found
    data, ended = decoded
    return Payload(data, complete=found.complete and ended)


def _inflated(data: bytes, window_bits: int) -> Decoded:
    """All members of a gzip or zlib body, and whether the last one came to its end."""
    parts: list[bytes] = []
    room = MOST_BODY_BYTES + 1
    while True:
        decoder = zlib.decompressobj(window_bits)
        try:
            part = decoder.decompress(data, room)
        except zlib.error:
            return b"".join(parts), bool(parts)
        parts.append(part)
        room -= len(part)
        data = decoder.unused_data
        if room <= 0 or not decoder.eof:
            return b"".join(parts), False
        if not data:
            return b"".join(parts), True


def _gunzipped(data: bytes) -> Decoded | None:
    return _inflated(data, 31) if data.startswith(b"\x1f\x8b") else None


def _deflated(data: bytes) -> Decoded | None:
    """`deflate` means zlib; some servers send the bare stream."""
    if data[:1] == b"<":
        return None
    for window_bits in (15, -15):
        found = _inflated(data, window_bits)
        if any(found):
            return found
    return None


def _unbrotlied(data: bytes) -> Decoded | None:
    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    room = MOST_BODY_BYTES + 1
    try:
        while room > 0 and not decoder.is_finished():
            part = decoder.process(data, output_buffer_limit=min(room, 1 << 20))
            if not part and not data:
                break
            data = b""
            parts.append(part)
            room -= len(part)
    except brotli.error:
        return None
    return b"".join(parts), decoder.is_finished()


def _unzstandarded(data: bytes) -> Decoded | None:
    if not data.startswith(b"\x28\xb5\x2f\xfd"):
        return None
    decoder = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    parts: list[bytes] = []
    room = MOST_BODY_BYTES + 1
    try:
        for at in range(0, len(data), _ZSTANDARD_STEP):
            part = decoder.decompress(data[at : at + _ZSTANDARD_STEP])
            parts.append(part)
            room -= len(part)
            if decoder.eof or room <= 0:
                break
    except zstandard.ZstdError:
        return b"".join(parts), False
    return b"".join(parts), decoder.eof and room > 0


_DECODERS: dict[str, Callable[[bytes], Decoded | None]] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _deflated,
    "br": _unbrotlied,
    "zstd": _unzstandarded,
}
