"""The command line as people meet it: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import typer.main

from backref.faces import cli, demonstration
from backref.faces.lifeline import LEGEND

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
        "domains --by state",
        "domains --by witness --state live --json",
        "referrers --by channel",
        "broken --by folder --csv",
        "pages --by folder --limit 2",
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


def test_a_cut_listing_tells_how_many_there_are(ask: Callable[..., Result]) -> None:
    for command in ("links", "domains", "referrers", "broken", "pages"):
        total = len(ask(command, "--json", *AS_OF).out.splitlines())
        for how in ((), ("--json",), ("--csv",)):
            cut = ask(command, "--limit", "1", *how, *AS_OF)
            assert f"1 of {total}" in cut.err, command
        assert " of " not in ask(command, *AS_OF).err.partition("as of")[0]
    groups = len(ask("links", "--by", "domain", "--json", *AS_OF).out.splitlines())
    assert f"2 of {groups}" in ask("links", "--by", "domain", "--limit", "2", *AS_OF).err
    assert "1 of 3" in ask("domains", "--by", "quadrant", "--limit", "1", *AS_OF).err


def test_a_link_has_a_number_that_no_tool_rounds(ask: Callable[..., Result]) -> None:
    told = [json.loads(line)["link_id"] for line in ask("links", "--json", *AS_OF).out.splitlines()]
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in told)
    assert len(set(told)) == len(told)


def test_without_visits_the_search_share_comes_first(ask: Callable[..., Result]) -> None:
    for command in ("links", "domains"):
        rows = [json.loads(line) for line in ask(command, "--json", *AS_OF).out.splitlines()]
        unknown = [row["search_share"] or 0 for row in rows if row["visits"] is None]
        assert unknown == sorted(unknown, reverse=True)


def test_an_empty_listing_has_a_header_in_csv(run: Callable[..., Result]) -> None:
    run("init", "example.com")
    heads = {
        command: run(*command.split(), "--csv").out
        for command in (
            "links", "domains", "referrers", "engagement", "leads", "broken", "pages", "imports",
            "imports --rejects",
            "domains --by state", "links --by domain",
        )
    }  # fmt: skip
    assert all(head.count("\n") == 1 and "," in head for head in heads.values()), heads
    assert heads["links"].startswith("link_id,source_page,")
    assert run("links", "--json").out == ""


def test_the_sites_can_be_seen(run: Callable[..., Result]) -> None:
    run("init", "example.com", "--also", "example.de", "--brand", "Lamp", "--goal", "/thanks")
    run("init", "other.org", "--zone", "Europe/Berlin")
    told = [json.loads(line) for line in run("sites", "--json").out.splitlines()]
    assert [(row["name"], row["zone"]) for row in told] == [
        ("example.com", "UTC"),
        ("other.org", "Europe/Berlin"),
    ]
    assert (told[0]["also"], told[0]["goals"], told[0]["brand"]) == (
        ["example.de"],
        ["/thanks"],
        ["lamp"],
    )
    assert "example.de" in run("sites").out
    assert run("sites", "--csv").out.count("\n") == 3


def test_imports_tell_their_site_and_whether_they_are_all(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    for number, site in enumerate(("example.com", "other.org")):
        run("init", site)
        log = tmp_path / f"{site}.log"
        line = LOG.format(n=number + 1, path=site, status=200)
        log.write_text(f"{line}bad line\n", encoding="utf-8")
        assert run("import", str(log), "--site", site).code == 3
    both = run("imports")
    assert "combined" in both.out
    assert both.out.index("example.com") < both.out.index("other.org"), "the newest stands last"
    cut = run("imports", "--limit", "1")
    assert "1 of 2" in cut.err
    assert "other.org.log" in cut.out
    assert "example.com.log" not in cut.out
    (one,) = run("imports", "--site", "example.com", "--json").out.splitlines()
    assert json.loads(one)["site"] == "example.com"
    assert json.loads(one)["earliest"] == json.loads(one)["latest"]
    assert f"{json.loads(one)['latest'][:10]}  {json.loads(one)['sha256'][:12]}" in both.out
    (reject,) = run("imports", "--rejects", "--site", "other.org", "--json").out.splitlines()
    assert json.loads(reject)["file"].endswith("other.org.log")
    assert (json.loads(reject)["unit"], json.loads(reject)["line"]) == ("byte", 2)
    assert "line 2 " in run("imports", "--rejects").out
    assert "1 of 2" in run("imports", "--rejects", "--limit", "1").err
    assert run("imports", "--site", "nope.net").code == 2


WRONG = [
    ("init", "is not a domain"),
    ("init https://www.example.com/path", "did you mean example.com?"),
    ("init example.com:8080", "did you mean example.com?"),
    ("init example.com --store /proc/x/y", "cannot be made"),
    ("demo --folder /proc/x", "The folder /proc/x cannot be made"),
    ("init localhost", "is not a domain"),
    ("init example.com --zone Mars/Olympus", "is not a time zone"),
    ("init example.com --goal thanks", "is not a path"),
    ("links", "There is no store here or above"),
    ("links --store nowhere", "There is no store at"),
    ("import x.csv", "There is no store here or above"),
    ("nonsense", "No such command"),
    ("links --limit 0", "--limit 0 leaves no row: give 1 or more."),
    ("links --limit many", "--limit"),
    ("links --nonsense", "No such option"),
    ("links --json --csv", "Choose one of --json and --csv"),
    ("broken --nginx --apache", "Choose one of"),
    ("placements", "There is no store here or above"),
    ("verify --store nowhere", "There is no store at"),
    ("report --store nowhere", "There is no store at"),
]
WRONG_OF_A_STORE = [
    ("links --state nope", "There is no state 'nope'"),
    ("links --sort nope", "There is no sort 'nope'"),
    ("links --by nope", "There is no grouping 'nope'"),
    ("links --by domain --state lost", "--state cannot go with it"),
    ("domains --by nope", "There is no grouping 'nope': choose one of state, quadrant, witness"),
    ("referrers --by nope", "choose one of channel, known-link, domain"),
    ("broken --by nope", "choose one of status, folder"),
    ("broken --by status --nginx", "leave out --by"),
    ("pages --by nope", "choose one of folder"),
    ("links --since soon", "'soon' is not a time"),
    ("links --as-of 2026-13-01", "is not a time"),
    ("links --site nope.com", "This store has no site 'nope.com'"),
    ("domains --state nope", "There is no state"),
    ("referrers --sort nope", "There is no sort"),
    ("placements --sort nope", "There is no sort"),
    ("tag --list --json --csv", "Choose one of --json and --csv"),
    ("import nowhere.csv", "nowhere.csv"),
    ("report -o nowhere/report.html", "cannot be written"),
]


@pytest.mark.parametrize(("command", "sentence"), WRONG)
def test_wrong_requests(run: Callable[..., Result], command: str, sentence: str) -> None:
    arguments = command.split() if command != "init" else ["init", ""]
    found = run(*arguments)
    _refused(found, sentence)
    assert "BACKREF_DEBUG" not in found.err


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


def test_the_store_may_be_named_before_the_command(
    run: Callable[..., Result], tmp_path: Path
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    assert run("--store", elsewhere, "init", "example.net").code == 0
    assert "example.net" in run("--store", elsewhere, "sites").out
    assert "example.net" in run("--store", "/nowhere", "sites", "--store", elsewhere).out
    assert run("--store", "/nowhere", "sites").code == 2


def test_nothing_yet_is_said_and_not_a_failure(run: Callable[..., Result]) -> None:
    run("init", "example.com")
    told = {
        "Not known: the store holds no links to example.com; import": ("links", "domains", "pages"),
        "Not known: the store holds no access log of example.com; import one": (
            "referrers",
            "engagement",
            "broken",
        ),
        "Nothing was imported yet: backref import FILES": ("imports",),
        "Not known: the store holds no leads or sales of example.com": ("leads",),
        "Not known: the store holds no placement sheet of example.com": ("placements",),
        "the store holds no links to example.com; import a crawl": ("links --by domain",),
    }
    for sentence, commands in told.items():
        for command in commands:
            found = run(*command.split())
            assert (found.code, found.out) == (0, "")
            assert sentence in found.err
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


LOG = (
    '192.0.2.{n} - - [21/Nov/2026:10:{n:02}:00 +0000] "GET /{path} HTTP/1.1" {status} 512 '
    '"https://news.example.net/" "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"\n'
)


@pytest.fixture
def log(run: Callable[..., Result], tmp_path: Path) -> Path:
    run("init", "example.com")
    file = tmp_path / "access.log"
    lines = [LOG.format(n=n, path="", status=200) for n in range(1, 9)]
    file.write_text("".join([*lines, LOG.format(n=9, path="gone", status=404)]), encoding="utf-8")
    return file


SUMMARY = ["file", "format", "confidence", "read", "stored", "duplicate", "rejected", "seconds"]
FIGURES = ["clients", "without_referrer", "referrer_hosts", "kinds"]


def test_import_tells_what_became_of_each_file(run: Callable[..., Result], log: Path) -> None:
    first = run("import", str(log), "--json")
    told = json.loads(first.out)
    assert (first.code, list(told)) == (0, SUMMARY + FIGURES)
    assert (told["read"], told["stored"], told["duplicate"], told["rejected"]) == (9, 9, 0, 0)
    assert "Next: backref" in first.err
    again = run("import", str(log), str(log))
    assert again.code == 0
    assert again.out.count("9 read = 0 stored + 9 duplicate + 0 rejected") == 2
    assert json.loads(run("referrers", "--json").out)["host"] == "news.example.net"
    assert "/gone" in run("broken").out


def test_a_goal_said_later_finds_its_conversions(run: Callable[..., Result], log: Path) -> None:
    run("import", str(log))
    assert json.loads(run("referrers", "--json").out)["conversions"] is None
    run("init", "example.com", "--goal", "/")
    assert json.loads(run("referrers", "--json").out)["conversions"] > 0


def test_import_done_in_part(run: Callable[..., Result], log: Path) -> None:
    with log.open("a", encoding="utf-8") as file:
        file.write("no log line \x1b[31m\n")
    found = run("import", str(log))
    assert found.code == 3
    assert "1 rejected" in found.out
    assert "backref imports --rejects" in found.err
    listed = run("imports", "--rejects")
    assert "\x1b" not in listed.out
    assert "access.log" in listed.out
    row = json.loads(run("imports", "--json").out)
    assert row["read"] == row["stored"] + row["duplicate"] + row["rejected"] == 10


def test_unknown_bytes_are_refused_with_what_was_considered(
    run: Callable[..., Result], log: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "odd.bin"
    odd.write_bytes(bytes(range(256)) * 8)
    found = run("import", str(odd))
    _refused(found, "odd.bin is in no format that Backref reads")
    _, *considered = found.err.splitlines()
    assert all(re.match("  [a-z]", line) for line in considered)
    assert any(line.startswith("  access logs (") for line in considered)
    asked = run("import", str(odd), "--json")
    (told,) = map(json.loads, asked.out.splitlines())
    assert asked.code == 2
    assert told["file"] == str(odd)
    assert told["error"].startswith("It is in no format that Backref reads")
    assert told["format"] is None
    assert len(considered) < 12 < len(told["considered"])
    whys = {each["format"]: each["why"] for each in told["considered"]}
    assert whys["combined"].startswith("no line is like 192.0.2.7")


@pytest.fixture
def mixed(log: Path, tmp_path: Path) -> list[str]:
    """A good file, one of no format, and one that is not there."""
    (tmp_path / "odd.bin").write_bytes(b"odd\x1b[31m" * 8)
    return [str(log), str(tmp_path / "odd.bin"), str(tmp_path / "none.csv")]


def test_every_file_that_cannot_be_imported_is_named_at_once(
    run: Callable[..., Result], mixed: list[str]
) -> None:
    found = run("import", *mixed)
    _refused(found, "2 of 3 files cannot be imported, so nothing was; 1 recognised: add --")
    _, odd, none = found.err.splitlines()
    assert re.match(r"  /.*odd\.bin is in no format", odd)
    assert re.match(r"  /.*none\.csv cannot be read: No such file", none)
    assert run("imports").out == "", "nothing of the good file was stored either"
    none_at_all = run("import", *mixed[1:], "--skip-unknown")
    _refused(none_at_all, "None of the 2 files can be imported.")


def test_the_others_are_imported_when_asked(run: Callable[..., Result], mixed: list[str]) -> None:
    found = run("import", *mixed, "--skip-unknown", "--json")
    assert found.code == 3
    told = [json.loads(line) for line in found.out.splitlines()]
    assert [each.get("stored") for each in told] == [None, None, 9]
    assert [Path(each["file"]).name for each in told] == ["odd.bin", "none.csv", "access.log"]
    assert found.err.count("It was skipped.") == 2
    assert len(run("imports", "--json").out.splitlines()) == 1
    again = run("import", *mixed, "--skip-unknown")
    assert (again.code, again.out.count("\n")) == (3, 1)


def test_a_wrong_site_is_a_wrong_request_whatever_may_be_skipped(
    run: Callable[..., Result], mixed: list[str]
) -> None:
    _refused(
        run("import", *mixed, "--skip-unknown", "--site", "nope.net"),
        "nope.net is no site of this store",
    )


def test_import_from_a_pipe(run: Callable[..., Result], log: Path, tmp_path: Path) -> None:
    code = "from backref.faces.cli import main; main()"
    with log.open("rb") as stream:
        found = subprocess.run(
            [sys.executable, "-c", code, "import", "-", "--json"],
            cwd=tmp_path, stdin=stream, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["stored"] == 9
    told = json.loads(run("imports", "--json").out)
    assert (told["file"], told["sha256"]) == ("-", sha256(log.read_bytes()).hexdigest())


def test_rebuild_and_verify(run: Callable[..., Result], log: Path) -> None:
    run("import", str(log))
    before = run("referrers", "--json").out
    assert run("rebuild").code == run("verify").code == 0
    assert run("referrers", "--json").out == before


def test_verify_names_the_file_that_is_damaged(run: Callable[..., Result], log: Path) -> None:
    run("import", str(log))
    (damaged,) = Path(".backref/segments/hits").iterdir()
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    found = run("verify")
    assert found.code == 1
    assert found.out == f"hits/{damaged.name}: Its bytes have changed; restore it from a backup.\n"


@pytest.mark.slow
def test_the_demo_shows_everything(
    run: Callable[..., Result], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demonstration.run(tmp_path / "demo", 7, "tiny")
    out = capsys.readouterr().out
    assert re.match(r".*referring domain", out)
    assert "Fix dead targets" in out
    assert LEGEND in out
    report = Path(out.rstrip().rpartition("Report: ")[2])
    assert report.read_text(encoding="utf-8").rstrip().endswith("</html>")
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").touch()
    _refused(run("demo", "--folder", str(other)), "is not empty")


def test_version_and_help(run: Callable[..., Result]) -> None:
    assert run("--version").out == run("version").out
    assert re.fullmatch(r"backref \d+\.\d+\.\d+\n", run("version").out)
    told = run("--help").out
    assert all(command in told for command in ("init", "import", "links", "report", "demo"))


COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_says_what_it_is(run: Callable[..., Result], command: str) -> None:
    assert run(command, "--help").code == 0
    assert COMMANDS[command].help
    for option in COMMANDS[command].params:
        assert option.help, option.name


def test_what_was_foreseen_ends_with_its_mend(
    ask: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backref.errors import DiskFull
    from backref.faces.query import Site

    def full(*_: object, **__: object) -> None:
        raise DiskFull("The disk is full: make room, then repeat.")

    monkeypatch.setattr(Site, "domains", full)
    found = ask("domains")
    assert (found.code, found.err) == (1, "backref: The disk is full: make room, then repeat.\n")


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


def test_what_is_empty_says_why(run: Callable[..., Result], tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"))
    run("init", "example.com", *store)
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>no link"
    (tmp_path / "a.warc").write_bytes(
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://other.example/\r\n"
        b"WARC-Date: 2026-11-01T10:00:00Z\r\nContent-Length: %d\r\n\r\n%b\r\n\r\n"
        % (len(page), page)
    )
    run("import", str(tmp_path / "a.warc"), *store)
    assert "No link to example.com is in what was imported." in run("links", *store).err
    assert "No message was made yet." in run("alerts", "outbox", *store).err
    weeks = run("alerts", "add", "weekly", "--backtest", "30d", *store)
    assert weeks.code == 0
    assert all("The mail of the week up to" in line for line in weeks.out.splitlines()[1:])
