"""Every line of the log belongs to one visit of the truth, and every visit is in the log."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from world_facts import Line, log_lines, moment, truth

if TYPE_CHECKING:
    from backref.world import World


@pytest.fixture(scope="module")
def lines(tiny_world: World) -> list[Line]:
    return [
        line
        for name in ("access.log.1.gz", "access.log")
        for line in log_lines(tiny_world.folder / name)
    ]


def test_lines_are_in_order_and_rotated_at_midnight(tiny_world: World, lines: list[Line]) -> None:
    times = [line.at for line in lines]
    assert times == sorted(times)
    older = log_lines(tiny_world.folder / "access.log.1.gz")
    newer = log_lines(tiny_world.folder / "access.log")
    assert older[-1].at.date() < newer[0].at.date()


def test_visits_account_for_every_line(tiny_world: World, lines: list[Line]) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for visit in truth(tiny_world, "visits"):
        if moment(visit["ended"]).date() <= tiny_world.end:
            counted[visit["address"], visit["agent"]] += int(visit["hits"])
    seen = Counter((line.address, line.agent) for line in lines)
    cut = {
        (visit["address"], visit["agent"])
        for visit in truth(tiny_world, "visits")
        if moment(visit["ended"]).date() > tiny_world.end
    }
    assert {client: count for client, count in seen.items() if client not in cut} == {
        client: count for client, count in counted.items() if client not in cut
    }


def test_a_persons_visit_begins_with_its_entry_page(tiny_world: World, lines: list[Line]) -> None:
    asked = {
        (line.address, line.agent, line.at, line.path.partition("?")[0], line.status)
        for line in lines
    }
    people = [visit for visit in truth(tiny_world, "visits") if visit["person"] == "1"]
    assert len(people) > 200
    for visit in people:
        key = (visit["address"], visit["agent"], moment(visit["started"]))
        assert (*key, visit["entry"], int(visit["status"])) in asked


def test_visits_of_one_client_are_half_an_hour_apart_or_from_another_source(
    tiny_world: World,
) -> None:
    last: dict[tuple[str, str], tuple[str, str]] = {}
    for visit in truth(tiny_world, "visits"):
        client = (visit["address"], visit["agent"])
        if client in last and visit["person"] == "0":
            pause = moment(visit["started"]) - moment(last[client][0])
            assert pause > timedelta(minutes=30)
        last[client] = (visit["ended"], visit["kind"])


def test_truth_says_what_the_referrer_told(tiny_world: World, lines: list[Line]) -> None:
    first = {}
    for line in lines:
        first.setdefault((line.address, line.agent, line.at, line.path.partition("?")[0]), line)
    told: Counter[str] = Counter()
    for visit in truth(tiny_world, "visits"):
        if visit["kind"] != "link":
            continue
        key = (visit["address"], visit["agent"], moment(visit["started"]), visit["entry"])
        line = first[key]
        told[visit["sent"]] += 1
        match visit["sent"]:
            case "page":
                assert line.referrer == visit["source_url"]
            case "nothing":
                assert line.referrer == "-"
            case "tag":
                assert "utm_campaign=" in line.path or "code=" in line.path
            case _:
                assert line.referrer.count("/") == 3
    assert told.keys() >= {"page", "tag", "host"}
    assert told["host"] == max(told.values())


def test_dead_targets_are_hit_by_people(tiny_world: World) -> None:
    dead = [v for v in truth(tiny_world, "visits") if v["status"] == "404" and v["person"] == "1"]
    assert dead
    assert all(visit["kind"] == "link" for visit in dead)
