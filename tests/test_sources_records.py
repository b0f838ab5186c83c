from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources import records as module
from backref.sources.headers import Headers
from backref.sources.records import Record, records
from backref.sources.source import Reject


def record(
    name: str, block: bytes, *, length: int | None = None, end: bytes = b"\r\n\r\n"
) -> bytes:
    size = len(block) if length is None else length
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://{name}/\r\n"
    return f"{head}Content-Length: {size}\r\n\r\n".encode() + block + end


def read(data: bytes) -> tuple[list[Record], list[Reject]]:
    found = list(records(io.BytesIO(data)))
    return (
        [one for one in found if isinstance(one, Record)],
        [one for one in found if isinstance(one, Reject)],
    )


def names(found: list[Record]) -> list[str]:
    return [one.fields.first("warc-target-uri")[7:-1] for one in found]


A, B, C = record("a", b"alpha"), record("b", b"beta" * 50), record("c", b"gamma")


def test_records_come_whole_and_in_their_places() -> None:
    found, rejects = read(A + B + C)
    assert [(one.block, one.whole, one.position) for one in found] == [
        (b"alpha", True, 0),
        (b"beta" * 50, True, len(A)),
        (b"gamma", True, len(A + B)),
    ]
    assert rejects == []


DAMAGES = {
    "nothing": (b"", [], []),
    "blank lines alone": (b"\r\n\r\n\n", [], []),
    "line feeds alone": ((A + B).replace(b"\r\n", b"\n"), ["a", "b"], []),
    "no blank line between": (record("a", b"x", end=b"") + B, ["a", "b"], []),
    "no blank line at the end": (A + record("b", b"x", end=b""), ["a", "b"], []),
    "too many blank lines": (A + b"\r\n" * 9 + B, ["a", "b"], []),
    "garbage before": (b"garbage\r\n" + A, ["a"], [0]),
    "garbage between": (A + b"garbage" * 40_000 + b"\n" + B, ["a", "b"], [len(A)]),
    "garbage at the end": (A + b"garbage", ["a"], [len(A)]),
    "a block cut off": (A + B[:-60], ["a", "b"], [len(A)]),
    "fields cut off": (A + B[:40], ["a"], [len(A)]),
    "a version line cut off": (A + B[:6], ["a"], [len(A)]),
    "a length too small": (record("a", b"x" * 99, length=9) + B, ["a", "b"], [0]),
    "a length too large": (record("a", b"x" * 99, length=150) + B + C, ["a", "b", "c"], [0]),
    "a length beyond the end": (record("a", b"x", length=10**9) + B, ["a", "b"], [0]),
    "no length": (A.replace(b"Content-Length", b"Content-Longth") + B, ["b"], [0]),
    "a length that is no number": (A.replace(b"Length: 5", b"Length: 5x") + B, ["b"], [0]),
    "a negative length": (A.replace(b"Length: 5", b"Length: -5") + B, ["b"], [0]),
    "endless fields": (b"WARC/1.0\r\n" + b"x: y\r\n" * 300_000 + A, ["a"], [0]),
    "zeros": (bytes(100_000), [], [0]),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_costs_what_is_damaged_and_no_more(name: str) -> None:
    data, wanted, positions = DAMAGES[name]
    found, rejects = read(data)
    assert names(found) == wanted
    assert [reject.position for reject in rejects] == positions
    assert all(reject.reason for reject in rejects)


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("a block cut off", [True, False]),
        ("a length too small", [False, True]),
        ("a length too large", [False, True, True]),
        ("a length beyond the end", [False, True]),
        ("garbage between", [True, True]),
    ],
)
def test_a_damaged_record_is_not_whole(name: str, whole: list[bool]) -> None:
    assert [one.whole for one in read(DAMAGES[name][0])[0]] == whole


def test_a_swallowed_record_ends_the_block_before_it() -> None:
    found, _ = read(record("a", b"x" * 99, length=150) + B)
    assert found[0].block == b"x" * 99
    assert found[1].block == b"beta" * 50


def test_an_archive_within_a_record_is_not_opened() -> None:
    found, rejects = read(record("outer", A + B) + C)
    assert names(found) == ["outer", "c"]
    assert rejects == []


def test_a_huge_block_is_kept_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BLOCK_BYTES", 1000)
    found, rejects = read(record("a", b"x" * 500_000) + C)
    assert [(len(one.block), one.whole) for one in found] == [(1000, False), (5, True)]
    assert rejects == []


def test_what_the_stream_told_is_not_told_again() -> None:
    class Damaged(io.BytesIO):
        damages = (Reject(len(A) + 100, "bytes are missing"),)

    found = list(records(Damaged(A + B[:150] + B[250:] + C)))
    assert names([one for one in found if isinstance(one, Record)]) == ["a", "b", "c"]
    assert not any(isinstance(one, Reject) for one in found)


def test_unwanted_records_are_passed_over() -> None:
    def wanted(fields: Headers) -> bool:
        return "b" in fields.first("warc-target-uri")

    found = list(records(io.BytesIO(A + B + C), wanted))
    assert names([one for one in found if isinstance(one, Record)]) == ["b"]


def test_fields_may_be_folded_repeated_and_in_latin_1() -> None:
    fields = Headers.parse(b"A: 1\r\n  2\r\nb:\r\nA : 3\nno colon\nc: \xfcber\r\n")
    assert fields.every("a") == ["1 2", "3"]
    assert fields.first("b", "?") == ""
    assert fields.first("c") == "über"
    assert fields.first("d", "?") == "?"


PIECES = st.lists(st.sampled_from([A, B, C]) | st.binary(max_size=40), max_size=12)


@given(PIECES, st.integers(0, 3000), st.integers(0, 60))
def test_damage_never_raises_loops_or_invents(pieces: list[bytes], at: int, gap: int) -> None:
    data = b"\r\n".join(pieces)
    data = data[:at] + data[at + gap :]
    found, rejects = read(data)
    assert all(one.block in data for one in found if one.whole)
    positions = [one.position for one in [*found, *rejects]]
    assert all(0 <= position <= len(data) for position in positions)


@given(st.lists(st.binary(max_size=30).map(lambda raw: raw.replace(b"WARC", b"")), max_size=6))
def test_whole_records_survive_any_garbage_between(garbage: list[bytes]) -> None:
    data = b"".join(record(f"n{n}", b"block") + junk + b"\n" for n, junk in enumerate(garbage))
    found, _ = read(data)
    assert names(found) == [f"n{n}" for n in range(len(garbage))]
    assert {one.block for one in found} <= {b"block"}
