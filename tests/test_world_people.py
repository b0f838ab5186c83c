"""People behave as people do: glances, long reads, goals, returns, midnights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from world_facts import log_lines, moment, truth

if TYPE_CHECKING:
    from backref.world import World


@pytest.fixture(scope="module")
def people(tiny_world: World) -> list[dict[str, str]]:
    return [visit for visit in truth(tiny_world, "visits") if visit["person"] == "1"]


def test_origins_are_many_and_links_are_a_large_part(people: list[dict[str, str]]) -> None:
    kinds = [visit["kind"] for visit in people]
    assert set(kinds) == {"link", "search", "direct", "social", "ai", "email", "ad"}
    assert 0.15 < kinds.count("link") / len(kinds) < 0.7


def test_some_visits_cross_midnight(people: list[dict[str, str]]) -> None:
    assert any(moment(v["started"]).date() < moment(v["ended"]).date() for v in people)


def test_some_people_reach_a_goal_and_most_do_not(people: list[dict[str, str]]) -> None:
    reached = [visit for visit in people if visit["goals"]]
    assert 0.005 < len(reached) / len(people) < 0.1
    assert all(int(visit["views"]) >= 3 for visit in reached)


def test_some_people_come_back_on_the_same_day(people: list[dict[str, str]]) -> None:
    clients = [(visit["address"], visit["agent"]) for visit in people]
    assert 0.02 < 1 - len(set(clients)) / len(clients) < 0.15


def test_people_load_pictures(tiny_world: World, people: list[dict[str, str]]) -> None:
    clients = {(visit["address"], visit["agent"]) for visit in people}
    loaded = {
        (line.address, line.agent)
        for name in ("access.log.1.gz", "access.log")
        for line in log_lines(tiny_world.folder / name)
        if line.path.startswith(("/img/", "/assets/"))
    }
    assert 0.95 < len(clients & loaded) / len(clients) < 1
