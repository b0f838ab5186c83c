"""`backref check` and `backref find` as people meet them, on a farm of sites."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from farm import Farm, page

from backref.faces import checks, cli
from tests.checking_store import SHOP, fetcher, new_store

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    farm: Farm,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run a command on a store that knows two linking pages, some days after the facts' start."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BACKREF_CONTACT", raising=False)
    new_store(tmp_path / ".backref", "https://a.test/post", "https://b.test/post")
    (tmp_path / "backref.toml").write_text('store = ".backref"\n')
    farm.site("a.test", {"/post": page(SHOP)})
    farm.site("b.test", {"/post": page("https://other.test/")})
    farm.site("shop.test", {"/shoes": page()})

    def runs(*arguments: str, days: float = 0.0) -> tuple[int, str, str]:
        monkeypatch.setattr(checks, "Fetcher", lambda _: fetcher(farm, days))
        monkeypatch.setattr(sys, "argv", ["backref", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return runs


def test_nobody_is_asked_without_a_contact(run: Run, farm: Farm) -> None:
    for command in ("check", "find"):
        code, out, err = run(command)
        assert (code, out) == (2, "")
        assert "--contact" in err
    assert farm.requests() == []


def test_what_is_due_is_listed_and_nobody_is_asked(run: Run, farm: Farm) -> None:
    code, out, err = run("check", "--dry-run", "--json")
    due = [json.loads(line) for line in out.splitlines()]
    assert (code, farm.requests()) == (0, [])
    assert {row["url"] for row in due} == {"https://a.test/post", "https://b.test/post", SHOP}
    assert {row["why"] for row in due} == {"never checked"}
    assert "3 pages are due." in err


def test_a_loss_ends_a_run_with_4_when_asked_to(run: Run, tmp_path: Path) -> None:
    asked = ("check", "--contact", "https://us.example/", "--fail-on", "lost")
    code, out, err = run(*asked, "--keep", str(tmp_path / "proof.warc.gz"))
    assert code == 0
    assert "https://b.test/post" in out
    assert "suspect, removed" in out
    assert "3 pages looked at: 3 read, 0 gone, 0 unknown." in err
    assert (tmp_path / "proof.warc.gz").exists()
    code, out, _ = run(*asked, "--json", days=1.5)
    lines = [json.loads(line) for line in out.splitlines()]
    changed = {line["url"]: line["changes"] for line in lines}
    assert code == 4
    assert [(c["was"], c["state"]) for c in changed["https://b.test/post"]] == [("suspect", "lost")]
    code, _, err = run(*asked, days=1.6)
    assert (code, "Nothing was due." in err) == (0, True)


def test_the_contact_stands_in_the_settings(run: Run, tmp_path: Path) -> None:
    (tmp_path / "backref.toml").write_text('store = ".backref"\ncontact = "us@shop.test"\n')
    assert run("check", "--max", "1")[0] == 0


def test_a_site_or_url_that_is_none_is_a_wrong_request(run: Run) -> None:
    contact = ("--contact", "https://us.example/")
    assert run("check", "--site", "nobody.test", *contact)[0] == 2
    assert run("check", "--url", "ftp://a.test/", *contact)[0] == 2
