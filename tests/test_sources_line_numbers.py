"""In which line of its file a rejected record begins."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from log_lines import line

from backref.sources import line_numbers, logchunks, logline, registry, tabular
from backref.sources.decompress import Stream
from backref.sources.source import Context, Reject, Site

SITE = Site("example.com", frozenset({"example.com"}))
BAD = b"no log line"


def rejects(text: bytes) -> list[Reject]:
    """What a file that holds `text` rejects."""
    source, verdict = registry.recognise("x", text)
    context = Context(b"k" * 16, verdict.dialect, SITE, (SITE,), head=text[:65_536])
    found: list[Reject] = []
    for chunk in source.chunks(Stream(io.BytesIO(text)), context):
        if isinstance(chunk, Reject):
            found.append(chunk)
        else:
            found += line_numbers.parsed(source, chunk, context).rejects
    return found


@settings(max_examples=60, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(["good", "bad", "blank", "comment", "endless"]), max_size=40),
    size=st.integers(100, 4_000),
    ended=st.booleans(),
)
def test_a_log_line_has_its_number(kinds: list[str], size: int, ended: bool) -> None:
    lines = {
        "good": line().rstrip(),
        "bad": BAD,
        "blank": b"",
        "comment": b"# comment",
        "endless": b"x" * 3_000,
    }
    text = b"\n".join([line().rstrip()] * 60 + [lines[kind] for kind in kinds])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logchunks, "CHUNK_BYTES", size)
        patch.setattr(logline, "MAX_LINE_BYTES", 2_000)
        found = rejects(text + b"\n" * ended)
    expected = [61 + at for at, kind in enumerate(kinds) if kind in ("bad", "endless")]
    assert sorted(reject.line or 0 for reject in found) == expected


CELLS = st.text(st.sampled_from('ab,"\n é'), max_size=6)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(st.tuples(st.booleans(), CELLS), max_size=30),
    above=st.integers(0, 3),
    size=st.integers(1, 5),
)
def test_a_table_row_has_the_number_of_its_first_line(
    rows: list[tuple[bool, str]], above: int, size: int
) -> None:
    text = "a note\n" * above + "Top queries,Clicks,Impressions,CTR,Position\n"
    expected = []
    for good, cell in rows:
        if not good:
            expected.append(text.count("\n") + 1)
        quoted = '"' + cell.replace('"', '""') + ' x"'
        text += f"{quoted},1,2,50%,3\n" if good else f"{quoted},1,2\n"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("backref.sources.exports.CHUNK_ROWS", size)
        found = rejects(text.encode())
    assert [reject.line for reject in found] == expected


def test_rows_after_one_that_was_broken_off_have_their_own_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tabular, "RECORD_CHARS", 2_000)
    endless = b'Top queries,Clicks,Impressions,CTR,Position\nladder,1,2,50%,3\n"' + b"x\n" * 1_200
    found = rejects(endless)
    assert [reject.line for reject in found] == [3, *range(1_002, 1_203)]


def test_an_archive_has_no_lines() -> None:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 5\r\n\r\nhello\r\n\r\n"
    assert [reject.line for reject in rejects(head)] == [None]
