"""Vendors' figures: whom they rate, which one is the row's unit, and when it was so."""

from __future__ import annotations

import csv
from pathlib import Path

from exports_facts import read, sample


def test_a_domain_row_is_one_unit_and_its_other_figures_belong_to_it() -> None:
    reading = sample("ahrefs_referring_domains.csv")
    rows = reading.rows["ratings"]
    assert [(r["subject"], r["metric"], r["value"]) for r in rows if r["unit"] == 0] == [
        ("news.example", "DR", 71.5),
        ("news.example", "refdomains", 1204),
        ("news.example", "traffic", 88_120),
        ("news.example", "links to target", 3),
    ]
    assert [row["is_unit"] for row in rows] == [True, True, *[False] * 6]
    assert len(reading.ids("ratings")) == 8
    assert {row["partition"] for row in rows} == {"all"}


def test_a_domain_without_any_figure_is_a_reject() -> None:
    (reject,) = sample("ahrefs_referring_domains.csv").rejects
    assert (reject.position, reject.reason) == (3, "no figure")


def test_the_first_figure_that_is_there_is_the_unit() -> None:
    data = b"Domain,DR,Dofollow ref. domains,Links to target\na.example,,7,1\nb.example,3,,\n"
    units = [row for row in read(data).rows["ratings"] if row["is_unit"]]
    assert [(row["metric"], row["value"]) for row in units] == [("refdomains", 7), ("DR", 3)]


def test_clique_hunter_agrees_with_an_independent_reader(shared_data: Path) -> None:
    path = shared_data / "seo/majestic_clique_hunter.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        oracle = list(csv.DictReader(file))
    rows = read(path.read_bytes()).rows["ratings"]
    for metric, column in [
        ("TF", "TrustFlow"),
        ("CF", "CitationFlow"),
        ("refdomains", "RefDomains"),
        ("backlinks", "ExtBackLinks"),
        ("backlinks to alsofnevada.org", "BackLinks_alsofnevada.org"),
    ]:
        found = {row["subject"]: row["value"] for row in rows if row["metric"] == metric}
        assert found == {each["Domain"]: float(each[column]) for each in oracle}
    crawled = {row["subject"]: row["observed_lo"].strftime("%d/%m/%Y 00:00") for row in rows}
    assert crawled == {each["Domain"]: each["LastSuccessfulCrawl"] for each in oracle}


def test_a_figure_keeps_its_identity_when_columns_of_another_target_join() -> None:
    head = b"Domain,Matches,TrustFlow,CitationFlow,BackLinks_b.example,LastLinkDate_b.example"
    one = read(head + b"\na.example,1,5,6,7,01/02/2013\n").rows["ratings"]
    assert [(row["metric"], row["value"]) for row in one] == [
        ("TF", 5),
        ("CF", 6),
        ("backlinks to b.example", 7),
    ]


def test_figures_beside_links_are_dated_by_the_last_sight_and_rate_page_or_domain() -> None:
    rows = sample("majestic_backlinks_lost.csv").rows
    unit = rows["link_observations"][0]
    page, domain = rows["ratings"]
    assert (page["scope"], page["subject"]) == ("page", "blog.example/1")
    assert (domain["scope"], domain["subject"]) == ("domain", "blog.example")
    assert {row["observed_hi"] for row in rows["ratings"]} == {unit["observed_hi"]}
    assert {row["unit"] for row in rows["ratings"]} == {unit["unit"]}


def test_search_console_counts_name_the_site_that_they_are_about() -> None:
    rows = sample("gsc_linking_sites.csv").rows["ratings"]
    assert (rows[0]["metric"], rows[0]["value"]) == ("linking pages to shop.example", 1240)
    (incoming, sites) = sample("gsc_linked_pages.csv").rows["ratings"]
    assert (incoming["metric"], incoming["subject"], incoming["value"]) == (
        "incoming links",
        "shop.example",
        12_040,
    )
    assert sites["value"] == 310
