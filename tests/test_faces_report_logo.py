"""A logo is a picture by its bytes, of a bounded size, or it is refused."""

from __future__ import annotations

import base64
import struct
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backref.errors import UsageError
from backref.faces.report.logo import MOST_BYTES, embedded

if TYPE_CHECKING:
    from pathlib import Path


def png(width: int, height: int) -> bytes:
    head = struct.pack(">II", width, height) + b"\x08\x06\0\0\0"
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + head + b"\0" * 8


def jpeg(width: int, height: int) -> bytes:
    frame = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + b"\x03" * 8
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0" + frame + b"\xff\xd9"


def webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size


PICTURES = {"png": png, "jpeg": jpeg, "webp": webp}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_embedded_whatever_its_name(tmp_path: Path, kind: str) -> None:
    held = PICTURES[kind](200, 60)
    (path := tmp_path / "logo.txt").write_bytes(held)
    head, _, body = embedded(path).partition(",")
    assert head == f"data:image/{kind};base64"
    assert base64.b64decode(body) == held


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("size", [(5000, 60), (60, 16_000)])
def test_a_picture_of_too_many_pixels_is_refused(
    tmp_path: Path, kind: str, size: tuple[int, int]
) -> None:
    (path := tmp_path / "logo.png").write_bytes(PICTURES[kind](*size))
    with pytest.raises(UsageError, match=f"{size[0]} by {size[1]} pixels"):
        embedded(path)


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (b'<svg onload="alert(1)"/>', "an SVG, which can hold scripts"),
        (b'\xef\xbb\xbf <?xml version="1.0"?><!-- --><svg/>', "an SVG"),
        (b"<html><script>", "no picture"),
        (b"GIF89a", "no picture"),
        (b"", "no picture"),
        (b"\x89PNG\r\n\x1a\n", "damaged"),
        (b"\xff\xd8\xff\xe0", "damaged"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "damaged"),
        (b"\x89PNG" + b"\0" * MOST_BYTES, "larger than 512 KiB"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, held: bytes, why: str) -> None:
    (path := tmp_path / "logo.png").write_bytes(held)
    with pytest.raises(UsageError, match=why):
        embedded(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        embedded(tmp_path / "none.png")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(PICTURES)), st.data())
def test_damaged_bytes_are_embedded_or_refused_in_a_sentence(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    held = bytearray(PICTURES[kind](200, 60))
    for _ in range(data.draw(st.integers(1, 4))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    (path := tmp_path / "logo").write_bytes(held[: data.draw(st.integers(0, len(held)))])
    with suppress(UsageError):
        assert embedded(path).startswith("data:image/")
