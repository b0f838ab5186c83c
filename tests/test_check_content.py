"""Content codings undone within bounds."""

from __future__ import annotations

import gzip
import time
import zlib
from collections.abc import Iterator
from functools import partial

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from backref.check import content
from backref.check.content import Body, Bomb, Undecodable, codings

MOST = 4 << 20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": partial(brotli.compress, quality=5),
    "zstd": zstandard.ZstdCompressor(level=9).compress,
}


def unpacked(coded: list[str], data: bytes, piece: int = 1000, most: int = MOST) -> Body:
    body = Body(coded, most, 200)
    for at in range(0, len(data), piece):
        body.add(data[at : at + piece])
        if body.full:
            break
    return body


@given(st.binary(max_size=3000), st.sampled_from([*PACKERS]), st.integers(1, 600))
def test_what_was_packed_comes_out(data: bytes, coding: str, piece: int) -> None:
    assert unpacked([coding], PACKERS[coding](data), piece).content() == data


@given(st.binary(max_size=2000), st.lists(st.sampled_from([*PACKERS]), max_size=3))
def test_codings_are_undone_in_reverse(data: bytes, coded: list[str]) -> None:
    packed = data
    for coding in coded:
        packed = PACKERS[coding](packed)
    assert unpacked(coded, packed).content() == data


def test_deflate_without_its_head_is_read_too() -> None:
    assert unpacked(["deflate"], raw_deflate(b"hello" * 99), 7).content() == b"hello" * 99


def test_members_of_gzip_follow_one_another_and_rubbish_is_left() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two") + b"rubbish"
    for piece in (1, 5, 1000):
        assert unpacked(["gzip"], packed, piece).content() == b"one two"


def test_empty_members_without_end_are_left() -> None:
    begun = time.process_time()
    body = unpacked(["gzip"], gzip.compress(b"") * 200_000, 65_536)
    assert body.content() == b""
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_noticed_early(coding: str) -> None:
    packed = PACKERS[coding](bytes(24 << 20))
    with pytest.raises(Bomb):
        unpacked([coding], packed, 65_536, most=64 << 20)
    body = Body([coding], 64 << 20, 200)
    with pytest.raises(Bomb):
        body.add(packed)
    assert len(body.content()) < 200 * len(packed) + (4 << 20)


@pytest.mark.parametrize("coding", PACKERS)
def test_bombs_in_bombs_are_bounded(coding: str) -> None:
    packed = PACKERS[coding](PACKERS[coding](bytes(24 << 20)))
    begun = time.process_time()
    with pytest.raises(Bomb):
        unpacked([coding, coding], packed, 65_536, most=64 << 20)
    assert time.process_time() - begun < 10


EMPTY_BLOCK = b"\0\0\0\xff\xff"


@pytest.mark.parametrize("depth", [2, 3])
def test_what_comes_to_nothing_is_bounded_between_the_codings(
    depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = [0] * depth
    real = content._Inflate.decode

    def counted(self: content._Inflate, piece: bytes) -> Iterator[bytes]:
        counts[body._decoders.index(self)] += len(piece)
        return real(self, piece)

    monkeypatch.setattr(content._Inflate, "decode", counted)
    packed = gzip.compress(b"")[:10] + EMPTY_BLOCK * (4 << 20)
    for _ in range(depth - 1):
        packed = gzip.compress(packed)
    body = Body(["gzip"] * depth, MOST, 200)
    with pytest.raises(Bomb):
        body.add(packed)
    assert sum(counts) <= len(packed) + MOST + content.RATIO_FLOOR + content.PIECE_BYTES
    assert body.content() == b""


@pytest.mark.parametrize("coding", PACKERS)
def test_a_long_body_is_cut(coding: str) -> None:
    data = bytes(range(256)) * 1000
    body = unpacked([coding], PACKERS[coding](data), most=100_000)
    assert body.full
    assert body.content() == data[:100_000]


@given(st.sampled_from([*PACKERS]), st.binary(min_size=1, max_size=300))
def test_rubbish_is_undecodable_and_no_more(coding: str, data: bytes) -> None:
    try:
        content = unpacked([coding], data, 7).content()
    except Undecodable as error:
        assert "damaged" in str(error)  # noqa: PT017
    else:
        assert len(content) <= MOST


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("", []),
        ("gzip", ["gzip"]),
        (" GZIP ,br", ["gzip", "br"]),
        ("identity", []),
        ("identity, gzip", ["gzip"]),
    ],
)
def test_headers_name_codings(value: str, found: list[str]) -> None:
    assert codings(value) == found


@pytest.mark.parametrize("value", ["rot13", "gzip;q=1", "compress", "gzip, " * 5, "\0", "utf-8"])
def test_unknown_and_too_many_codings_are_refused(value: str) -> None:
    with pytest.raises(Undecodable):
        codings(value)
