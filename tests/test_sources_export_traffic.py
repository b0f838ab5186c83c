"""GA4 reports: periods, tables, totals, sources and landing pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from exports_facts import read, sample

from backref.sources.exports import EXPORTS


def test_every_table_of_a_file_is_read_under_its_own_period() -> None:
    reading = sample("ga4_sources.csv")
    rows = reading.rows["traffic_reports"]
    assert [(row["day_lo"], row["day_hi"]) for row in rows] == [
        *[(date(2026, 2, 24), date(2026, 3, 23))] * 3,
        *[(date(2026, 1, day), date(2026, 1, day)) for day in (5, 6, 7)],
    ]
    assert [row["visits"] for row in rows] == [40, 300, 80, 7, 9, 2]


def test_totals_are_no_records_and_a_table_of_something_else_is_one_reject() -> None:
    reading = sample("ga4_sources.csv")
    assert (reading.read, reading.units) == (7, 6)
    assert [reject.reason for reject in reading.rejects] == [
        "a table without a source or page: Country, Sessions"
    ]


def test_sources_referrers_and_landing_pages_take_our_names() -> None:
    rows = sample("ga4_sources.csv").rows["traffic_reports"]
    news, google, direct, story, none, blog = rows
    assert (news["source"], news["medium"], news["source_domain"]) == (
        "news.example",
        "referral",
        "news.example",
    )
    assert (news["landing_page"], google["landing_page"], direct["landing_page"]) == (
        "/a",
        "/",
        None,
    )
    assert (google["source"], google["source_host"]) == ("google", None)
    assert (direct["source"], direct["medium"], direct["source_host"]) == (
        "(direct)",
        "(none)",
        None,
    )
    assert story["source_page"] == "news.example/story?id=4"
    assert (none["source_host"], none["visits"]) == (None, 9)
    assert (blog["source_host"], blog["source_domain"], blog["source_page"]) == (
        "www.blog.example",
        "blog.example",
        None,
    )


def test_figures_stay_figures() -> None:
    news = sample("ga4_sources.csv").rows["traffic_reports"][0]
    assert (news["engaged_visits"], news["conversions"], news["value"]) == (25, 3, 120.5)
    assert (news["engagement_seconds"], news["views"], news["users"]) == (31.5, None, None)


def test_a_pages_report_counts_views_and_never_visits(shared_data: Path) -> None:
    rows = read((shared_data / "analytics/ga4_ui_pages_extract.csv").read_bytes()).rows
    pages = rows["traffic_reports"]
    assert [(row["landing_page"], row["views"]) for row in pages[:3]] == [
        ("/", 221),
        ("/team", 139),
        ("/booking", 53),
    ]
    assert {row["day_lo"] for row in pages} == {date(2026, 2, 24)}
    for name in ("visits", "engaged_visits", "users", "conversions", "value"):
        assert {row[name] for row in pages} == {None}


def test_a_report_without_its_preamble_is_undated() -> None:
    (row,) = read(b"Session source,Sessions\nnews.example,4\n").rows["traffic_reports"]
    assert (row["day_lo"], row["visits"], row["source_host"]) == (None, 4, "news.example")


def test_a_row_without_dimensions_is_a_total_in_any_language() -> None:
    reading = read(b"Session source,Sessions\nnews.example,4\n,4\n")
    assert (reading.read, reading.units) == (1, 1)


# --- other tools ----------------------------------------------------------------------------

OTHERS = {
    "plausible_sources.csv": ("plausible sources", 4),
    "plausible_entry_pages.csv": ("plausible entry pages", 2),
    "plausible_pages.csv": ("plausible pages", 1),
    "matomo_websites.csv": ("matomo referrers", 2),
    "matomo_pages.csv": ("matomo entry pages", 2),
    "umami_referrers.csv": ("umami referrers", 4),
    "umami_pages.csv": ("umami pages", 2),
}


@pytest.mark.parametrize(("name", "facts"), OTHERS.items(), ids=[*OTHERS])
def test_each_tool_is_known_and_read(name: str, facts: tuple[str, int]) -> None:
    reading = sample(name)
    assert (reading.verdict.dialect, reading.read, reading.rejects) == (*facts, [])
    assert {row["tool"] for row in reading.rows["traffic_reports"]} == {facts[0].split()[0]}


def told(name: str, *fields: str) -> list[tuple[Any, ...]]:
    return [tuple(row[f] for f in fields) for row in sample(name).rows["traffic_reports"]]


def test_plausible_tells_senders_by_the_day() -> None:
    september = date(2026, 9, 1)
    senders = told("plausible_sources.csv", "day_lo", "source_domain", "source_page", "visits")
    assert senders[:2] == [
        (september, "blog.example", "blog.example/tea", 10),
        (september, "google.com", None, 22),
    ]
    assert senders[3][1:] == (None, None, 5)
    tagged = told("plausible_sources.csv", "medium", "campaign", "content", "bounces")[2]
    assert tagged == ("email", "autumn", "top tea", 3)
    assert told("plausible_sources.csv", "visit_seconds", "engaged_visits")[0] == (840, None)
    entries = told("plausible_entry_pages.csv", "landing_page", "visits", "users", "views")
    assert entries == [("/tea", 10, 9, 30), ("/", 22, 20, 50)]
    assert told("plausible_pages.csv", "landing_page", "visits", "views") == [("/tea", None, 31)]


def test_matomo_tells_visits_that_began_on_a_page_and_its_days() -> None:
    days = (date(2026, 9, 1), date(2026, 9, 30))
    pages = told("matomo_pages.csv", "day_lo", "day_hi", "landing_page", "visits", "views")
    assert pages == [(*days, "/tea", 10, 31), (*days, "/", 22, 66)]
    senders = told("matomo_websites.csv", "source_host", "visits", "conversions", "value")
    assert senders == [("blog.example", 10, 1, 12.5), ("forum.example", 4, 0, 0)]


def test_umamis_tables_are_told_apart_by_what_they_hold() -> None:
    assert told("umami_referrers.csv", "source_domain", "visits", "day_lo")[0] == (
        "blog.example",
        10,
        None,
    )
    assert told("umami_pages.csv", "landing_page", "views", "visits")[1] == ("/tea", 31, None)
    for other in (b"x,y\nchrome,10\nfirefox,4\n", b"x,y\n1,2\n3,4\n", b"x,y\n"):
        assert not EXPORTS.sniff(other).dialect.startswith("umami") or other == b"x,y\n"


@pytest.mark.parametrize(
    "header",
    [
        "date,visitors,pageviews,bounces,visits,visit_duration",
        "date,exit_page,visitors,visit_duration,exits,bounces,pageviews",
        "date,browser,browser_version,visitors,visits,visit_duration,bounces,pageviews",
        "date,name,link_url,path,visitors,events",
    ],
)
def test_plausibles_other_tables_are_refused(header: str) -> None:
    verdict = EXPORTS.sniff(f"{header}\n".encode())
    assert (verdict.confidence, verdict.known) == (0.0, True)
    assert "Plausible's" in verdict.why


def test_a_tables_breakdown_is_what_it_tells_apart_blank_or_not() -> None:
    for name, breakdown in (
        ("plausible_sources.csv", "source medium campaign content term referrer"),
        ("plausible_entry_pages.csv", "landing_page"),
        ("matomo_websites.csv", "source referrer"),
        ("goatcounter.csv", "source medium channel campaign referrer landing_page"),
    ):
        assert set(told(name, "breakdown")) == {(breakdown,)}
