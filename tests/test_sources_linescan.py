"""The fast cut finds what the expressions find, on any bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from log_lines import line, log_texts

from backref.sources import linescan, logline
from backref.sources.logtable import Table

pytestmark = pytest.mark.usefixtures("kernels")
SHAPES = ["combined", "common", "vhost_combined", "vhost_common", "combined and more", "ovh"]


@pytest.fixture
def kernels(monkeypatch):
    """Kernels for texts of any size."""
    monkeypatch.setattr(linescan, "are_compiled", lambda: True)


def by_expression(text: bytes, shape: str) -> tuple[Table, list[logline.Misfit]]:
    stops = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    starts = np.concatenate(([0], stops + 1))[:-1]
    return logline.cut(text, starts, stops, logline.shape(shape))


def cells(table: Table) -> list[tuple[object, ...]]:
    columns = [
        [column.values[number] for number in column.numbers]
        for _, column in sorted(table.columns.items())
    ]
    lines = [table.line(number) for number in range(table.height)]
    rows = zip(table.starts.tolist(), lines, table.sizes.tolist(), *columns, strict=True)
    return sorted(rows)


@settings(max_examples=120, deadline=None)
@given(log_texts)
def test_both_cuts_agree(text):
    for shape in SHAPES:
        fast, slow = linescan.cut(text, logline.shape(shape)), by_expression(text, shape)
        assert cells(fast[0]) == cells(slow[0])
        assert sorted(fast[1]) == sorted(slow[1])


def test_the_last_plain_line_alone_reaches_the_expressions(monkeypatch):
    seen = []
    expressions = logline.cut

    def cut(text, starts, stops, how):
        seen.extend(starts.tolist())
        return expressions(text, starts, stops, how)

    monkeypatch.setattr(logline, "cut", cut)
    text = line() * 3 + line(size="-") + line()
    table, misfits = linescan.cut(text, logline.shape("combined"))
    assert seen == [len(text) - len(line())]
    assert table.height == 5
    assert not misfits
    assert table.sizes.tolist() == [512, 512, 512, -1, 512]


def test_a_line_beyond_the_limit_is_a_misfit():
    huge = line(agent="x" * logline.MAX_LINE_BYTES)
    table, (misfit,) = linescan.cut(line() + huge + line(), logline.shape("combined"))
    assert table.height == 2
    assert misfit.reason == logline.TOO_LONG


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"nonsense\n", "there is no time"),
        (line().replace(b'"\n', b"\n"), "a quoted field is not closed"),
        (line().replace(b"200", b"2 0"), "the line is not in the format combined"),
        (line().replace(b"page", b"pa\0ge").replace(b"[", b"("), "the line holds NUL bytes"),
    ],
)
def test_misfits_say_why(text, reason):
    _, (misfit,) = linescan.cut(text, logline.shape("combined"))
    assert misfit.reason.startswith(reason)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (rb"a\"b\\c", 'a"b\\c'),
        (rb"caf\xc3\xa9", "café"),
        (rb"tab\there", "tab\there"),
        (b"caf\xe9", "caf�"),
        (rb"\x4", "x4"),
    ],
)
def test_escapes_are_undone(field, text):
    assert logline.unescaped(field) == text
