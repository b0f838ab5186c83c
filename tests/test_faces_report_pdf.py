"""Printing to PDF, by the real browser where there is one."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from backref.errors import BackrefError, UsageError
from backref.faces.report import pdf

if TYPE_CHECKING:
    from pathlib import Path

BROWSER = any(map(shutil.which, pdf.BROWSERS))


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="no Chromium on PATH")
def test_a_page_is_printed_on_as_many_sheets_as_it_fills() -> None:
    sheet = "<style>@page{size:A4} p{break-after:page}</style>"
    printed = pdf.printed(f"<!doctype html>{sheet}<p>one<p>two<p>three")
    assert printed.startswith(b"%PDF-")
    assert printed.count(b"/Type /Page\n") == 3


def test_without_a_browser_the_sentence_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="not on PATH: install it"):
        pdf.printed("<p>")


def stand_in(folder: Path, script: str) -> None:
    (program := folder / "chromium").write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_a_browser_that_hangs_is_ended_with_its_children(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child\nwait")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BackrefError, match="did not print within"):
        pdf.printed("<p>", seconds=0.5)
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not _runs(child):
            break
        time.sleep(0.05)
    assert not _runs(child)


def _runs(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat") as told:
            return told.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_browser_that_prints_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(tmp_path, "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(BackrefError, match="printed no PDF"):
        pdf.printed("<p>")
