"""Lines that somebody made to hurt: bounded in time and memory, told in words."""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest
from log_lines import context, line
from test_sources_log_formats import EXAMPLES, Found

from backref.sources import accesslog, jsonlog, logline
from backref.sources.accesslog import ACCESS_LOG
from backref.sources.decompress import Stream
from backref.sources.source import Reject

PARTS = [b"a", b" ", b'"', b"\\", b'\\"', b"[", b"-", b"{", b'{"a":', b" [", b'" "', b"+", b"\t"]
MOST_TIMES = 12
"""Four times the length may take so many times as long; a quadratic reading takes sixteen, and
one that is worse never ends."""


def seconds(how: accesslog.Format, text: bytes) -> float:
    took = []
    for _ in range(3):
        begun = time.thread_time()
        how.fits(text)
        took.append(time.thread_time() - begun)
    return min(took)


@pytest.mark.parametrize("name", EXAMPLES)
def test_time_grows_with_the_length(name):
    how = accesslog.format_of(name)
    example = EXAMPLES[name].rpartition(b"\n")[2]
    for part in PARTS:
        for before in (b"", example[: len(example) // 2]):
            short, long = (before + part * (size // len(part)) for size in (20_000, 80_000))
            assert seconds(how, long) < MOST_TIMES * max(seconds(how, short), 1e-3)


class _Endless(io.RawIOBase):
    """So many bytes of one line."""

    def __init__(self, size: int) -> None:
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        size = min(len(buffer), self._left)
        buffer[:size] = b"x" * size
        self._left -= size
        return size


@pytest.mark.parametrize(
    "size", [100 << 20, pytest.param(1 << 30, marks=[pytest.mark.torture, pytest.mark.slow])]
)
def test_an_endless_line_is_one_reject_in_little_memory(size):
    tracemalloc.start()
    stream = Stream(io.BufferedReader(_Endless(size)))
    pieces = list(ACCESS_LOG.chunks(stream, context()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(type(each), each.reason) for each in pieces] == [(Reject, logline.TOO_LONG)]
    assert peak < 100 << 20


def test_a_referrer_of_64_kilobytes_is_a_hit():
    found = Found(line(referrer="https://site.example/?" + "q" * 65_536), "combined")
    assert [hit["referrer_host"] for hit in found.hits] == ["site.example"]


@pytest.mark.parametrize("deep", [b"[" * 60_000, b'{"request":' * 9_000, b'{"a":' * 20_000])
def test_deep_json_is_a_reject(deep):
    text = b'{"x":' + deep + b"\n" + EXAMPLES["json lines"] + b"\n"
    found = Found(text, "json lines")
    assert (found.read, len(found.hits), len(found.rejects)) == (2, 1, 1)


def test_bytes_that_nginx_escapes_in_json_are_mended():
    text = (
        EXAMPLES["json lines"]
        .replace(b"GET /a", rb"GET /caf\xC3\xA9/\x22")
        .replace(b"Mozilla/5.0", rb"\xE9 \x5Cx")
    )
    found = Found(text + b"\n", "json lines")
    assert [hit["path"] for hit in found.hits] == ['/café/"']
    assert [*found.agents.values()] == ["\N{REPLACEMENT CHARACTER} \\x"]


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ('"2026-11-23T10:05:03+01:00"', 1_795_424_703),
        ('"2026-11-23T09:05:03.773360139Z"', 1_795_424_703),
        ('"23/Nov/2026:10:05:03 +0100"', 1_795_424_703),
        ('"2026-11-23 09:05:03"', 1_795_424_703),
        ('"1795424703.815"', 1_795_424_703),
        ("1795424703", 1_795_424_703),
        ("1795424703815", 1_795_424_703),
        ("1795424703815000000", 1_795_424_703),
        ('"yesterday"', None),
        ("true", None),
        ("-5", None),
        ("1e300", None),
    ],
)
def test_times_of_json_are_told_by_their_size(told, seconds):
    text = EXAMPLES["json lines"].replace(b'"2026-11-23T10:05:03+01:00"', told.encode())
    found = Found(text + b"\n", "json lines")
    assert [int(hit["at"].timestamp()) for hit in found.hits] == [seconds] * (seconds is not None)
    if seconds is None:
        assert "tells the time" in found.rejects[0].reason


def test_the_last_kind_of_json_lines_is_anybodys():
    assert [kind.key for kind in jsonlog.kinds()][-1] == ""


FIELDS = b"#Fields: date time c-ip cs-method cs-uri-stem sc-status\n"
CHANGED = (
    FIELDS + b"2026-11-23 09:05:03 192.0.2.7 GET /a 200\n"
    b"#Date: 2026-11-24 00:00:00\n#GMT-Offset: -0800\n"
    b"#Fields: time sc-status cs-uri-stem c-ip\n01:00:00 404 /b 192.0.2.8\n01:00:01 404 /c\n"
    b"#Fields: time\n01:00:00\n" + FIELDS + b"2026-11-23 09:05:03 192.0.2.7 GET /d 200\n"
)


@pytest.mark.parametrize("size", [1, 7, 40, 1 << 20])
def test_fields_may_change_within_a_log_and_hold_across_chunks(size, monkeypatch):
    from backref.sources import logchunks

    monkeypatch.setattr(logchunks, "CHUNK_BYTES", size)
    found = Found(CHANGED, "w3c extended")
    told = {(hit["path"], hit["status"], hit["at"].isoformat()[:19]) for hit in found.hits}
    assert told == {
        ("/a", 200, "2026-11-23T09:05:03"),
        ("/b", 404, "2026-11-24T09:00:00"),
        ("/d", 200, "2026-11-23T17:05:03"),
    }
    for hit in found.hits:
        assert hit["path"].encode() in CHANGED[hit["position"] :].partition(b"\n")[0]
    places = sorted(reject.position for reject in found.rejects)
    assert [CHANGED[at:].partition(b"\n")[0] for at in places] == [b"01:00:01 404 /c", b"01:00:00"]
