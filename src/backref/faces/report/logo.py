"""A logo from outside, looked at before it is put into a page: a picture, of bounded size."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING

from backref.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 512 * 1024
MOST_PIXELS = 4096
"""Along one side: a few bytes may name a picture that fills any memory when it is shown."""
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of JPEG that begin a frame and name its size (ITU-T T.81, table B.1)."""


def embedded(path: Path) -> str:
    """The picture as a data URI. Raises UsageError for what is no PNG, JPEG or WebP, for more bytes
    or pixels than a logo has, and for what cannot be read."""
    held = _read(path)
    kind = _kind(held)
    if kind is None:
        raise UsageError(f"{path.name} is {_other(held)}: give a PNG, JPEG or WebP picture.")
    size = {"png": _png, "jpeg": _jpeg, "webp": _webp}[kind](held)
    if size is None:
        raise UsageError(f"{path.name} is damaged: give a whole {kind.upper()} picture.")
    if not all(0 < side <= MOST_PIXELS for side in size):
        raise UsageError(
            f"{path.name} is {size[0]} by {size[1]} pixels: give at most {MOST_PIXELS} by "
            f"{MOST_PIXELS}."
        )
    return f"data:image/{kind};base64,{base64.b64encode(held).decode()}"


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            held = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"The logo {path} cannot be read: {error.strerror}.") from error
    if len(held) > MOST_BYTES:
        raise UsageError(f"{path.name} is larger than {MOST_BYTES // 1024} KiB: make it smaller.")
    return held


def _kind(held: bytes) -> str | None:
    """What the first bytes say; a name proves nothing."""
    if held.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if held.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    return "webp" if held[:4] == b"RIFF" and held[8:12] == b"WEBP" else None


def _other(held: bytes) -> str:
    beginning = held[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    svg = beginning.startswith(b"<") and b"<svg" in held[:4096].lower()
    return "an SVG, which can hold scripts" if svg else "no picture that a report can hold"


def _png(held: bytes) -> tuple[int, int] | None:
    if held[12:16] != b"IHDR" or len(held) < 33:
        return None
    width, height = struct.unpack(">II", held[16:24])
    return width, height


def _jpeg(held: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(held) and held[at] == 0xFF:
        marker = held[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", held[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + int.from_bytes(held[at + 2 : at + 4])
    return None


def _webp(held: bytes) -> tuple[int, int] | None:
    kind, body = held[12:16], held[20:30]
    if len(body) < 10:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    return None
