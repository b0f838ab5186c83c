from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from backref.sources.http_message import MOST_BODY_BYTES, Payload, payload, read_message

PAGE = b"<html><body>" + b"<p>a page of some length</p>" * 200
CHUNKED = "Transfer-Encoding: chunked"


def response(body: bytes, *fields: str) -> Payload:
    head = "\r\n".join(("HTTP/1.1 200 OK", "Content-Type: text/html", *fields))
    message = read_message(head.encode() + b"\r\n\r\n" + body)
    assert message is not None
    assert message.status == 200
    return payload(message)


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + end


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


STATUS_LINES = {
    b"HTTP/1.1 200 OK": 200,
    b"HTTP/1.0 302": 302,
    b"HTTP/1.0 302 ": 302,
    b"HTTP/2 404": 404,
    b"http/1.1 200 ok": None,
    b"HTTP/1.1 abc": None,
    b"HTTP/1.1": None,
    b"HTTP/1.1 2000 x": None,
}


@pytest.mark.parametrize("line", STATUS_LINES)
def test_status_lines(line: bytes) -> None:
    message = read_message(line + b"\r\nA: b\r\n\r\nbody")
    assert message is not None
    assert (message.status, message.headers.first("a"), message.body) == (
        STATUS_LINES[line],
        "b",
        b"body",
    )


@pytest.mark.parametrize("block", [b"", b"<html>", b"GET / HTTP/1.1\r\n\r\n", b"\0\0"])
def test_what_is_no_response(block: bytes) -> None:
    assert read_message(block) is None


def test_line_feeds_alone_and_a_head_without_end() -> None:
    message = read_message(b"HTTP/1.1 200 OK\nA: b\n\nbody\n\nmore")
    assert message is not None
    assert message.body == b"body\n\nmore"
    cut = read_message(b"HTTP/1.1 301 Moved\r\nLocation: /x")
    assert cut is not None
    assert (cut.status, cut.headers.first("location"), cut.body) == (301, "/x", b"")


CODINGS = {
    "gzip": (gzip.compress(PAGE), "gzip"),
    "two gzip members": (gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]), "x-gzip"),
    "deflate": (zlib.compress(PAGE), "deflate"),
    "deflate without its wrapper": (raw_deflate(PAGE), "Deflate"),
    "brotli": (brotli.compress(PAGE), "br"),
    "zstandard": (zstandard.compress(PAGE), "zstd"),
    "twice": (gzip.compress(brotli.compress(PAGE)), "br, gzip"),
    "identity": (PAGE, "identity"),
    "already undone, gzip": (PAGE, "gzip"),
    "already undone, deflate": (PAGE, "deflate"),
    "already undone, brotli": (PAGE, "br"),
    "already undone, zstandard": (PAGE, "zstd"),
}


@pytest.mark.parametrize("name", CODINGS)
def test_content_codings(name: str) -> None:
    body, coding = CODINGS[name]
    assert response(body, f"Content-Encoding: {coding}") == (PAGE, True)


@pytest.mark.parametrize("name", ["gzip", "deflate", "brotli", "zstandard"])
def test_a_coded_body_that_was_cut_off_is_not_complete(name: str) -> None:
    noise = zlib.compress(PAGE) * 3 + bytes(range(256)) * 20
    packed = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "brotli": brotli.compress,
        "zstandard": zstandard.compress,
    }[name](noise)
    found = response(packed[: len(packed) // 2], f"Content-Encoding: {CODINGS[name][1]}")
    assert not found.complete
    assert noise.startswith(found.data)


def test_an_unknown_coding_leaves_nothing_to_read() -> None:
    assert response(PAGE, "Content-Encoding: x-secret") == (b"", False)


@pytest.mark.parametrize(
    ("pack", "coding"),
    [
        (gzip.compress, "gzip"),
        (zlib.compress, "deflate"),
        (lambda data: brotli.compress(data, quality=1), "br"),
        (zstandard.compress, "zstd"),
    ],
)
def test_a_bomb_stays_small(pack: Callable[[bytes], bytes], coding: str) -> None:
    bomb = pack(bytes(MOST_BODY_BYTES * 2))
    found = response(bomb, f"Content-Encoding: {coding}")
    assert not found.complete
    assert len(found.data) == MOST_BODY_BYTES


CHUNKINGS = {
    "as it should be": (chunks(PAGE[:50], PAGE[50:]), PAGE, True),
    "with extensions": (b"5;a=b\r\nhello\r\n0\r\n\r\n", b"hello", True),
    "with a trailer": (chunks(b"hello", end=b"0\r\nX: y\r\n\r\n"), b"hello", True),
    "without last chunk": (chunks(b"hello", end=b""), b"hello", False),
    "cut off within a chunk": (b"ff\r\nhello", b"hello", False),
    "not at all": (PAGE, PAGE, True),
    "a lie further on": (b"5\r\nhello\r\nzz\r\nworld", b"hellozz\r\nworld", False),
    "a size that is too small": (b"3\r\nhello\r\n", b"hello\r\n"[:3] + b"lo\r\n", False),
    "an absurd size": (b"ffffffff\r\nhello", b"hello", False),
    "line feeds alone": (b"5\nhello\n0\n\n", b"hello", True),
    "an empty body": (b"", b"", True),
}


@pytest.mark.parametrize("name", CHUNKINGS)
def test_chunks(name: str) -> None:
    body, data, complete = CHUNKINGS[name]
    assert response(body, CHUNKED) == (data, complete)


def test_a_body_shorter_than_promised_is_not_complete() -> None:
    assert not response(b"half", "Content-Length: 8").complete
    assert response(b"more than said", "Content-Length: 4").complete
    assert response(b"x", "Content-Length: many").complete


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_no_body_raises(body: bytes, coding: str) -> None:
    for start in (b"", b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"\x78\x9c"):
        response(start + body, f"Content-Encoding: {coding}", CHUNKED)
        response(start + body, f"Content-Encoding: {coding}")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6))
def test_chunks_undo_chunking(parts: list[bytes]) -> None:
    assert response(chunks(*parts), CHUNKED) == (b"".join(parts), True)
