"""A link's proof, the people of a period, and the trouble of all sites, against reckoned rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import pytest
from links_facts import Interval, capture, hours, observation, store
from small_store import NOW

from backref import pipeline
from backref.errors import NotHeld
from backref.faces.query import Store
from backref.faces.query.arrivals import arrivals
from backref.faces.query.evidence import Agreement, evidence, terms
from backref.faces.query.levels import of_domains, of_pages, of_period
from backref.faces.query.period import last
from backref.lake.lake import Lake
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from backref.faces.query import LinkRow
    from backref.faces.query.site import Site

PAGE, GOAL = "https://blog.example/post", "https://shop.example/sale"
DAY = 24.0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A link seen by two witnesses, missed twice, its page gone at last; and another link."""
    path = tmp_path_factory.mktemp("proof") / "store"
    with Lake.create(path) as lake:
        lake.save_site(SiteRecord("shop.example"))
        store(
            lake,
            [
                observation(PAGE, GOAL, hours(0), anchor="sale"),
                capture(PAGE, hours(0)),
                observation(PAGE, GOAL, hours(5 * DAY), "ahrefs", anchor="the sale"),
                observation(PAGE, "https://shop.example/other", hours(5 * DAY), "ahrefs"),
                capture(PAGE, hours(10 * DAY)),
                capture(PAGE, hours(20 * DAY), status=500),
                capture(PAGE, hours(30 * DAY), status=404),
                observation("https://else.example/", GOAL, hours(3 * DAY)),
            ],
        )
        pipeline.run(lake)
    with Store(Lake.open(path)) as opened:
        yield opened.site()


def of(site: Site, target: str) -> LinkRow:
    (row,) = (
        row
        for row in site.links()
        if row.source_page == "blog.example/post" and row.target_page == target
    )
    return row


def moment(interval: Interval) -> object:
    return interval[1]


def test_every_look_at_a_link_is_told_the_latest_first(seen: Site) -> None:
    found = evidence(seen.view, of(seen, "shop.example/sale").link_id)
    assert [
        (one.assertion, one.witness, one.observed_hi, one.anchor) for one in found.observations
    ] == [
        ("page gone", "archive", moment(hours(30 * DAY)), None),
        ("page not readable", "archive", moment(hours(20 * DAY)), None),
        ("absent", "archive", moment(hours(10 * DAY)), None),
        ("present", "ahrefs", moment(hours(5 * DAY)), "the sale"),
        ("present", "archive", moment(hours(0)), "sale"),
    ]
    assert found.link.state == "lost"
    assert found.visited == []


def test_a_link_that_nobody_knows_is_refused(seen: Site) -> None:
    with pytest.raises(NotHeld):
        evidence(seen.view, "f" * 16)


def agreed(**values: object) -> Agreement:
    names = Agreement.__dataclass_fields__
    return Agreement(**{name: values.get(name) for name in names} | {"live_url": PAGE})  # type: ignore[arg-type]


def test_terms_are_held_against_what_was_found(seen: Site) -> None:
    row = of(seen, "shop.example/other")
    kept = {
        term.name: term.kept
        for term in terms(
            agreed(target_page="shop.example/other", anchor="x", rel="sponsored"), row
        )
    }
    assert kept["target"] is True
    assert kept["live"] is (row.state in ("live", "suspect"))
    assert "anchor" in kept
    assert [term.name for term in terms(agreed(), row)] == ["live"]


@pytest.fixture(scope="module")
def site(small_store: Path) -> Iterator[Site]:
    with Store(Lake.open(small_store)) as opened:
        yield opened.site()


def shares(site: Site) -> list[dict]:
    """The oracle: every share of a person's visit."""
    return site.view.snapshot.rows(
        "select day, channel, certainty, share, engaged from visit_links"
        " where verdict = 'person' /* test.shares */"
    )


def test_arrivals_are_the_visits_of_each_day_and_channel(site: Site) -> None:
    came = arrivals(site.view, 10)
    by_day: dict[date, float] = defaultdict(float)
    channels: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in shares(site):
        by_day[row["day"]] += row["share"]
        age = (site.view.until_day - row["day"]).days
        if 0 <= age < 20:
            channels[row["channel"]][age >= 10] += row["share"]
    assert came.days[-1] == site.view.until_day
    assert len(came.days) == len(came.now) == len(came.before) == 10
    assert came.now == pytest.approx([by_day[day] for day in came.days])
    assert sum(value or 0 for value in came.before) == pytest.approx(
        sum(before for _, before in channels.values())
    )
    assert {name: list(sums) for name, sums in came.channels.items()} == {
        name: pytest.approx(sums) for name, sums in channels.items()
    }


def test_days_without_a_log_are_not_zero(site: Site) -> None:
    came = arrivals(site.view, 40)
    assert came.before[0] is None
    assert None not in came.now


def test_levels_add_up_to_the_sums_that_they_split(site: Site) -> None:
    for row in site.domains():
        if row.visits:
            levels = of_domains(site.view)[row.domain]
            assert sum(levels.values()) == pytest.approx(row.visits, abs=1e-4)
    by_page = of_pages(site.view)
    for page in site.pages():
        assert sum(by_page.get(page.address, {}).values()) == pytest.approx(
            page.visits or 0, abs=1e-4
        )
    period = of_period(site.view, last(site.view, 28))
    numbers = {number.name: number.value for number in site.overview(days=28).numbers}
    engaged = sum(period["engaged_visits"].values())
    assert engaged == pytest.approx(numbers["engaged visits from links"], abs=1e-4)


def test_the_portfolio_counts_what_went_whole(small_store: Path) -> None:
    with Store(Lake.open(small_store)) as opened:
        from backref.faces.query.portfolio import portfolio

        (row,) = portfolio(opened.site().view.snapshot, NOW)
        domains = opened.site().domains()
        dead = [page for page in opened.site(as_of=NOW.isoformat()).broken() if page.people]
    assert row.site == "example.com"
    assert row.live_domains == sum(one.state in ("live", "suspect") for one in domains)
    assert row.lost_domains == sum(
        one.lost_before is not None and (NOW - one.lost_before).days < 28 for one in domains
    )
    assert row.lost_links == 2
    assert (row.dead_pages, row.dead_people) == (2, 4 + 1), "a page that answers again is not dead"
    assert row.dead_pages == len(dead)
    assert row.dead_people == sum(page.people or 0 for page in dead)
    assert row.last_log == NOW.date()
