"""The fold of links: named cases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from links_facts import UNDATED, capture, day, derived, folded, hours, observation
from one_link import GOAL, OTHER, PAGE, link, links, missed, reported, seen

from backref.links import build

if TYPE_CHECKING:
    from backref.lake.engine import Engine

STATES = {
    "seen once": ([seen(hours(0))], "live", None),
    "the capture that saw it": ([seen(hours(0)), missed(hours(0))], "live", None),
    "missed once": ([seen(hours(0)), missed(hours(9))], "suspect", "removed"),
    "missed twice within a day": (
        [seen(hours(0)), missed(hours(9)), missed(hours(32))],
        "suspect",
        "removed",
    ),
    "missed twice a day apart": (
        [seen(hours(0)), missed(hours(9)), missed(hours(33))],
        "lost",
        "removed",
    ),
    "missed, then seen": ([seen(hours(0)), missed(hours(9)), seen(hours(40))], "live", None),
    "lost, then listed again by a vendor": (
        [seen(hours(0)), missed(hours(9)), missed(hours(60)), seen(day(5), "semrush")],
        "live",
        None,
    ),
    "missed before it was there": (
        [missed(hours(0)), missed(hours(50)), seen(hours(99))],
        "live",
        None,
    ),
    "the page answers 404, then 410": (
        [seen(hours(0)), missed(hours(9), 404), missed(hours(60), 410)],
        "lost",
        "page-gone",
    ),
    "the page redirects elsewhere": (
        [
            seen(hours(0)),
            missed(hours(9), 301, complete=False, redirect_to="https://blog.example/"),
        ],
        "suspect",
        "redirected",
    ),
    "the page redirects to its own other spelling": (
        [
            seen(hours(0)),
            missed(
                hours(9),
                301,
                complete=False,
                redirect_to="http://www.blog.example/post/?utm_source=x",
            ),
        ],
        "live",
        None,
    ),
    "captures that prove nothing": (
        [
            seen(hours(0)),
            missed(hours(9), 403),
            missed(hours(99), 429),
            missed(hours(199), 503),
            missed(hours(299), 200, complete=False),
            missed(UNDATED),
        ],
        "live",
        None,
    ),
    "an error page that shows the link": (
        [
            seen(hours(0)),
            missed(hours(9), 404),
            seen(hours(9), status=404),
            missed(hours(40), 404),
            seen(hours(40), status=404),
        ],
        "lost",
        "page-gone",
    ),
    "our checks miss it": (
        [
            seen(hours(0)),
            observation(PAGE, GOAL, hours(9), "check", "absent"),
            observation(PAGE, GOAL, hours(90), "check", "absent"),
        ],
        "lost",
        "removed",
    ),
    "reported lost": (
        [seen(day(0), "ahrefs"), reported(day(9), reason="404")],
        "reported lost",
        "404",
    ),
    "reported lost as of the vendor's last sight": (
        [seen(day(9), "semrush"), reported(day(9), "semrush")],
        "reported lost",
        None,
    ),
    "reported lost, then seen by anyone": (
        [seen(day(0), "ahrefs"), reported(day(9)), seen(hours(999))],
        "live",
        None,
    ),
    "reported lost by a vendor alone": ([reported(day(9), reason="gone")], "reported lost", "gone"),
    "reported lost without a date": (
        [seen(UNDATED, "list"), reported(UNDATED)],
        "reported lost",
        None,
    ),
    "reported lost without a date, seen at one": (
        [seen(day(3), "list"), reported(UNDATED)],
        "live",
        None,
    ),
    "missed once and reported": (
        [seen(hours(0)), missed(hours(9)), reported(day(4))],
        "reported lost",
        None,
    ),
    "missed twice and reported": (
        [seen(hours(0)), missed(hours(9)), missed(hours(99)), reported(day(2), reason="x")],
        "lost",
        "removed",
    ),
    "claimed alone": ([seen(UNDATED, "placement", assertion="claimed")], "never verified", None),
    "claimed, and missed": (
        [seen(day(0), "placement", assertion="claimed"), missed(hours(99)), missed(hours(199))],
        "never verified",
        None,
    ),
    "claimed and seen": (
        [seen(day(0), "placement", assertion="claimed"), seen(hours(99))],
        "live",
        None,
    ),
    "undated, and missed in old captures": (
        [seen(UNDATED, "gsc"), missed(hours(0)), missed(hours(999))],
        "suspect",
        "removed",
    ),
    "undated, and missed by our checks": (
        [
            seen(UNDATED, "gsc"),
            missed(hours(0), witness="check"),
            missed(hours(999), witness="check"),
        ],
        "lost",
        "removed",
    ),
}


@pytest.mark.parametrize(("rows", "state", "reason"), STATES.values(), ids=STATES)
def test_states(engine: Engine, rows: list[dict[str, Any]], state: str, reason: str) -> None:
    found = link(engine, *rows)
    assert (found["state"], found["reason"]) == (state, reason)


def test_loss_lies_between_the_last_presence_and_the_first_absence(engine: Engine) -> None:
    found = link(engine, seen(hours(0)), seen(hours(5)), missed(hours(9)), missed(hours(99)))
    assert (found["lost_lo"], found["lost_hi"]) == (hours(5)[0], hours(9)[1])
    assert (found["first_seen_lo"], found["last_seen_hi"]) == (hours(0)[0], hours(5)[1])
    assert found["last_verified"] == hours(99)[0]


def test_a_reported_loss_names_its_vendor_and_date(engine: Engine) -> None:
    found = link(
        engine, seen(hours(0)), reported(day(20), "majestic"), reported(day(9), reason="noindex")
    )
    assert (found["reported_by"], found["reason"]) == ("ahrefs", "noindex")
    assert (found["lost_lo"], found["lost_hi"]) == (hours(0)[0], day(9)[1])


def test_undated_links_are_the_baseline(engine: Engine) -> None:
    found = link(engine, seen(UNDATED, "list"))
    times = ("first_seen_lo", "first_seen_hi", "last_seen_lo", "last_seen_hi", "last_verified")
    assert [found[name] for name in times] == [None] * 5


def test_one_link_from_five_sources_is_one_row(engine: Engine) -> None:
    found = link(
        engine,
        observation("http://www.blog.example/post/", "shop.example/sale/index.html", hours(0)),
        observation(PAGE, GOAL + "?utm_source=x", day(3), "ahrefs"),
        observation(PAGE + "?gclid=1", "http://shop.example/sale", day(4), "semrush"),
        observation(PAGE, None, day(5), "gsc"),
        observation(PAGE + "#top", "https://www.shop.example/sale/", UNDATED, "list"),
        observation(PAGE, GOAL, day(9), "placement", "claimed"),
    )
    assert found["witnesses"] == "ahrefs archive gsc list semrush"
    assert found["observations"] == 6
    assert (found["source_page"], found["target_page"]) == (
        "blog.example/post",
        "shop.example/sale",
    )
    assert found["last_seen_hi"] == day(5)[1]


NOWHERE = observation(PAGE, None, day(5), "gsc")
HOMES = {
    "nothing known": ([], [None]),
    "one link known": ([seen(hours(0))], ["shop.example/sale"]),
    "one link reported lost": ([reported(day(1))], ["shop.example/sale"]),
    "two links known": (
        [seen(hours(0)), observation(PAGE, OTHER, hours(0))],
        ["shop.example/other", "shop.example/sale", None],
    ),
    "one agreed": ([seen(UNDATED, "placement", assertion="claimed")], ["shop.example/sale"]),
    "one seen and another agreed": (
        [seen(hours(0)), observation(PAGE, OTHER, UNDATED, "placement", "claimed")],
        ["shop.example/other", "shop.example/sale"],
    ),
    "a link to somebody else": (
        [observation(PAGE, "https://rival.example/", hours(0))],
        ["rival.example", None],
    ),
}


@pytest.mark.parametrize(("known", "targets"), HOMES.values(), ids=HOMES)
def test_where_an_observation_without_target_belongs(
    engine: Engine, known: list[dict[str, Any]], targets: list[str | None]
) -> None:
    found = links(engine, *known, NOWHERE)
    assert sorted((row["target_page"] for row in found), key=str) == sorted(targets, key=str)
    witnessed = [row["target_page"] for row in found if "gsc" in row["witnesses"]]
    assert witnessed == ([None] if None in targets else ["shop.example/sale"])


def test_links_without_target_to_two_sites_are_two_links(engine: Engine) -> None:
    found = links(
        engine,
        NOWHERE,
        observation(PAGE, None, day(5), "gsc", site="rival.example"),
        observation(PAGE, "https://shop.example/", UNDATED, "placement", "claimed"),
        observation(PAGE, GOAL, UNDATED, "placement", "claimed"),
    )
    assert len({row["link_id"] for row in found}) == len(found) == 4


def test_a_link_without_target_lives_while_any_to_its_domain_does(engine: Engine) -> None:
    rows = [NOWHERE, missed(hours(200)), missed(hours(300))]
    assert link(engine, *rows)["state"] == "lost"
    several = [observation(PAGE, target, hours(300)) for target in (GOAL, OTHER)]
    assert {row["state"] for row in links(engine, *rows, *several)} == {"live"}


def test_the_latest_that_tells_is_told(engine: Engine) -> None:
    found = link(
        engine,
        seen(hours(0), anchor="old", nofollow=False, placement="content"),
        seen(hours(9), anchor="new", nofollow=True),
        seen(hours(10), group_size=3),
        seen(day(9), "placement", assertion="claimed", anchor="agreed", nofollow=False),
        seen(UNDATED, "ahrefs", anchor="undated", title="Post", group_size=7),
    )
    assert (found["anchor"], found["nofollow"], found["placement"]) == ("new", True, "content")
    assert (found["title"], found["group_size"]) == ("Post", 7)


def test_of_several_links_in_one_look_the_followed_one_in_the_content_tells(
    engine: Engine,
) -> None:
    found = link(
        engine,
        seen(hours(0), anchor="comment", nofollow=True, placement="content"),
        seen(hours(0), anchor="text", nofollow=False, placement="content"),
        seen(hours(0), anchor="footer", nofollow=False, placement="footer"),
    )
    assert (found["anchor"], found["nofollow"], found["placement"]) == ("text", False, "content")


@pytest.mark.parametrize(
    ("link_says", "page_says", "nofollow"),
    [
        (True, None, True),
        (False, True, True),
        (None, True, True),
        (False, None, False),
        (None, False, None),
        (None, None, None),
    ],
)
def test_nofollow_by_link_or_page(
    engine: Engine, link_says: bool | None, page_says: bool | None, nofollow: bool | None
) -> None:
    found = link(engine, seen(hours(0), nofollow=link_says, page_nofollow=page_says))
    assert found["nofollow"] is nofollow


MOVED = "https://shop.example/moved"
RESOLUTIONS = {
    "nothing known": ([], "shop.example/sale", "/sale"),
    "a redirect": (
        [capture(GOAL, hours(0), 301, False, redirect_to=MOVED)],
        "shop.example/moved",
        "/moved",
    ),
    "a canonical": ([capture(GOAL, hours(0), canonical=MOVED)], "shop.example/moved", "/moved"),
    "a redirect, then a canonical, to the root of another site": (
        [
            capture(GOAL, hours(0), 302, False, redirect_to=MOVED),
            capture(MOVED, hours(0), canonical="https://www.new.example/?page=2"),
        ],
        "new.example?page=2",
        "/",
    ),
    "a redirect that is no more": (
        [capture(GOAL, hours(0), 301, False, redirect_to=MOVED), capture(GOAL, hours(9))],
        "shop.example/sale",
        "/sale",
    ),
    "a redirect, then an error": (
        [capture(GOAL, hours(0), 301, False, redirect_to=MOVED), capture(GOAL, hours(9), 503)],
        "shop.example/moved",
        "/moved",
    ),
    "a loop": (
        [
            capture(GOAL, hours(0), 301, False, redirect_to=MOVED),
            capture(MOVED, hours(0), 301, False, redirect_to=GOAL),
        ],
        "shop.example/sale",
        "/sale",
    ),
    "an address that is none": (
        [capture(GOAL, hours(0), 301, False, redirect_to="javascript:alert(1)")],
        "shop.example/sale",
        "/sale",
    ),
}


@pytest.mark.parametrize(("captures", "page", "path"), RESOLUTIONS.values(), ids=RESOLUTIONS)
def test_where_a_target_leads(
    engine: Engine, captures: list[dict[str, Any]], page: str, path: str
) -> None:
    found = link(engine, seen(hours(0)), *captures)
    assert (found["resolved_page"], found["landing_path"]) == (page, path)


def test_slices_of_a_large_bucket_add_up_to_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [f"https://blog.example/{number}" for number in range(40)]
    rows = [
        *(observation(page, GOAL, hours(0)) for page in pages),
        *(observation(page, OTHER, hours(9)) for page in pages[::3]),
        *(observation(page, None, UNDATED, "gsc") for page in pages[::2]),
        *(capture(page, hours(99)) for page in pages[::5]),
    ]
    whole = folded(engine, rows)
    monkeypatch.setattr(build, "ROWS_AT_ONCE", 10)
    sliced = folded(engine, rows)
    for table in ("links", "lifelines", "link_events", "referring_domains"):
        assert derived(sliced, table) == derived(whole, table)
    assert len(links(engine, *rows)) == 40 + 14 + 7
