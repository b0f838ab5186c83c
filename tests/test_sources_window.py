"""A stream in a window: what is looked at and not found is not looked at again."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backref.sources import arc, records
from backref.sources.window import READ_BYTES, Window


class Slow(io.BytesIO):
    """Gives away a few bytes at a time."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(7, size or 7))


def test_what_is_peeked_at_stays() -> None:
    window = Window(Slow(b"0123456789abcdef"))
    assert (window.peek(4), window.peek(3, 5), window.position) == (b"0123", b"567", 0)
    assert (window.reach(10), window.find(re.compile(rb"[5-9]+"), 10)) == (10, (5, 10))
    assert window.find(re.compile(b"8"), 8) is None
    window.skip(5)
    assert (window.take(3), window.position) == (b"567", 8)
    assert window.find(re.compile(rb"(?<=7)8"), window.reach(1)) == (0, 1)
    assert (window.discard(100), window.position) == (8, 16)
    assert (window.reach(1), window.take(5)) == (0, b"")


def test_much_is_passed_without_being_kept() -> None:
    window = Window(io.BytesIO(bytes(40 * READ_BYTES) + b"end"))
    assert window.discard(40 * READ_BYTES) == 40 * READ_BYTES
    assert window.take(9) == b"end"


def lying_arc(count: int) -> bytes:
    line = (
        "http://example.com/%d 192.0.2.1 20080430204825 text/html 99999999\nHTTP/1.1 200 OK\n\n%s\n"
    )
    head = "filedesc://x.arc 0.0.0.0 20080430204825 text/plain 3\n1 0\n"
    return (head + "".join(line % (n, "x" * 400) for n in range(count))).encode()


def lying_warc(count: int) -> bytes:
    record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
    return b"".join(record % (9_999_999 - n, b"x" * 400) for n in range(count))


def bordering_warc(count: int) -> bytes:
    """Each length ends within the last record."""
    record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: %8d\r\n\r\n%b\r\n\r\n"
    size = len(record % (0, b"x" * 400))
    return b"".join(record % ((count - n) * size - 80, b"x" * 400) for n in range(count))


READERS: list[tuple[Callable[[Any], Iterator[Any]], Callable[[int], bytes]]] = [
    (arc.records, lying_arc),
    (records.records, lying_warc),
    (records.records, bordering_warc),
]


@pytest.mark.parametrize(("read", "made"), READERS)
def test_each_byte_of_lying_records_is_looked_at_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
    read: Callable[[Any], Iterator[Any]],
    made: Callable[[int], bytes],
) -> None:
    looked = 0
    find, peek, take = Window.find, Window.peek, Window.take

    def finding(window: Window, wanted: re.Pattern[bytes], size: int) -> tuple[int, int] | None:
        nonlocal looked
        found = find(window, wanted, size)
        looked += found[1] if found else size
        return found

    def peeking(window: Window, size: int, offset: int = 0) -> bytes:
        nonlocal looked
        found = peek(window, size, offset)
        looked += len(found)
        return found

    def taking(window: Window, size: int) -> bytes:
        nonlocal looked
        found = take(window, size)
        looked += len(found)
        return found

    monkeypatch.setattr(Window, "find", finding)
    monkeypatch.setattr(Window, "peek", peeking)
    monkeypatch.setattr(Window, "take", taking)
    archive = made(2_000)
    found = list(read(io.BytesIO(archive)))
    assert sum(isinstance(one, records.Record) for one in found) >= 2_000
    assert looked < 8 * len(archive)
