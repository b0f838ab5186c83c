"""Bots come from where they say, and the hostile ones look as they do in real logs."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

import pytest
from world_facts import truth

if TYPE_CHECKING:
    from backref.world import World

PUBLISHED = {
    "googlebot": "66.249.64.0/19",
    "bingbot": "40.77.167.0/24",
    "gptbot": "20.171.206.0/24",
    "ccbot": "18.97.14.80/29",
    "chatgpt-user": "104.210.139.192/28",
}


@pytest.fixture(scope="module")
def bots(tiny_world: World) -> list[dict[str, str]]:
    return [visit for visit in truth(tiny_world, "visits") if visit["person"] == "0"]


@pytest.mark.parametrize(("name", "network"), PUBLISHED.items())
def test_operators_come_from_their_published_ranges(
    bots: list[dict[str, str]], name: str, network: str
) -> None:
    homes = {visit["address"] for visit in bots if visit["actor"] == name}
    assert homes
    assert all(ip_address(home) in ip_network(network) for home in homes)


def test_there_are_masked_and_hostile_ones(bots: list[dict[str, str]]) -> None:
    actors = {visit["actor"] for visit in bots}
    assert actors >= {"harvester", "headless", "masked", "scanner", "referrer-spam"}


def test_a_false_googlebot_comes_from_elsewhere(bots: list[dict[str, str]]) -> None:
    google = ip_network("66.249.64.0/19")
    false = [visit for visit in bots if visit["actor"] == "fake-googlebot"]
    assert all(
        "Googlebot" in visit["agent"] and ip_address(visit["address"]) not in google
        for visit in false
    )


def test_no_bot_shares_a_client_with_a_person(
    tiny_world: World, bots: list[dict[str, str]]
) -> None:
    people = {
        (visit["address"], visit["agent"])
        for visit in truth(tiny_world, "visits")
        if visit["person"] == "1"
    }
    assert people.isdisjoint((visit["address"], visit["agent"]) for visit in bots)
