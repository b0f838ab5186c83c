"""Questions to the small store, whose answers are known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from small_store import SITE, days_ago, link, write

from backref.errors import AmbiguousSite, NoStore, UnknownSite, UsageError
from backref.faces.query import Site, Store, groups, moment, open_store
from backref.faces.query.store import chosen
from backref.lake.records import SiteRecord

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def store(small_store: Path) -> Iterator[Store]:
    with open_store(small_store) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(store: Store) -> Site:
    return store.site("example.com", as_of=AS_OF)


def pages(rows: list[object]) -> list[str]:
    return [row.source_page for row in rows]  # type: ignore[attr-defined]


@pytest.mark.parametrize("by", groups.DIMENSIONS)
def test_every_grouping_adds_up_to_the_sessions(site: Site, by: str) -> None:
    people = site.view.snapshot.rows(
        "select count(distinct session_id) as visits from visit_links where verdict = 'person'"
        " and certainty not in ('dark', 'none') /* test.people */"
    )[0]["visits"]
    found = site.groups(by)
    assert sum(row.visits or 0 for row in found) == pytest.approx(people, abs=1e-4)
    assert sum(sum(row.certainty.values()) for row in found) == pytest.approx(people, abs=1e-4)


def test_pages_add_up_to_the_sessions_too(site: Site) -> None:
    assert sum(row.visits or 0 for row in site.pages()) == pytest.approx(66, abs=1e-4)


@pytest.mark.parametrize("by", ["domain", "acquired", "placement", "owner", "state"])
def test_a_cost_counts_once_in_every_grouping(site: Site, by: str) -> None:
    assert sum(row.costs.get("EUR", 0) for row in site.groups(by)) == 150


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"state": "lost"}, ["gone.example.edu/list", "magazine.test/a", "early.test/a"]),
        ({"state": "confirmed-lost"}, ["gone.example.edu/list", "early.test/a"]),
        ({"state": "lost", "since": "30d"}, ["gone.example.edu/list", "magazine.test/a"]),
        ({"state": "lost", "since": "5d"}, ["gone.example.edu/list"]),
        ({"state": "unknown"}, ["stale.test/a"]),
        ({"state": ["unknown", "reported-lost"]}, ["magazine.test/a", "stale.test/a"]),
        ({"state": "live", "since": "2026-10-01"}, ["blog.example.org/post"]),
        (
            {"domain": "example.org", "sort": "source"},
            ["blog.example.org/about", "blog.example.org/post"],
        ),
        ({"page": "/pricing"}, ["blog.example.org/post"]),
        ({"sort": "search", "limit": 1}, ["news.example.net/story"]),
        ({"sort": "cost", "limit": 1}, ["blog.example.org/post"]),
        ({"sort": "lost", "limit": 1}, ["gone.example.edu/list"]),
        ({"sort": "first-seen", "limit": 1}, ["blog.example.org/post"]),
        ({"state": "suspect"}, []),
    ],
)
def test_choosing_links(site: Site, asked: dict[str, object], found: list[str]) -> None:
    assert pages(site.links(**asked)) == found  # type: ignore[arg-type]


def test_a_link_with_its_life(site: Site) -> None:
    (gone,) = site.links(domain="gone.example.edu") or site.links(domain="example.edu")
    assert gone.lifeline[-1] == "lost"
    assert len(gone.lifeline) == len(gone.weekly_visits or ()) == 52
    assert sum(gone.weekly_visits or ()) == gone.visits == 40
    assert gone.witnesses == ("archive",)
    assert gone.certainty == {"only candidate": 40}


def test_nothing_is_drawn_where_nothing_can_be_measured(site: Site) -> None:
    (hidden,) = site.links(domain="forum.test")
    assert (hidden.visits, hidden.weekly_visits, hidden.not_measurable) == (
        None,
        None,
        "noreferrer",
    )


def test_domains(site: Site) -> None:
    found = {row.domain: row for row in site.domains()}
    assert len(found) == 9
    assert found["example.org"].links == 2
    assert found["example.org"].visits == pytest.approx(7, abs=1e-4), "with its host's own visits"
    assert found["example.edu"].first_seen is None, "the baseline is never new"
    assert found["example.net"].quadrant == "champions"
    assert found["stale.test"].state == "unknown"
    assert found["forum.test"].visits is None
    assert found["example.org"].witnesses == ("ahrefs", "archive")
    assert [row.domain for row in site.domains(state="lost", since="7d")] == ["example.edu"]
    assert [row.domain for row in site.domains(sort="rating", limit=2)] == [
        "example.net",
        "example.edu",
    ]


def test_referrers(site: Site) -> None:
    found = {row.host: row for row in site.referrers()}
    news = found["news.example.net"]
    assert (news.visits, news.bots, news.converted_visits) == (8, 50, 2)
    assert news.rate_low is not None
    assert news.rate_low < 0.25 < (news.rate_high or 0)
    assert found["spam.test"].suspects == 5
    assert found["spam.test"].rate is None
    assert {host: row.known_link for host, row in found.items()} == {
        "gone.example.edu": "lost",
        "google.com": "none",
        "portal.test": "none",
        "news.example.net": "live",
        "blog.example.org": "live",
        "spam.test": "none",
    }
    assert [row.host for row in site.referrers(channel="Organic Search")] == ["google.com"]
    assert "gone.example.edu" not in [row.host for row in site.referrers(since="10d")]


def test_referrers_by_the_channels_of_others(site: Site) -> None:
    own = {row.host: row.visits for row in site.referrers()}
    named = site.referrers(channels="matomo")
    assert {row.host: row.visits for row in named} == own
    assert {row.channel for row in named} <= {"Search Engines", "Websites", "Campaigns"}
    (google,) = site.referrers(channels="matomo", channel="Search Engines")
    assert (google.host, google.certainty) == ("google.com", {"none": google.visits})


def test_broken(site: Site) -> None:
    found = {row.page: row for row in site.broken()}
    assert found.keys() == {"/old-guide", '/evil";return 301 "$x'}, "not the mended, not scanned"
    assert (found["/old-guide"].people, found["/old-guide"].bots) == (4, 7)
    assert found["/old-guide"].redirect == "/guides/guide"


def test_overview(site: Site) -> None:
    found = site.overview()
    assert found.headline == (
        "1 referring domain lost this week (16 to 22 November 2026); "
        "that site sent 21 visits a month in its last 90 days."
    )
    live, flow, clicks, engaged, converted = found.numbers
    assert (live.value, live.before) == (5, 6)
    assert (flow.parts["lost, confirmed"], flow.parts["lost, reported"]) == (1, 1)
    assert (clicks.value, clicks.before, clicks.parts["brand clicks"]) == (42, 25, 70)
    assert (engaged.value, converted.value) == (17, 2)
    assert found.period == "26 October to 22 November 2026"
    assert found.comparison.sentence.count(found.period) == 1, "of the same days as the numbers"
    assert "2 of the 14 conversions" in found.comparison.sentence
    assert str(found.log_since) == "2026-09-24"
    assert [row.source_page for row in found.reclaim] == [
        "gone.example.edu/list",
        "magazine.test/a",
    ]
    assert [row.domain for row in found.thank] == ["example.net"]
    assert next(row.page for row in found.fix) == "/old-guide"
    assert sum(found.comparison.quadrants.values()) == 6
    assert {"links that hide their visitors", "links that may be gone"} <= {
        unknown.what for unknown in found.unknowns
    }


def test_a_link_that_nobody_sees_any_more_leaves_its_search_share(
    site: Site, tmp_path: Path
) -> None:
    aged = link("https://news.example.net/aged", last_seen_hi=days_ago(200))
    write(tmp_path / "store", [aged]).close()
    with open_store(tmp_path / "store") as opened:
        found = {
            row.source_page: row.search_share for row in opened.site("example.com", AS_OF).links()
        }
    assert found.pop("news.example.net/aged") == 0
    assert found == {row.source_page: row.search_share for row in site.links()}
    assert sum(share or 0 for share in found.values()) == pytest.approx(1)


def test_the_numbers_of_the_past_are_of_the_days_before_it(store: Store) -> None:
    then = store.site(as_of="2026-10-20")
    assert then.as_of == datetime(2026, 10, 20, 23, 59, 59, 999999, tzinfo=UTC)
    assert then.overview().numbers[3].value == 0
    before_all_logs = store.site(as_of="2026-01-01").overview()
    assert before_all_logs.numbers[3].value is None
    assert "log" in before_all_logs.numbers[3].why


def test_by_default_the_time_is_that_of_the_newest_evidence(store: Store) -> None:
    assert store.site().as_of == min(datetime(2026, 11, 21, 12, tzinfo=UTC), datetime.now(UTC))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda site: site.links(state="nope"),
        lambda site: site.links(sort="nope"),
        lambda site: site.links(since="yesterday"),
        lambda site: site.links(since="99999y"),
        lambda site: site.domains(state="nope"),
        lambda site: site.domains(sort="nope"),
        lambda site: site.referrers(sort="nope"),
        lambda site: site.pages(sort="nope"),
        lambda site: site.groups("nope"),
        lambda site: site.groups("domain", sort="nope"),
    ],
)
def test_wrong_requests_name_the_mend(site: Site, wrong: object) -> None:
    with pytest.raises(UsageError, match=r"choose one of|give a span"):
        wrong(site)  # type: ignore[operator]


def test_which_site() -> None:
    one, other = SITE, SiteRecord("other.com")
    assert chosen([one], None) is one
    assert chosen([one, other], "www.OLDBRAND.com") is one
    with pytest.raises(AmbiguousSite, match=r"example\.com, other\.com"):
        chosen([one, other], None)
    with pytest.raises(AmbiguousSite, match="backref init"):
        chosen([], None)
    with pytest.raises(UnknownSite, match=r"it has example\.com"):
        chosen([one], "nope.com")


def test_opening_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoStore):
        open_store(tmp_path)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("30d", "UTC", datetime(2026, 10, 23, tzinfo=UTC)),
        ("2w", "UTC", datetime(2026, 11, 8, tzinfo=UTC)),
        ("2026-11-01", "Europe/Berlin", datetime(2026, 10, 31, 23, tzinfo=UTC)),
        ("2026-11-01T12:00:00+05:00", "UTC", datetime(2026, 11, 1, 7, tzinfo=UTC)),
        (" 1Y ", "UTC", datetime(2025, 11, 22, tzinfo=UTC)),
    ],
)
def test_times_as_people_give_them(text: str, zone: str, expected: datetime) -> None:
    assert moment.since(text, datetime(2026, 11, 22, tzinfo=UTC), zone) == expected


def test_a_day_ends_with_the_sites_day() -> None:
    end = moment.until("2026-11-01", "America/New_York")
    assert end == datetime(2026, 11, 2, 4, 59, 59, 999999, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["0001-01-01", "0005-01-01", "1969-12-31", "2201-01-01", "9999-12-31"]
)
def test_a_day_too_far_away_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"1970 to 2200|is not a time"):
        moment.until(text, "UTC")
    with pytest.raises(UsageError, match=r"1970 to 2200|is not a time"):
        moment.since(text, datetime(2026, 11, 22, tzinfo=UTC), "UTC")
