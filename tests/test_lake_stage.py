"""A stage's version is its room's code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from backref.lake.stage import code_of

if TYPE_CHECKING:
    from pathlib import Path

FILES = {"__init__.py": "", "fold.py": "LIST = 'a'\n", "fold.sql": "select 1\n"}


@pytest.mark.parametrize(
    ("file", "text", "changes"),
    [
        ("fold.py", "LIST = 'b'\n", True),
        ("fold.sql", "select 2\n", True),
        ("further.py", "", True),
        ("fold.py", 'LIST = "apps.csv"\n', True),
        ("notes.md", "nothing", False),
    ],
)
def test_code_changes_with_modules_and_models(
    file: str, text: str, changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number in (1, 2):
        room = f"room_{number}_{tmp_path.name.replace('-', '_').replace('[', '_')}"
        folder = tmp_path / room
        folder.mkdir()
        for name, held in (FILES if number == 1 else FILES | {file: text}).items():
            (folder / name).write_text(held)
        monkeypatch.syspath_prepend(str(tmp_path))
        found.append(code_of(room))
        sys.modules.pop(room, None)
    assert (found[0] != found[1]) == changes
