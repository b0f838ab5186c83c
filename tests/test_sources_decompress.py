"""Streams: what can be decompressed is, and each damage is told once."""

from __future__ import annotations

import bz2
import gzip
import io
import random
from hashlib import sha256

import lz4.frame
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources import decompress
from backref.sources.decompress import Stream, compression

TEXT = "".join(f"line {n} {random.Random(n).random()}\n" for n in range(40_000)).encode()
COMPRESSIONS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "Zstandard": zstandard.compress,
    "LZ4": lz4.frame.compress,
}


def read(raw: bytes) -> tuple[bytes, list[str]]:
    with Stream(io.BytesIO(raw)) as stream:
        data = stream.read()
        return data, [damage.reason for damage in stream.damages]


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_frames_are_joined(name):
    compress = COMPRESSIONS[name]
    raw = b"".join(compress(part) for part in (TEXT, b"", b"second\n", b"third\n"))
    assert compression(raw) == name
    assert read(raw) == (TEXT + b"second\nthird\n", [])


def test_plain_bytes_pass():
    assert read(TEXT) == (TEXT, [])
    assert read(b"") == (b"", [])


def test_zstandard_may_begin_with_a_skippable_frame():
    skippable = b"\x50\x2a\x4d\x18" + (3).to_bytes(4, "little") + b"abc"
    assert read(skippable + zstandard.compress(TEXT)) == (TEXT, [])


def test_zero_padding_behind_gzip_is_nothing():
    assert read(gzip.compress(TEXT) + bytes(5_000)) == (TEXT, [])


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("tenth", range(1, 10))
def test_a_cut_off_file_keeps_what_is_there(name, tenth):
    raw = COMPRESSIONS[name](TEXT)
    data, damages = read(raw[: len(raw) * tenth // 10])
    assert TEXT.startswith(data)
    assert len(damages) == 1
    if name == "gzip":
        assert len(data) > 0.8 * len(TEXT) * tenth / 10


def test_members_beside_a_damaged_one_are_kept():
    parts = [f"record {n} {random.Random(n).random()}\n".encode() * 9 for n in range(30)]
    members = [gzip.compress(part) for part in parts]
    broken = bytearray(members[10])
    broken[len(broken) // 2] ^= 0xFF
    data, damages = read(b"".join([*members[:10], bytes(broken), *members[11:]]))
    assert len(damages) == 1
    assert data.startswith(b"".join(parts[:10]))
    assert data.endswith(b"".join(parts[11:]))


def test_what_follows_the_data_is_one_damage():
    data, damages = read(gzip.compress(b"a\n") + b"garbage" * 500 + gzip.compress(b"b\n"))
    assert data == b"a\nb\n"
    assert damages == ["bytes that are no gzip follow the gzip data"]


def test_a_damage_stands_where_the_gap_is():
    stream = Stream(io.BytesIO(gzip.compress(b"abc") + b"garbage"))
    stream.drain()
    assert [damage.position for damage in stream.damages] == [3]


@pytest.mark.parametrize("name", sorted(COMPRESSIONS.keys() - {"LZ4"}))
def test_bombs_stop(name, monkeypatch):
    monkeypatch.setattr(decompress, "BOMB_FLOOR", 1 << 20)
    bomb = COMPRESSIONS[name](bytes(48 << 20))
    data, damages = read(bomb)
    assert len(data) < 40 << 20
    assert damages == ["decompresses to over 500 times its size: the rest is refused"]


def test_lz4_cannot_swell_into_a_bomb():
    stream = Stream(io.BytesIO(lz4.frame.compress(bytes(8 << 20))))
    assert len(stream.peek(1)) == 1
    assert len(b"".join(stream._ready)) <= 256 * decompress.PIECE_BYTES + (4 << 20)


def test_damage_far_behind_is_found_in_small_steps():
    """What stands between two frames is searched, and the frame behind it fed piece by piece."""
    sound = gzip.compress(bytes(3 << 20))
    data, damages = read(gzip.compress(b"a") + b"junk" * 100_000 + sound)
    assert (len(data), len(damages)) == (1 + (3 << 20), 1)


def test_a_million_empty_members_end():
    assert read(gzip.compress(b"") * 200_000 + gzip.compress(b"end")) == (b"end", [])


def test_a_raw_stream_that_breaks_is_a_damage():
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > 2_000_000:
                raise OSError("the disk broke")
            return super().read(size)

    stream = Stream(Breaking(TEXT * 3))
    stream.drain()
    assert ["the disk broke" in damage.reason for damage in stream.damages] == [True]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 9_000), max_size=12),
    st.integers(0, 20_000),
    st.sampled_from([gzip.compress, lambda raw: raw]),
)
def test_reads_of_any_size_give_the_bytes_in_order(sizes, peeked, compress):
    text = TEXT[:30_000]
    stream = Stream(io.BytesIO(compress(text)))
    assert stream.peek(peeked) == text[:peeked]
    parts = [stream.read(size) for size in sizes]
    assert stream.position == sum(map(len, parts))
    assert b"".join(parts) + stream.read() == text
    assert stream.digest == sha256(text).hexdigest()


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.sampled_from(list(COMPRESSIONS.values())))
def test_no_bytes_raise(junk, at, compress):
    raw = compress(TEXT[:500])
    at %= len(raw)
    read(raw[:at] + junk + raw[at:])
    read(junk)


def test_it_serves_readers_of_lines():
    stream = io.BufferedReader(Stream(io.BytesIO(gzip.compress(b"a\nb\n"))))
    assert list(stream) == [b"a\n", b"b\n"]
