from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.faces.terminal import paint, visible, visible_json


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 漢 👍", "plain é 漢 👍"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x1b]8;;http://x\x07link", "\\x1b]8;;http://x\\x07link"),
        ("\x9b31m", "\\x9b31m"),
        ("a\r\nb\tc\x00", "a\\x0d\\x0ab\\x09c\\x00"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\ufeff\u200b\U000e0041", "\\ufeff\\u200b\\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_nothing_that_commands_or_reverses_is_left(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in shown)
    reversing = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    assert not any(unicodedata.bidirectional(char) in reversing for char in shown)
    assert visible(shown) == shown


@given(st.text())
def test_json_loses_nothing(text: str) -> None:
    raw = json.dumps({"x": text}, ensure_ascii=False)
    shown = visible_json(raw)
    assert json.loads(shown) == {"x": text}
    assert visible(shown) == shown


def test_paint_only_where_wanted() -> None:
    assert paint("x", "red", wanted=True) == "\x1b[31mx\x1b[0m"
    assert paint("x", "red", wanted=False) == paint("x", "", wanted=True) == "x"
