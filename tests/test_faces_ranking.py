"""From links to a ranked graph and back, by commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from links_facts import observation, store
from typer.testing import CliRunner

from backref import pipeline
from backref.errors import MissingFile, UsageError
from backref.faces import ranking
from backref.faces.cli import app
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

GOAL = "https://shop.example/"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Lake.create(tmp_path / "store") as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(lake, [observation(f"https://n{number}.example/", GOAL) for number in range(5)])
        store(lake, [observation("https://n0.example/", "https://n1.example/")])
        pipeline.run(lake)
    return tmp_path / "store"


def asked(path: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--store", str(path), *words])


def test_the_links_of_a_store_are_ranked_and_forgotten(path: Path, tmp_path: Path) -> None:
    added = asked(path, "graph", "add", "--own")
    assert added.exit_code == 0, added.output
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("# those we know\nhttps://www.n0.example/about\n\nnobody.example\n")
    done = asked(path, "graph", "rank", "own", "--replicas", "0", "--seeds", str(seeds), "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["graph"], told["nodes"], told["edges"], told["weighted"]) == ("own", 6, 6, True)
    assert {"pagerank", "harmonic", "trust"} <= told["vectors"].keys()
    (listed,) = map(json.loads, asked(path, "graph", "list", "--json").stdout.splitlines())
    assert (listed["name"], listed["ranked"]) == ("own", told["ranked"][:10])
    (first, *_) = asked(path, "domains", "--sort", "authority", "--json").stdout.splitlines()
    row = json.loads(first)
    assert (row["domain"], row["authority_by"]) == ("n1.example", "authority, own")
    shown = asked(path, "domains").stdout
    assert "authority" in shown
    assert asked(path, "graph", "drop", "own").exit_code == 0
    assert "authority" not in asked(path, "domains").stdout
    (first, *_) = asked(path, "domains", "--json").stdout.splitlines()
    assert json.loads(first)["authority"] is None


def test_what_cannot_be_read_as_seeds_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        ranking.names_in(tmp_path / "none.txt")
    for text, said in (("", "names no domain"), ("a.example\nhttp://[\n", "Line 2")):
        (tmp_path / "seeds.txt").write_text(text)
        with pytest.raises(UsageError, match=said):
            ranking.names_in(tmp_path / "seeds.txt")


@pytest.mark.parametrize(
    ("text", "size"), [("4GB", 4 << 30), ("64 MiB", 64 << 20), ("1.5g", 3 << 29)]
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert ranking.bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "many", "-4GB", "1KB", "4XB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no size"):
        ranking.bytes_of(text)
