"""The reader gives the same records whatever the bytes look like, and is bounded."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.sources import tabular
from backref.sources.tabular import Damaged, Lines, Spelling, records, spelling

CELL = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\u2028"), max_size=12
)
TABLE = st.lists(st.lists(CELL, min_size=2, max_size=4), min_size=1, max_size=8)
ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16-le": b"\xff\xfe",
    "utf-16-be": b"\xfe\xff",
}


def rows_of(data: bytes, delimiter: str = ",") -> list[list[str] | Damaged]:
    lines = Lines(io.BytesIO(data), spelling(data[:65_536]))
    return list(records(lines, delimiter))


def written(table: list[list[str]], delimiter: str, end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(table)
    return out.getvalue()


@given(
    TABLE,
    st.sampled_from([*ENCODINGS]),
    st.sampled_from("\t,;"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.booleans(),
)
def test_spelling_never_changes_the_records(
    table: list[list[str]], encoding: str, delimiter: str, end: str, last_end: bool
) -> None:
    text = written(table, delimiter, end)
    text = text if last_end else text.removesuffix(end)
    data = ENCODINGS[encoding] + text.encode(encoding)
    assert rows_of(data, delimiter) == table


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("encoding", [*ENCODINGS])
def test_block_borders_tear_nothing(
    size: int, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tabular, "BLOCK_BYTES", size)
    table = [["añb", "Zürich €"], ["日本\nx", "😀"], ["", "end"]]
    data = ENCODINGS[encoding] + written(table, ",", "\r\n").encode(encoding)
    assert rows_of(data) == table


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\rc,d\re,f", [["a", "b"], ["c", "d"], ["e", "f"]]),
        (b"a,b\r\nc\rd,e\r\n", [["a", "b"], ["c"], ["d", "e"]]),
        (b'a,"b\rc"\r\n', [["a", "b\rc"]]),
        (b'a,"b\r\nc"\n', [["a", "b\nc"]]),
        (b"a,caf\xe9\nb,caf\xc3\xa9\n", [["a", "café"], ["b", "café"]]),
        (b"a\n\nb\n", [["a"], [], ["b"]]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfa\n", [["a"], ["a"]]),
        (b"", []),
    ],
)
def test_odd_line_ends_and_code_pages(data: bytes, expected: list[list[str]]) -> None:
    assert rows_of(data) == expected


def test_an_endless_line_is_one_spoiled_record_and_the_next_is_read() -> None:
    data = b"a,b\n" + b"x" * 5_000_000 + b"\nc,d\n"
    first, endless, last = rows_of(data)
    assert (first, last) == (["a", "b"], ["c", "d"])
    assert endless == [tabular.SPOILED]


class Endless(io.RawIOBase):
    """A file that goes on without a line end."""

    def __init__(self, blocks: int) -> None:
        self.left = blocks

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.left -= 1
        return b"x" * size if self.left >= 0 else b""


def test_a_cell_of_a_hundred_megabytes_is_never_held() -> None:
    lines = Lines(Endless(400), Spelling("utf-8", False))  # type: ignore[arg-type]
    assert [len(line) for line in lines] == [1]


def test_a_cell_beyond_the_limit_is_damage_and_the_next_line_is_read() -> None:
    found = rows_of(b"a,b\n" + b"y" * 200_000 + b",b\nc,d\n")
    assert [isinstance(row, Damaged) for row in found] == [False, True, False]


def test_a_record_that_never_ends_is_broken_off() -> None:
    found = rows_of(b'a,b\n"' + b'\n","' * 700_000)
    assert found[0] == ["a", "b"]
    assert isinstance(found[1], Damaged)
    assert max(len(row) for row in found if isinstance(row, list)) < 10


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    for row in rows_of(data):
        assert isinstance(row, (list, Damaged))
