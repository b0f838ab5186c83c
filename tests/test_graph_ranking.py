"""Ranking a stored graph: the same in memory and by blocks, gone on with after a kill, and its
results put in place all at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from graph_facts import node, stored

from backref.errors import StoreBusy, StoreDamaged, UsageError
from backref.graph import ranking, ranks
from backref.graph.ranking import Asked, rank
from backref.graph.ranks import Draft, Ranks, alone

if TYPE_CHECKING:
    from pathlib import Path

    from backref.graph.held import Held

ASKED = Asked(harmonic=False)
CHANCE = np.random.default_rng(11)
EDGES = {
    (f"n{source}.example", f"n{target}.example"): float(weight)
    for source, target, weight in zip(
        CHANCE.integers(0, 300, 3_000),
        CHANCE.zipf(1.7, 3_000) % 300,
        CHANCE.random(3_000) + 0.1,
        strict=True,
    )
    if source != target
}


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return stored(tmp_path / "web", EDGES)


def test_a_graph_too_big_for_its_memory_is_ranked_alike(
    held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = rank(held, ASKED)
    at_once = np.array(whole.vector("pagerank"))
    assert whole.told["in_memory"]
    again = rank(held, ASKED, memory=1_000)
    assert not again.told["in_memory"]
    assert np.abs(again.vector("pagerank") - at_once).sum() < 1e-8
    assert at_once.sum() == pytest.approx(1.0)
    assert whole.of("pagerank")["residual"] <= ASKED.tolerance


class Killed(BaseException):
    """Stands for the end of the process."""


def test_a_killed_run_goes_on_from_its_state(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = np.array(rank(held, ASKED).vector("pagerank"))
    monkeypatch.setattr(ranking, "KEPT_EVERY", -1.0)
    steps: list[str] = []

    def killing(step: ranking.Step) -> None:
        steps.append(step.what)
        if steps.count("pagerank") == 5:
            raise Killed

    with pytest.raises(Killed):
        rank(held, ASKED, tell=killing)
    assert np.array_equal(Ranks.open(held.folder).vector("pagerank"), expected)
    later: list[str] = []
    found = rank(held, ASKED, tell=lambda step: later.append(step.what))
    assert "degrees" not in later
    assert np.abs(found.vector("pagerank") - expected).sum() < 1e-8
    assert not (held.folder / ranks.UNFINISHED).exists()


def test_who_asks_for_something_else_begins_anew(held: Held) -> None:
    draft = Draft(held.folder, {"damping": 0.85})
    draft.keep("in_degree", held.in_degrees())
    assert Draft(held.folder, {"damping": 0.85}).has("in_degree")
    assert not Draft(held.folder, {"damping": 0.5}).has("in_degree")


def test_results_that_a_kill_left_aside_are_found(held: Held) -> None:
    """The three places at which a kill can stand while results are put in place."""
    rank(held, ASKED)
    digest = Ranks.open(held.folder).told["digest"]
    for left in (ranks.REPLACED, ranks.UNFINISHED):
        (held.folder / ranks.FOLDER).rename(held.folder / left)
        assert Ranks.open(held.folder).told["digest"] == digest


def test_two_cannot_rank_one_graph_at_a_time(held: Held) -> None:
    with alone(held.folder), pytest.raises(StoreBusy, match="wait until it ends"):
        rank(held, ASKED)


def test_what_is_not_there_or_not_whole_is_told(held: Held) -> None:
    with pytest.raises(UsageError, match="backref graph rank web"):
        Ranks.open(held.folder)
    found = rank(held, ASKED)
    assert "trust" not in found
    with pytest.raises(KeyError):
        found.vector("trust")
    path = found.folder / "pagerank.npy"
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(StoreDamaged, match="again"):
        found.vector("pagerank")
    (found.folder / "ranked.json").write_bytes(b"{")
    with pytest.raises(StoreDamaged):
        Ranks.open(held.folder)


def test_what_cannot_be_ranked_is_refused(held: Held, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no name of --seeds"):
        rank(held, Asked(seeds=("nobody.example",)))
    with pytest.raises(UsageError, match="no node"):
        rank(stored(tmp_path / "empty", []), ASKED)
    assert not (held.folder / ranks.FOLDER).exists()


def test_trust_flows_from_the_seeds_and_spam_mass_is_the_rest(tmp_path: Path) -> None:
    """An honest chain from the seed, and a farm of 30 that nobody honest links to."""
    farm = [(f"f{number}.test", "boss.test") for number in range(30)]
    edges = [("seed.test", "good.test"), ("good.test", "fine.test"), ("boss.test", "fine.test")]
    asked = Asked(seeds=("seed.test",), spam_seeds=("boss.test", "unheard.test"))
    with stored(tmp_path / "web", [*farm, *edges]) as held:
        found = rank(held, asked)
        good, boss, fine, one = (
            node(held, name) for name in ("good.test", "boss.test", "fine.test", "f1.test")
        )
    trust, distrust = (found.vector(name) for name in ("trust", "distrust"))
    mass = 1.0 - found.vector("explained") / found.vector("pagerank")
    assert trust[good] > trust[fine] > 0
    assert (trust[boss], mass[boss]) == (0.0, 1.0)
    assert mass[good] < mass[fine] < 1.0
    assert distrust[one] > 0
    assert distrust[good] == 0.0
    assert found.vector("supporters_1")[boss] == 30


def test_harmonic_centrality_reciprocity_and_supporters(tmp_path: Path) -> None:
    """c is reached from b at 1, from a at 2; a and b link to each other."""
    edges = [("a.test", "b.test"), ("b.test", "a.test"), ("b.test", "c.test")]
    with stored(tmp_path / "web", edges) as held:
        found = rank(held, Asked())
        a, b, c = (node(held, f"{name}.test") for name in "abc")
    assert found.vector("harmonic")[[a, b, c]].tolist() == [1.0, 1.0, 1.5]
    assert found.vector("reciprocity")[[a, b]].tolist() == [1.0, 0.5]
    assert [float(found.vector(f"supporters_{far}")[c]) for far in (1, 2, 3)] == [1.0, 2.0, 2.0]
    assert found.of("harmonic")["error"] == 0.0
    assert "trust" not in found


def test_counters_go_on_after_a_kill(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "EXACT", 0)
    expected = np.array(rank(held, Asked()).vector("harmonic"))
    monkeypatch.setattr(ranking, "KEPT_EVERY", -1.0)
    steps: list[str] = []

    def killing(step: ranking.Step) -> None:
        steps.append(step.what)
        if steps.count("harmonic centrality") == 3:
            raise Killed

    with pytest.raises(Killed):
        rank(held, Asked(), tell=killing)
    later: list[str] = []
    found = rank(held, Asked(), tell=lambda step: later.append(step.what))
    assert "pagerank" not in later
    assert found.vector("harmonic").tolist() == expected.tolist()


def test_how_everything_was_made_is_kept(held: Held) -> None:
    rank(held, ASKED)
    told = json.loads((held.folder / ranks.FOLDER / ranks.RANKED).read_bytes())
    assert told["asked"]["damping"] == 0.85
    assert (told["nodes"], told["edges"], told["weighted"]) == (held.nodes, held.edges, True)
    assert told["vectors"]["pagerank"]["sweeps"] > 3
