"""What befalls links that are watched, as the truth tells it and as their pages show it."""

from __future__ import annotations

from datetime import date

import pytest

from backref.world import links, mischief
from backref.world.pages import Press

SINCE, DAYS = 30, 120


def web_of(seed: int = 7) -> links.Web:
    web = links.build(seed, date(2026, 1, 1), SINCE + DAYS, 60)
    mischief.plant(seed, web, SINCE, web.links[::9])
    return web


@pytest.fixture(scope="module")
def web() -> links.Web:
    return web_of()


@pytest.fixture(scope="module")
def press(web: links.Web) -> Press:
    return Press(7, web)


def test_the_same_seed_plants_the_same(web: links.Web) -> None:
    first = [(told.link.number, told.kind, told.at) for told in mischief.happenings(web, SINCE)]
    again = mischief.happenings(web_of(), SINCE)
    assert first == [(told.link.number, told.kind, told.at) for told in again]
    assert {kind for _, kind, _ in first} >= {"lost", "nofollowed", "anchor changed", "noindexed"}


def test_what_happens_befalls_links_that_stand(web: links.Web) -> None:
    for told in mischief.happenings(web, SINCE):
        assert SINCE < told.at < SINCE + DAYS
        assert told.link.alive(SINCE)
        assert told.at <= told.link.died


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("nofollowed", b"", b'nofollow"'),
        ("noindexed", b"", b'content="noindex, follow"'),
        ("canonicalised", b"", b"all-stories/"),
    ],
)
def test_pages_show_what_happened(
    web: links.Web, press: Press, kind: str, before: bytes, after: bytes
) -> None:
    told = [one for one in mischief.happenings(web, SINCE) if one.kind == kind]
    assert told
    for one in told:
        page = one.link.page
        earlier, later = (press.html(page, one.at + by) for by in (-0.01, 0.01))
        assert earlier.count(after) < later.count(after)
        assert before in earlier


def test_a_reworded_link_bears_other_words(web: links.Web, press: Press) -> None:
    told = [one for one in mischief.happenings(web, SINCE) if one.kind == "anchor changed"]
    for one in told:
        words = one.link.reworded[1].encode()
        assert words in press.html(one.link.page, one.at + 0.01)
