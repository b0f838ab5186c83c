"""`backref graph fetch` as people meet it, on a server of releases."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pytest
from farm import Farm
from farm.files import Mood, Shelf

from backref.faces import cli, fetches
from tests import releases_facts as facts
from tests.releases_facts import BASE, NAME, PATH, packed, table

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path,
    farm: Farm,
    ledger: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BACKREF_CONTACT", raising=False)
    (tmp_path / "backref.toml").write_text('store = ".backref"\n')
    real = fetches.manners

    def fetcher(rules: object) -> object:
        assert rules == real("https://us.example/")
        return facts.fetcher(farm)

    def runs(*arguments: str, command: str = "fetch") -> tuple[int, str, str]:
        monkeypatch.setattr(fetches, "Fetcher", fetcher)
        monkeypatch.setattr(sys, "argv", ["backref", "graph", command, *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return runs


ASKED = ("2026-06", "--ranks", "--base", BASE, "--contact", "https://us.example/")


def test_ranks_are_fetched_told_and_fetched_once(run: Run, farm: Farm) -> None:
    farm.site("data.test", {PATH: Shelf(packed(table())).answer()})
    code, out, err = run(*ASKED, "--keep-sample", "500", "--json")
    (told,) = map(json.loads, out.splitlines())
    assert code == 0
    assert (told["release"], told["name"], told["level"]) == ("2026-06", NAME, "domain")
    assert (told["read"], told["kept"], told["passed_over"]) == (3_000, 10, 2_990)
    assert (told["wanted"], told["ranked"], told["stored"]) == (6, 3, 13)
    assert f"3,000 domains ranked by {NAME} = 10 kept + 2,990 passed over." in err
    assert "Of 6 that the ledger names it ranks 3." in err
    code, out, err = run(*ASKED, "--keep-sample", "500")
    assert (code, out) == (0, "")
    assert "Nothing is missing" in err
    assert len([seen for seen in farm.requests() if seen.path == PATH]) == 1


def test_what_stops_it_is_one_sentence_and_the_same_command_goes_on(run: Run, farm: Farm) -> None:
    data = packed(table())
    farm.site("data.test", {PATH: Shelf(data, deque([Mood(cut=999), Mood(status=403)])).answer()})
    code, out, err = run(*ASKED)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "answered 403" in err
    code, _, err = run(*ASKED)
    assert (code, "2,996" in err or "passed over" in err) == (0, True)
    assert farm.requests()[-1].header("range") == "bytes=999-"


def test_a_missing_release_contact_or_level_is_told(run: Run, farm: Farm) -> None:
    farm.site("data.test", {})
    code, _, err = run(*ASKED)
    assert (code, "there is no such file" in err) == (1, True)
    for asked, why in [
        (("2026-13", *ASKED[1:]), "is no release"),
        ((*ASKED, "--level", "page"), "is no level"),
        ((*ASKED, "--domain", "no domain"), "is no domain"),
    ]:
        code, _, err = run(*asked)
        assert (code, why in err) == (2, True)
    code, _, err = run(*ASKED[:-2])
    assert (code, "--contact" in err) == (2, True)


def test_a_rank_is_told_with_its_release_and_its_share_of_all(run: Run, farm: Farm) -> None:
    (before, *_) = map(json.loads, run("--json", command="published")[1].splitlines())
    assert (before["release"], before["harmonic_pos"]) == (None, None)
    farm.site("data.test", {PATH: Shelf(packed(table())).answer()})
    run(*ASKED)
    code, out, _ = run("--json", command="published")
    told = {row["domain"]: row for row in map(json.loads, out.splitlines())}
    assert code == 0
    place = facts.LINKING[1]
    row = told[facts.name(place)]
    assert (row["what"], row["release"], row["ranked"]) == ("links", "2026-06", 3_000)
    assert (row["harmonic_pos"], row["harmonic_percentile"]) == (
        place,
        100 * (3_000 - place) / 3_000,
    )
    pagerank = place % 977 + 1
    assert row["pagerank_percentile"] == pytest.approx(100 * (3_000 - pagerank) / 3_000)
    own = told["shop.test"]
    assert (own["what"], own["release"], own["harmonic_pos"]) == ("own", "2026-06", None)
    shown = run(command="published")[1]
    assert "98.7 %" in shown
    assert "2026-06: not ranked" in shown


def test_whole_graphs_come_to_disk_for_the_next_command(
    run: Run, farm: Farm, tmp_path: Path
) -> None:
    paths = [PATH.replace("ranks", what) for what in ("vertices", "edges")]
    farm.site("data.test", {path: Shelf(b"x" * 70_000).answer() for path in paths})
    code, out, err = run(*ASKED[:1], *ASKED[2:], "--json")
    told = list(map(json.loads, out.splitlines()))
    assert (code, [row["bytes"] for row in told]) == (0, [70_000, 70_000])
    assert "140,000 bytes in all, 140,000 of them still to come into" in err
    assert f"Next: backref graph add {told[0]['file']} {told[1]['file']}" in err
    (edges,) = (tmp_path / ".backref" / "fetches" / NAME).glob("*edges*")
    assert edges.read_bytes() == b"x" * 70_000
