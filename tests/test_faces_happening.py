"""The commands that tell what happened to links."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import events_store
import pytest

from backref.faces.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("happening") / "store"
    events_store.write(path).close()
    return path


def told(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *arguments: str,
) -> str:
    """What a command prints to stdout."""
    monkeypatch.setattr("sys.argv", ["backref", *arguments, "--store", str(path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (0, None)
    return capsys.readouterr().out


def test_events_and_breaches_are_told(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = told(path, monkeypatch, capsys, "events", "--kind", "lost")
    assert "guest.example" in table
    assert "free.example" not in table
    lines = told(path, monkeypatch, capsys, "events", "--breaches", "--json").splitlines()
    assert [json.loads(line)["term"] for line in lines] == ["live", "rel", "anchor"]
    head, *rows = told(path, monkeypatch, capsys, "events", "--csv", "--limit", "3").splitlines()
    assert head.startswith("known_at,kind,certainty,after,before,confirmed_at,link_id")
    assert len(rows) == 3


def test_survival_is_told_by_groups(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = told(path, monkeypatch, capsys, "survival", "--by", "vendor", "--json").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [(row["group"], row["links"]) for row in rows] == [
        ("all links", 3),
        ("nobody agreed", 2),
        ("Ada", 1),
    ]
    assert "half-life" in told(path, monkeypatch, capsys, "survival")
