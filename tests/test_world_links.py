"""Links live once, on pages that are there, and every kind that the demo shows exists."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from world_facts import moment, truth

from backref import url
from backref.world import site

if TYPE_CHECKING:
    from backref.world import World


@pytest.fixture(scope="module")
def links(tiny_world: World) -> list[dict[str, str]]:
    return truth(tiny_world, "links")


def test_births_come_before_deaths(links: list[dict[str, str]]) -> None:
    dead = [link for link in links if link["died"]]
    assert dead
    for link in dead:
        assert moment(link["born"]) < moment(link["died"])
    assert all(bool(link["died"]) == bool(link["cause"]) for link in links)


def test_a_page_links_to_a_target_once(links: list[dict[str, str]]) -> None:
    pairs = Counter((link["source_page"], link["target_page"]) for link in links)
    assert [pair for pair, count in pairs.items() if count > 1] == []


def test_names_in_the_truth_are_fold_keys(links: list[dict[str, str]]) -> None:
    for link in links:
        source, target = url.parse(link["source_url"]), url.parse(link["target_url"])
        assert source is not None
        assert target is not None
        assert url.fold_key(source) == link["source_page"]
        untagged = url.fold_key(target).partition("?code=")[0]
        assert untagged == link["target_page"]


def test_publishers_are_whom_the_product_would_name(links: list[dict[str, str]]) -> None:
    for link in links:
        source = url.parse(link["source_url"])
        assert source is not None
        assert url.identity(source) == link["source_domain"], link["source_url"]


def test_the_world_has_every_sort_of_link(links: list[dict[str, str]]) -> None:
    assert {link["cause"] for link in links} >= {"", "removed", "page gone"}
    assert {link["place"] for link in links} >= {"content", "comment", "sidebar"}
    assert {link["acquired"] for link in links} >= {"natural", "outreach"}
    assert any("nofollow" in link["rel"] for link in links)
    assert any("noreferrer" in link["rel"] for link in links)
    assert any(link["farm"] for link in links)
    assert any(link["copy_of"] for link in links)
    hosts = {link["target_page"].partition("/")[0] for link in links}
    assert hosts == {site.NAME, *site.ALSO, *site.WAS}


def test_one_link_surges_within_the_logs_time(links: list[dict[str, str]]) -> None:
    (surging,) = (link for link in links if link["surge_from"])
    assert moment(surging["born"]) < moment(surging["surge_from"]) < moment(surging["surge_to"])


def test_three_domains_that_send_people_go_in_the_last_week(
    tiny_world: World, links: list[dict[str, str]]
) -> None:
    late = {
        link["source_domain"]
        for link in links
        if link["died"] and link["cause"] == "removed" and float(link["clicks"]) >= 8
        and 3 < (tiny_world.end - moment(link["died"]).date()).days + 1 < 8
    }  # fmt: skip
    assert len(late) == 3


def test_a_farm_is_twelve_domains(links: list[dict[str, str]]) -> None:
    farms = Counter(
        farm for farm, _ in {(link["farm"], link["source_domain"]) for link in links} if farm
    )
    assert farms == {"farm-0": 12}
