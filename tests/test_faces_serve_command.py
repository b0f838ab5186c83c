"""When the dashboard is shown without being asked for, and an import taken back by a command."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from backref.errors import UsageError
from backref.faces import cli, demonstration
from backref.faces.serve import command
from backref.faces.serve.guard import known_host
from backref.faces.serve.running import run
from backref.faces.serve.settings import Settings

LINE = '192.0.2.1 - - [01/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0"\n'


def ran(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["backref", *arguments])
    try:
        cli.main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.parametrize(
    ("options", "terminal", "shown"),
    [
        ([], True, True),
        ([], False, False),
        (["--serve"], False, True),
        (["--no-serve"], True, False),
    ],
)
def test_the_demo_ends_with_the_dashboard_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    options: list[str],
    terminal: bool,
    shown: bool,
):
    served: list[Path] = []
    monkeypatch.setattr(demonstration, "run", lambda folder, seed: folder / ".backref")
    monkeypatch.setattr(command, "show", served.append)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: terminal)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert ran(monkeypatch, "demo", "--folder", str(tmp_path), *options) == 0
    assert served == ([tmp_path / ".backref"] if shown else [])


def test_an_import_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.chdir(tmp_path)
    Path("access.log").write_text(LINE)
    assert ran(monkeypatch, "init", "example.com") == 0
    assert ran(monkeypatch, "import", "access.log") == 0
    capsys.readouterr()
    assert ran(monkeypatch, "imports", "--undo", "1") == 0
    assert "2 rows left the store" in capsys.readouterr().err
    assert ran(monkeypatch, "imports", "--csv") == 0
    assert ',"undone",1,1,0,0,' in capsys.readouterr().out
    for number, said in (("1", "nothing to undo"), ("9", "no import 9")):
        assert ran(monkeypatch, "imports", "--undo", number) == 2
        assert said in capsys.readouterr().err


def test_without_a_store_nothing_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BACKREF_STORE", raising=False)
    assert ran(monkeypatch, "serve") == 2
    with pytest.raises(Exception, match="no store at"):
        run(tmp_path / "none", Settings(port=0))


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("Stats.Example.com", "stats.example.com"),
        ("stats.example.com:8443", "stats.example.com"),
        ("[2001:DB8::1]", "2001:db8::1"),
    ],
)
def test_a_name_is_known_however_it_is_written(given: str, known: str):
    name = command.known_as(given)
    assert name == known
    assert known_host(given, Settings(names=(name,)))


@pytest.mark.parametrize("given", ["", "https://stats.example.com/", "["])
def test_what_is_no_name_is_refused(given: str):
    with pytest.raises(UsageError, match="is no host name"):
        command.known_as(given)
