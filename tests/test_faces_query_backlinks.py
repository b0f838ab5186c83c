"""Who links to any domain: asked of the store, on the command line and over the API."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from links_facts import START, hours, observation, rating, store
from typer.testing import CliRunner

from backref import pipeline
from backref.errors import UsageError
from backref.faces.cli import app
from backref.faces.query import Store
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RIVAL = "https://www.rival.example/"
FACTS = [
    *(
        observation(f"https://blog{number}.example/", f"{RIVAL}{number}", hours(number))
        for number in range(5)
    ),
    observation("https://blog0.example/more", RIVAL, hours(9), nofollow=True),
    rating("ahrefs", "DR", "blog3.example", 50),
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store without a site."""
    path = tmp_path_factory.mktemp("rival") / "store"
    with Lake.create(path) as lake:
        store(lake, FACTS)
        pipeline.run(lake)
    return path


@pytest.fixture
def asked(path: Path) -> Iterator[Store]:
    with Store(Lake.open(path)) as held:
        yield held


@pytest.mark.parametrize("name", ["rival.example", "www.Rival.example", f"{RIVAL}4"])
def test_the_first_links_are_of_the_domain_whatever_names_it(asked: Store, name: str) -> None:
    rows = asked.backlinks(name, 2)
    assert [row.source_page for row in rows] == ["blog3.example", "blog0.example"]
    assert (rows.total, rows[0].rating, rows[0].rating_by) == (6, 50, "ahrefs DR")
    assert rows[1].first_seen == START


def test_a_live_link_that_nobody_saw_for_long_is_unknown(asked: Store) -> None:
    assert {row.state for row in asked.backlinks("rival.example")} == {"unknown"}


def test_sums_count_domains_and_links(asked: Store) -> None:
    sums = asked.linked("rival.example")
    assert (sums.referring_domains, sums.live_domains, sums.links, sums.followed_links) == (
        5,
        5,
        6,
        5,
    )
    assert asked.linked("nobody.example").links == 0
    assert list(asked.backlinks("nobody.example")) == []


def test_nonsense_is_refused(asked: Store) -> None:
    with pytest.raises(UsageError, match="is no domain"):
        asked.backlinks("http://")


def test_the_command_lists_them_and_says_how_many_there_are(path: Path) -> None:
    said = CliRunner().invoke(
        app, ["links", "--to", "rival.example", "--csv", "--limit", "3", "--store", str(path)]
    )
    assert said.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(said.stdout)))
    assert [row["source_domain"] for row in rows] == [f"blog{n}.example" for n in (3, 0, 1)]
    assert "6 live links of 6, from 5 domains of 5" in said.stderr
    refused = CliRunner().invoke(
        app, ["links", "--to", "rival.example", "--state", "live", "--store", str(path)]
    )
    assert isinstance(refused.exception, UsageError)
    assert "leave out --state" in str(refused.exception)
