from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backref.faces.terminal import paint, program, visible, visible_json

if TYPE_CHECKING:
    from pathlib import Path


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


def test_the_program_is_called_by_its_path_where_its_name_does_not_find_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "a b" / "backref"
    beside.parent.mkdir()
    beside.write_text("#!/bin/sh\n")
    beside.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(beside.with_name("python")))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program() == f"'{beside}'"
    monkeypatch.setenv("PATH", str(beside.parent))
    assert program() == "backref"
    beside.unlink()
    assert program() == "backref"
