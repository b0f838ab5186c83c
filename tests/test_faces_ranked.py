"""`backref authority` and `backref gap` as people meet them, and the same from Python."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from graph_store import made

import backref
from backref.errors import UsageError
from backref.faces import authority, cli

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("ranked") / "store")


@pytest.fixture
def ask(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run a command on the store."""

    def asks(*arguments: str) -> tuple[int, str, str]:
        given = ["backref", *arguments, "--store", str(path)]
        monkeypatch.setattr(sys, "argv", given)
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    return asks


@pytest.mark.parametrize(
    "command",
    [
        "authority",
        "authority nowhere.example",
        "authority --compare rival.example",
        "authority --explain",
        "authority --explain --limit 1",
        "authority --explain --csv",
        "authority --links",
        "authority --links --csv",
        "authority rival.example --referring --limit 2",
        "authority --without a.example",
        "authority --without https://a.example/one --nofollow b.example",
        "authority --with e.example --csv",
        "gap rival.example other.example unknown.example",
        "gap rival.example --hosted aside --csv",
    ],
)
def test_answers(
    ask: Callable[..., tuple[int, str, str]], command: str, snapshot: SnapshotAssertion
):
    code, out, err = ask(*command.split())
    assert code == 0
    assert f"{out}----\n{err}" == snapshot


def test_json_holds_all_of_it(ask: Callable[..., tuple[int, str, str]]):
    told = json.loads(ask("authority", "--explain", "--json")[1])
    shares = [row["share"] for row in told["rows"]]
    assert sum(shares) + told["rest"] + told["own"] == pytest.approx(1)
    assert told["about"]["graph"] == "web"
    assert {"origins", "links", "coverage", "residual", "not_known"} <= told.keys()
    told = json.loads(ask("authority", "--without", "a.example", "--json")[1])
    assert told["after"] < told["before"]
    rows = [json.loads(line) for line in ask("gap", "rival.example", "--json")[1].splitlines()]
    assert {row["domain"] for row in rows} >= {"e.example", "medium.com/@ann"}


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("authority --explain --referring", "one thing at a time"),
        ("authority --graph nowhere", "choose one of web"),
        ("authority nowhere.example --explain", "not the same as an authority of 0"),
        ("gap shop.example", "is ours"),
        ("gap rival.example --least 2", "of 1 rival"),
    ],
)
def test_wrong_requests(ask: Callable[..., tuple[int, str, str]], command: str, sentence: str):
    code, out, err = ask(*command.split())
    assert (code, out) == (2, "")
    assert sentence in err.lower() or sentence in err


@pytest.mark.parametrize(
    ("percentile", "told"), [(None, "-"), (0.5, "50 %"), (0.9951, "99.51 %"), (1.0, "99.99 %")]
)
def test_nobody_is_above_all(percentile: float | None, told: str):
    assert authority.above(percentile) == told


def test_python_answers_the_same(path: Path):
    with backref.open(path) as store:
        site = store.site()
        (row,) = site.authority()
        assert row.graph == "web"
        found = site.explain()
        assert {each.domain for each in found.rows} == {"a.example", "b.example"}
        assert site.what_if(without=["a.example"]).after < found.about.authority
        gap = site.gap("rival.example", "other.example")
        assert len(gap) == 4
        assert gap.rows()[0].domain == "e.example"
        assert gap.filter(platform="medium.com").rows()[0].domain == "medium.com/@ann"
        assert "e.example" in str(gap)
        with pytest.raises(UsageError):
            site.gap("shop.example").rows()
