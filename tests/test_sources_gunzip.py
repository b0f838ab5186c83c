"""gzip by a kernel of our own against the library: the same bytes, whatever the pieces."""

from __future__ import annotations

import gzip
import io
import os
import random
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backref.sources.gunzip import BadGzip, Gunzip

STRATEGIES = (
    zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED,
)  # fmt: skip


def text(seed: int, size: int) -> bytes:
    """Lines that compress as real ones do, and stretches that do not."""
    chance = random.Random(seed)
    words = [chance.randbytes(chance.randrange(1, 9)).hex().encode() for _ in range(80)]
    made = io.BytesIO()
    while made.tell() < size:
        made.write(chance.choice(words) * chance.choice((1, 1, 1, 40)) + b"\t")
        if chance.random() < 0.01:
            made.write(chance.randbytes(300))
    return made.getvalue()[:size]


def packed(data: bytes, level: int, strategy: int) -> bytes:
    made = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
    return made.compress(data) + made.flush()


def unpacked(data: bytes, piece: int, *, kept: int = 0) -> bytes:
    """Decompress in pieces; every `kept` pieces by another reader that goes on from a state."""
    reader, found = Gunzip(), []
    for number, at in enumerate(range(0, len(data), piece), 1):
        found += reader.feed(data[at : at + piece])
        if kept and number % kept == 0:
            file = io.BytesIO()
            np.savez(file, **reader.state())
            file.seek(0)
            reader = Gunzip.going_on(np.load(file, allow_pickle=False))
    reader.end()
    return b"".join(found)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1_000_000),
    size=st.integers(0, 60_000),
    level=st.integers(0, 9),
    strategy=st.sampled_from(STRATEGIES),
    piece=st.integers(7, 20_000),
    kept=st.integers(0, 3),
)
def test_it_reads_what_the_library_wrote(
    seed: int, size: int, level: int, strategy: int, piece: int, kept: int
) -> None:
    data = text(seed, size)
    assert unpacked(packed(data, level, strategy), piece, kept=kept) == data


def test_it_reads_byte_by_byte_and_large_ones_at_once() -> None:
    data = text(1, 3_000)
    assert unpacked(packed(data, 9, zlib.Z_DEFAULT_STRATEGY), 1, kept=1) == data
    large = text(2, 5_000_000)
    assert unpacked(packed(large, 6, zlib.Z_DEFAULT_STRATEGY), 1 << 20, kept=1) == large


def test_members_heads_and_padding() -> None:
    named = io.BytesIO()
    with gzip.GzipFile("a name.txt", "wb", fileobj=named, mtime=7) as file:
        file.write(b"one")
    head = b"\x1f\x8b\x08\x1e" + bytes(6) + b"\x03\x00abc" + b"n\0" + b"c\0" + b"\0\0"
    rich = head + packed(b"two", 6, 0)[10:]
    both = named.getvalue() + rich + packed(b"", 6, 0) + bytes(40)
    for piece in (1, 3, 1_000):
        assert unpacked(both, piece) == b"onetwo"


@pytest.mark.parametrize("name", ["domain", "host"])
def test_real_ranks(shared_data: Path, name: str) -> None:
    file = shared_data / "webgraph" / f"cc-main-2026-apr-may-jun-{name}-ranks-top1000.txt.gz"
    packed_ = file.read_bytes()
    assert unpacked(packed_, 1_000, kept=5) == gzip.decompress(packed_)


def test_what_is_cut_is_never_whole() -> None:
    whole = packed(text(3, 20_000), 6, 0)
    for cut in [*range(12), *range(12, len(whole), 97), len(whole) - 1]:
        with pytest.raises(BadGzip, match="end too early"):
            unpacked(whole[:cut], 4_096)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_000), st.integers(1, 255), st.integers(0, 9))
def test_a_damaged_byte_is_noticed(place: int, change: int, level: int) -> None:
    whole = bytearray(packed(text(4, 4_000), level, 0))
    place %= len(whole) - 12
    whole[place + 10] ^= change
    try:
        found = unpacked(bytes(whole), 512)
    except BadGzip:
        return
    assert found == text(4, 4_000), "bits between a block's head and its bytes mean nothing"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"plain text that is no gzip", "no gzip data"),
        (packed(b"x", 6, 0) + b"rubbish behind", "no gzip data"),
        (packed(b"x", 6, 0)[:-4] + b"abcd", "checksum"),
        (b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 300_000, "has no end"),
        (b"\x1f\x8b\x08\xe0" + bytes(20), "no gzip data"),
    ],
)
def test_what_is_no_gzip(data: bytes, why: str) -> None:
    with pytest.raises(BadGzip, match=why):
        unpacked(data, 65_536)


def test_a_bomb_is_refused_early() -> None:
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [bomb.compress(bytes(1 << 20)) for _ in range(80)]
    reader = Gunzip()
    with pytest.raises(BadGzip, match="500 times its size"):
        sum(len(piece) for part in parts for piece in reader.feed(part))
    assert reader.produced < 80 << 20


FUZZ = """
import random, sys
from backref.sources.gunzip import BadGzip, Gunzip
chance = random.Random(int(sys.argv[1]))
head = b"\\x1f\\x8b\\x08" + bytes(7)
for _ in range(400):
    reader = Gunzip()
    try:
        data = head + bytes([chance.choice((0, 1, 2, 3, 4, 5))]) + chance.randbytes(700)
        for at in range(0, len(data), 90):
            list(reader.feed(data[at : at + 90]))
    except BadGzip:
        pass
print("ok")
"""


@pytest.mark.slow
def test_no_bytes_lead_the_kernel_out_of_its_arrays(tmp_path: Path) -> None:
    checked = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, "7"], env=checked, capture_output=True, text=True, check=False
    )
    assert done.stdout == "ok\n", done.stderr
