"""The command line as people meet it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from backref.faces import cli

if TYPE_CHECKING:
    from collections.abc import Callable

    from syrupy.assertion import SnapshotAssertion

AS_OF = ("--as-of", "2026-11-22")


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Result]:
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("BACKREF_STORE", "BACKREF_SITE", "BACKREF_DEBUG", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def runs(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["backref", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Result(code, *capsys.readouterr())

    return runs


@pytest.fixture
def ask(run: Callable[..., Result], small_store: Path) -> Callable[..., Result]:
    """Run a command on the small store."""
    return lambda *arguments: run(*arguments, "--store", str(small_store))


@pytest.mark.parametrize(
    "command",
    [
        "links",
        "links --state lost --since 30d --sort visits",
        "links --by domain",
        "links --by channel",
        "links --by placement",
        "links --limit 2 --csv",
        "domains",
        "domains --csv",
        "referrers",
        "broken",
        "broken --nginx",
        "broken --apache",
        "broken --csv",
        "pages",
        "overview",
        "links --limit 2 --json",
        "referrers --limit 1 --json",
    ],
)
def test_listings(ask: Callable[..., Result], command: str, snapshot: SnapshotAssertion) -> None:
    found = ask(*command.split(), *AS_OF)
    assert found.code == 0
    assert found.out == snapshot
    assert "Traceback" not in found.err


@pytest.mark.parametrize("command", ["links", "domains", "referrers", "broken", "pages"])
def test_three_formats_hold_the_same_rows(ask: Callable[..., Result], command: str) -> None:
    objects = [json.loads(line) for line in ask(command, "--json", *AS_OF).out.splitlines()]
    lines = ask(command, "--csv", *AS_OF).out.splitlines()
    assert len(lines) == len(objects) + 1
    assert lines[0].split(",") == list(objects[0])
    first = ask(command, *AS_OF).out.splitlines()
    assert len(first) == (2 if command == "links" else 1) * len(objects) + 1


def test_hostile_text_is_seen_and_not_obeyed(ask: Callable[..., Result]) -> None:
    for arguments in (["links"], ["links", "--json"], ["links", "--csv"], ["broken", "--nginx"]):
        out = ask(*arguments, *AS_OF).out
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out)
    told = [json.loads(line) for line in ask("links", "--json", *AS_OF).out.splitlines()]
    assert any("\x1b]8;;" in (row["anchor"] or "") for row in told), "JSON loses nothing"
    assert "'=cmd" in ask("links", "--csv", *AS_OF).out


WRONG = [
    ("init", "is not a domain"),
    ("init localhost", "is not a domain"),
    ("init example.com --zone Mars/Olympus", "is not a time zone"),
    ("init example.com --goal thanks", "is not a path"),
    ("links", "There is no store here or above"),
    ("links --store nowhere", "There is no store at"),
    ("import x.csv", "There is no store here or above"),
    ("nonsense", "No such command"),
    ("links --limit 0", "--limit"),
    ("links --limit many", "--limit"),
    ("links --nonsense", "No such option"),
    ("links --json --csv", "Choose one of --json and --csv"),
    ("broken --nginx --apache", "Choose one of"),
    ("placements", "--template"),
    ("verify --store nowhere", "There is no store at"),
    ("report --store nowhere", "There is no store at"),
]
WRONG_OF_A_STORE = [
    ("links --state nope", "There is no state 'nope'"),
    ("links --sort nope", "There is no sort 'nope'"),
    ("links --by nope", "There is no grouping 'nope'"),
    ("links --by domain --state lost", "--state cannot go with it"),
    ("links --since soon", "'soon' is not a time"),
    ("links --as-of 2026-13-01", "is not a time"),
    ("links --site nope.com", "This store has no site 'nope.com'"),
    ("domains --state nope", "There is no state"),
    ("referrers --sort nope", "There is no sort"),
    ("import nowhere.csv", "nowhere.csv"),
    ("report -o nowhere/report.html", "cannot be written"),
]


@pytest.mark.parametrize(("command", "sentence"), WRONG)
def test_wrong_requests(run: Callable[..., Result], command: str, sentence: str) -> None:
    arguments = command.split() if command != "init" else ["init", ""]
    _refused(run(*arguments), sentence)


@pytest.mark.parametrize(("command", "sentence"), WRONG_OF_A_STORE)
def test_wrong_requests_of_a_store(ask: Callable[..., Result], command: str, sentence: str) -> None:
    _refused(ask(*command.split()), sentence)


def _refused(found: Result, sentence: str) -> None:
    assert found.code == 2
    assert sentence in found.err
    assert found.out == ""
    assert "Traceback" not in found.err


def test_init_then_again_then_found_from_below(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(
        "init", "https://www.Example.com/", "--also", "example.de", "--zone", "Europe/Berlin"
    )
    assert (first.code, first.out) == (0, "")
    assert "example.com is in the store" in first.err
    assert "backref import" in first.err
    assert run("init", "example.com", "--goal", "/thanks", "--brand", "Example").code == 0
    assert run("init", "other.com", "--was", "example.de").code == 2
    assert run("init", "other.com").code == 0
    below = tmp_path / "a"
    below.mkdir()
    monkeypatch.chdir(below)
    assert run("imports").code == 0
    several = run("links")
    assert several.code == 2
    assert "example.com, other.com" in several.err
    assert run("links", "--site", "example.de").code == 0
    monkeypatch.setenv("BACKREF_SITE", "other.com")
    assert "other.com as of" in run("links").err


def test_nothing_yet_is_said_and_not_a_failure(run: Callable[..., Result]) -> None:
    run("init", "example.com")
    for command in ("links", "domains", "referrers", "broken", "pages", "imports"):
        found = run(command)
        assert (found.code, found.out) == (0, "")
        assert "Nothing found" in found.err
    assert run("overview").code == 0
    assert run("overview", "--json").out.count("\n") == 1


def test_a_report_is_written_whole(ask: Callable[..., Result], tmp_path: Path) -> None:
    assert ask("report", "-o", "r.html").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]
    assert "</html>" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_template_is_what_import_reads(run: Callable[..., Result]) -> None:
    found = run("placements", "--template")
    assert found.code == 0
    assert found.out.startswith("Live URL,")


def test_version_and_help(run: Callable[..., Result]) -> None:
    assert run("--version").out == run("version").out
    assert re.fullmatch(r"backref \d+\.\d+\.\d+\n", run("version").out)
    told = run("--help").out
    assert all(command in told for command in ("init", "import", "links", "report", "demo"))


@pytest.mark.parametrize(
    "command",
    ["init", "import", "overview", "links", "domains", "referrers", "broken", "pages", "report",
     "imports", "placements", "verify", "rebuild", "demo", "version"],
)  # fmt: skip
def test_every_command_has_help_with_every_option_told(
    run: Callable[..., Result], command: str
) -> None:
    found = run(command, "--help")
    assert found.code == 0
    for line in found.out.splitlines():
        if re.match(r"\s+--\w", line):
            assert re.search(r"\s{2,}\S.*[.\]?]|\s{2}\S+.*\s{2}\S", line), line


def test_something_unforeseen_is_one_sentence(
    ask: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backref.faces.query import Site

    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[31m" + "very " * 3 + "odd")

    monkeypatch.setattr(Site, "domains", fails)
    found = ask("domains")
    assert found.code == 1
    assert found.err.count("\n") == 1
    assert "BACKREF_DEBUG=1" in found.err
    assert "\x1b" not in found.err
    monkeypatch.setenv("BACKREF_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        ask("domains")


def backref(
    *arguments: str, then: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    code = "from backref.faces.cli import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    if then:
        quoted = " ".join(f"'{part}'" for part in command)
        command = ["bash", "-c", f"{quoted} | {then}; exit ${{PIPESTATUS[0]}}"]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_a_reader_that_leaves_is_no_error(small_store: Path) -> None:
    found = backref("links", "--json", "--store", str(small_store), then="true")
    assert "Traceback" not in found.stderr
    assert "Broken" not in found.stderr
    assert found.returncode == 0


def test_a_terminal_of_few_letters_is_no_error(small_store: Path) -> None:
    found = backref("links", "--store", str(small_store), PYTHONIOENCODING="ascii")
    assert found.returncode == 0
    assert "?" in found.stdout


def test_help_loads_neither_the_engine_nor_the_tables() -> None:
    code = (
        "import sys; import backref.faces.cli;"
        "print([name for name in ('duckdb', 'pyarrow', 'sqlalchemy', 'numpy', 'rich', 'jinja2')"
        " if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
