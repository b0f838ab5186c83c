"""GA4 reports: periods, tables, totals, sources and landing pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from exports_facts import read, sample


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
