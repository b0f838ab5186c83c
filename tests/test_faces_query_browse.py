"""Browsing links: facets, orders and pages, on rows of which every one is known."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from backref.errors import UsageError
from backref.faces.query import Store
from backref.faces.query.browse import Browsing, channel_of, ground
from backref.faces.query.choice import FACETS, SORTS, Choice, Order
from backref.faces.query.period import last
from backref.lake.lake import Lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.faces.query.site import Site


@pytest.fixture(scope="module")
def site(small_store: Path) -> Iterator[Site]:
    with Store(Lake.open(small_store)) as store:
        yield store.site()


def browsing(
    site: Site, days: int = 28, tags: dict[str, list[str]] | None = None, **chosen: object
):
    return Browsing(
        site.view, Choice(**chosen), ground(site.view, last(site.view, days)), tags or {}
    )  # type: ignore[arg-type]


def ids(browsed: Browsing, order: Order | None = None) -> list[str]:
    return [row.link.link_id for row in browsed.page(order or Order(), limit=1000).rows]


def test_nothing_chosen_is_the_whole_ledger_in_its_order(site: Site) -> None:
    assert ids(browsing(site)) == [row.link_id for row in site.links()]


def facet_of(site: Site, link_id: str) -> dict[str, str]:
    """The oracle: what a link is, read off its row."""
    (row,) = (row for row in site.links() if row.link_id == link_id)
    tokens = (row.rel or "").split()
    rel = "followed" if row.followed else "nofollow"
    levels = ("tagged", "page", "only candidate", "inferred", "host")
    level = next((level for level in levels if row.certainty.get(level)), "no visits")
    return {
        "state": row.state,
        "channel": channel_of(row.source_domain),
        "rel": next((name for name in ("sponsored", "ugc") if name in tokens), rel),
        "position": row.position or "not known",
        "acquired": row.acquired or "not known",
        "certainty": "not measurable" if row.not_measurable else level,
        "domain": row.source_identity,
    }


def test_a_facet_is_counted_with_all_others_applied(site: Site) -> None:
    facts = {row.link_id: facet_of(site, row.link_id) for row in site.links()}
    chosen = {"state": ("live",), "position": ("content", "comment")}
    found = browsing(site, **chosen).facets()
    assert set(found) == set(FACETS)
    for facet in FACETS:
        others = {name: values for name, values in chosen.items() if name != facet}
        expected = Counter(
            fact[facet]
            for fact in facts.values()
            if all(fact[name] in values for name, values in others.items())
        )
        assert found[facet] == expected


@pytest.mark.parametrize("facet", FACETS)
def test_choosing_a_value_gives_as_many_links_as_its_facet_says(site: Site, facet: str) -> None:
    for value, count in browsing(site).facets()[facet].items():
        page = browsing(site, **{facet: (value,)}).page(Order())
        assert page.total == count
        assert {facet_of(site, row.link.link_id)[facet] for row in page.rows} == {value}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_every_link_once_and_lead_back(site: Site, sort: str, turned: bool) -> None:
    order, seen = Order(sort, turned), []
    found = browsing(site)
    page = found.page(order, limit=3)
    assert page.earlier is None
    while True:
        assert page.first == len(seen) + 1
        seen += [row.link.link_id for row in page.rows]
        if page.later is None:
            break
        after = found.page(order, after=page.later, limit=3)
        assert found.page(order, before=after.earlier, limit=3) == page
        page = after
    assert len(seen) == len(set(seen)) == page.total
    assert seen == ids(found, order)
    assert seen == [row.link.link_id for row in found.every(order)]


def test_a_page_goes_on_from_a_link_that_no_longer_matches(site: Site) -> None:
    everything = ids(browsing(site))
    live = ids(browsing(site, state=("live",)))
    gone = next(link for link in everything if link not in live and link != everything[-1])
    rest = browsing(site, state=("live",)).page(Order(), after=gone, limit=1000)
    assert [row.link.link_id for row in rest.rows] == [
        link for link in everything[everything.index(gone) :] if link in live
    ]


@pytest.mark.parametrize("sort", ["conversions", "first-seen", "lost", "search", "anchor"])
def test_what_is_not_known_stands_last_either_way(site: Site, sort: str) -> None:
    name = {"first-seen": "first_seen", "lost": "lost_before", "search": "search_share"}.get(
        sort, sort
    )
    for turned in (False, True):
        rows = [getattr(row.link, name) for row in browsing(site).page(Order(sort, turned)).rows]
        known = [row is not None for row in rows]
        assert known == sorted(known, reverse=True)
        told = [row.lower() if isinstance(row, str) else row for row in rows if row is not None]
        assert told == sorted(told, reverse=(sort == "anchor") == turned)


def test_the_visits_of_a_period_and_of_the_one_before(site: Site) -> None:
    found = {row.link.source_page: row.span for row in browsing(site, days=10).page(Order()).rows}
    assert found["news.example.net/story"] == (8.0, 0.0)
    assert found["gone.example.edu/list"] == (0.0, 40.0)
    assert found["stale.test/a"] == (0.0, 0.0)
    assert found["forum.test/thread"] == (None, None)


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("PRICING", {"blog.example.org/post"}),
        ("the story", {"news.example.net/story"}),
        ("old-guide", {"gone.example.edu/list"}),
        ("100%", set()),
    ],
)
def test_text_is_looked_for_in_page_title_anchor_and_target(
    site: Site, text: str, pages: set[str]
) -> None:
    rows = browsing(site, text=text).page(Order()).rows
    assert {row.link.source_page for row in rows} == pages


def test_since_keeps_what_began_or_ended(site: Site) -> None:
    since = site.as_of - timedelta(days=28)
    rows = browsing(site, since=since).page(Order("source")).rows
    assert [row.link.source_page for row in rows] == [
        row.source_page for row in site.links(since="28d", sort="source")
    ]


def test_tags_choose(site: Site) -> None:
    one, other = ids(browsing(site))[:2]
    tags = {one: ["to ask"], other: ["to ask", "paid"]}
    assert set(ids(browsing(site, tags=tags, tag="to ask"))) == {one, other}
    assert ids(browsing(site, tags=tags, tag="paid")) == [other]
    assert ids(browsing(site, tags=tags, tag="ask")) == []


def test_groups_of_a_choice_hold_its_links_alone(site: Site) -> None:
    live = browsing(site, state=("live",))
    groups = live.groups("domain")
    assert sum(group.links for group in groups) == live.page(Order()).total
    assert browsing(site).groups("domain") == site.groups("domain")
    with pytest.raises(UsageError, match="Channels"):
        live.groups("channel")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda site: Order("nope"),
        lambda site: browsing(site, state=("a|b",)).matching,
        lambda site: browsing(site).page(Order(), after="12"),
        lambda site: browsing(site).page(Order(), before="'; drop table"),
    ],
)
def test_a_wrong_request_is_refused_in_words(site: Site, wrong) -> None:
    with pytest.raises(UsageError):
        wrong(site)
