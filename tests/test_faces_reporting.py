"""`backref report` as people run it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from backref.errors import BackrefError, UsageError
from backref.faces.cli import app
from backref.faces.query import open_store
from backref.faces.report import writing
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from click.testing import Result


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


def test_a_month_is_written_where_it_is_named_or_under_its_name(
    small_store: Path, tmp_path: Path
) -> None:
    asked = ("--store", small_store, "--month", "2026-11", "--compare", "none", "-o")
    assert run(*asked, tmp_path / "november.html").exit_code == 0
    assert run(*asked, tmp_path).exit_code == 0
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["example.com-2026-11.html", "november.html"]
    page = (tmp_path / "november.html").read_text(encoding="utf-8")
    assert "November 2026" in page
    assert page == (tmp_path / "example.com-2026-11.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("--month", "2026-13"), "is not a month"),
        (("--month", "2926-01"), "has not begun"),
        (("--month", "2026-11", "--compare", "week"), "choose one of previous"),
        (("--month", "2026-11", "--as-of", "2026-11-01"), "leave out --as-of"),
        (("--month", "2026-11", "--all", "--site", "example.com"), "one of --all and --site"),
        (("--pdf",), "need a --month"),
        (("--month", "2026-11", "--logo", "none.png"), "cannot be read"),
    ],
)
def test_a_wrong_request_is_refused_before_anything_is_written(
    small_store: Path, tmp_path: Path, given: tuple[str, ...], why: str
) -> None:
    done = run("--store", small_store, "-o", tmp_path / "x.html", *given)
    assert isinstance(done.exception, UsageError)
    assert why in str(done.exception)
    assert not list(tmp_path.iterdir())


def test_without_a_browser_nothing_is_written(
    small_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("--store", small_store, "--month", "2026-11", "--pdf", "-o", tmp_path / "x.html")
    assert isinstance(done.exception, UsageError)
    assert "not on PATH" in str(done.exception)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def two_sites(tmp_path: Path) -> Path:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("first.example"))
        lake.save_site(SiteRecord("second.example"))
    return tmp_path / "store"


def test_every_site_has_a_file(two_sites: Path, tmp_path: Path) -> None:
    done = run("--store", two_sites, "--month", "2026-11", "--all", "-o", tmp_path / "out")
    assert done.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["first.example-2026-11.html", "second.example-2026-11.html"]


def test_one_site_that_fails_does_not_stop_the_others(two_sites: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "first.example-2026-11.html").mkdir(parents=True)
    done = run("--store", two_sites, "--month", "2026-11", "--all", "-o", tmp_path / "out")
    assert done.exit_code == 3
    assert "first.example: " in done.stderr
    assert (tmp_path / "out" / "second.example-2026-11.html").is_file()
    told: list[tuple[str, BackrefError]] = []
    with open_store(two_sites) as opened:
        wanted = writing.Wanted("2026-11")
        writing.write_all(
            opened, wanted, tmp_path / "out", lambda _: None, lambda *one: told.append(one)
        )
    assert [site for site, _ in told] == ["first.example"]


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        target = tmp_path / "none" / "x.html"
    else:
        tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
        target = tmp_path / "x.html"
    with pytest.raises(UsageError, match="cannot be written"):
        writing.write(target, b"page")
    assert not list(tmp_path.iterdir())
