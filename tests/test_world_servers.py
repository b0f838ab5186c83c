"""How the world's servers answer: alike whenever asked, with walls now and then."""

from __future__ import annotations

from datetime import date

import pytest

from backref.world import links, servers, site
from backref.world.pages import Press

SINCE, DAYS = 30, 120


def servers_of(seed: int = 7) -> servers.Servers:
    web = links.build(seed, date(2026, 1, 1), SINCE + DAYS, 60)
    return servers.Servers(seed, web, Press(seed, web), SINCE)


@pytest.fixture(scope="module")
def held() -> servers.Servers:
    return servers_of()


def test_servers_answer_alike_whenever_they_are_asked_again(held: servers.Servers) -> None:
    other = servers_of()
    for page in held.web.pages[::5]:
        for when in (SINCE, SINCE + 40.3, SINCE + 99.9):
            assert held.reply(page.url, when) == other.reply(page.url, when)


def test_walls_and_silence_and_the_pages_between(held: servers.Servers) -> None:
    days = range(SINCE, SINCE + DAYS, 3)
    replies = [held.reply(page.url, day + 0.3) for page in held.web.pages for day in days]
    kinds = {(reply.outcome, reply.status) for reply in replies}
    assert kinds >= {("answered", 200), ("answered", 404), ("timeout", None), ("answered", 503)}
    assert sum(reply.status == 200 for reply in replies) > 0.7 * len(replies)


def test_redirects_are_followed(held: servers.Servers) -> None:
    old = next(iter(held.web.site.moved))
    reply = held.reply(f"https://{site.NAME}{old}", DAYS + SINCE - 1)
    assert [status for _, status, _ in reply.hops] == [301]
    assert reply.url == f"https://{site.NAME}{held.web.site.moved[old][1]}"
    former = held.reply(f"https://{site.WAS[0]}/lamps/", SINCE)
    assert former.url == f"https://{site.NAME}/products/"
