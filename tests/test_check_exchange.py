"""Heads of answers as they are kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.check.exchange import clean


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        ((b"Content-Type", b"text/html"), (b"Content-Type", b"text/html")),
        ((b"x", b"a\r\nSet-Cookie: b"), (b"x", b"a  Set-Cookie: b")),
        ((b"x", b" a\0b "), (b"x", b"a b")),
        ((b"x", "\u00e9".encode()), (b"x", "\u00e9".encode())),
        ((b"x y", b"a"), None),
        ((b"x\r\ny", b"a"), None),
        ((b"", b"a"), None),
        ((b":status", b"200"), None),
    ],
)
def test_a_header_is_one_line(
    header: tuple[bytes, bytes], kept: tuple[bytes, bytes] | None
) -> None:
    assert clean([header]) == ((kept,) if kept else ())


@given(st.lists(st.tuples(st.binary(max_size=20), st.binary(max_size=40)), max_size=5))
def test_no_header_begins_another_line(headers: list[tuple[bytes, bytes]]) -> None:
    for name, value in clean(headers):
        assert name
        assert not any(byte < 0x20 or byte == 0x7F for byte in name + value)
