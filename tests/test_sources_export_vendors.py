"""Exports of backlink tools, kind by kind: hand-made samples and real files."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from exports_facts import Reading, read, sample

from backref.sources.exports import EXPORTS

KINDS = {
    "moz_inbound_links.csv": ("moz inbound links", 2, 0),
    "moz_top_pages.csv": ("moz top pages", 2, 0),
    "moz_linking_domains.csv": ("moz linking domains", 2, 0),
    "bing_backlinks.csv": ("bing backlinks", 2, 0),
    "bing_linking_domains.csv": ("bing linking domains", 2, 0),
    "semrush_referring_domains.csv": ("semrush referring domains", 2, 0),
    "semrush_indexed_pages.csv": ("semrush indexed pages", 2, 0),
    "semrush_comparison.csv": ("semrush comparison", 2, 1),
    "ahrefs_best_by_links.csv": ("ahrefs best by links", 2, 0),
    "ahrefs_top_pages.csv": ("ahrefs top pages", 2, 0),
    "ahrefs_link_intersect.csv": ("ahrefs link intersect", 2, 0),
    "majestic_referring_domains.csv": ("majestic referring domains", 2, 0),
    "majestic_bulk.csv": ("majestic bulk", 2, 1),
    "majestic_pages.csv": ("majestic pages", 1, 0),
    "spamzilla_expired_domains.csv": ("spamzilla expired domains", 2, 0),
    "spamzilla_checked_domains.csv": ("spamzilla checked domains", 2, 0),
}
FIGURES = {
    "moz_inbound_links.csv": ("moz", "DA", "domain", "forum.example", 70),
    "moz_top_pages.csv": ("moz", "linking sites", "page", "shop.example/tea", 12),
    "moz_linking_domains.csv": ("moz", "refdomains", "domain", "forum.example", 12_400),
    "bing_linking_domains.csv": (
        "bing",
        "backlinks to shop.example",
        "domain",
        "blog.example",
        12,
    ),
    "semrush_referring_domains.csv": ("semrush", "ascore", "domain", "blog.example", 31),
    "semrush_indexed_pages.csv": ("semrush", "incoming links", "page", "shop.example/old", 17),
    "semrush_comparison.csv": ("semrush", "refdomains", "domain", "shop.example", 61),
    "ahrefs_best_by_links.csv": ("ahrefs", "linking sites", "page", "shop.example/tea", 12),
    "ahrefs_top_pages.csv": ("ahrefs", "linking sites", "page", "shop.example/tea", 12),
    "ahrefs_link_intersect.csv": ("ahrefs", "DR", "domain", "forum.example", 71),
    "majestic_referring_domains.csv": ("majestic", "TF", "domain", "forum.example", 35),
    "majestic_bulk.csv": ("majestic", "CF", "domain", "blog.example", 24),
    "majestic_pages.csv": ("majestic", "TF", "page", "shop.example", 19),
    "spamzilla_expired_domains.csv": ("moz", "DA", "domain", "blog.example", 44),
    "spamzilla_checked_domains.csv": ("spamzilla", "spam", "domain", "forum.example", 0),
}
REFUSED = {
    "Anchor,Domains,Backlinks,First seen,Last seen": "anchor texts",
    "Anchor text,Ref. domains,Top DR,Ref. pages,Links to target": "anchor texts",
    "Anchor Text,RefDomains,TotalLinks,DeletedLinks": "anchor texts",
    '"Anchor","Backlinks Count"': "anchor texts",
    "Keyword,Clicks,Impressions,CTR,Average position": "only Google's",
    "Keyword,KD,CPC,Current position,Current URL": "names no link",
    "Domain ascore,Domain,Links,First seen,Last seen": "links out to",
}


def figures(reading: Reading) -> set[tuple[Any, ...]]:
    names = ("vendor", "metric", "scope", "subject", "value")
    return {tuple(row[name] for name in names) for row in reading.rows["ratings"]}


@pytest.mark.parametrize(("name", "facts"), KINDS.items(), ids=[*KINDS])
def test_each_kind_is_known_and_read(name: str, facts: tuple[str, int, int]) -> None:
    reading = sample(name)
    assert (reading.verdict.dialect, reading.read, len(reading.rejects)) == facts
    assert reading.verdict.confidence > 0.7


@pytest.mark.parametrize(("name", "figure"), FIGURES.items(), ids=[*FIGURES])
def test_each_kind_tells_its_figures(name: str, figure: tuple[Any, ...]) -> None:
    assert figure in figures(sample(name))


@pytest.mark.parametrize(("header", "why"), REFUSED.items(), ids=[*REFUSED])
def test_tables_that_name_no_link_are_refused_by_what_they_are(header: str, why: str) -> None:
    verdict = EXPORTS.sniff(f"{header}\n{header.lower()}\n".encode())
    assert (verdict.confidence, verdict.known) == (0.0, True)
    assert why in verdict.why


def test_links_of_moz_and_bing_are_observations_in_their_name() -> None:
    rows = sample("moz_inbound_links.csv").rows["link_observations"]
    units = [row for row in rows if row["is_unit"]]
    assert [row["source_page"] for row in units] == ["blog.example/tea", "forum.example/t/9"]
    assert [(row["nofollow"], row["rel"]) for row in units] == [(False, None), (True, "nofollow")]
    assert [row["assertion"] for row in rows] == ["present", "present", "reported_lost"]
    bing = sample("bing_backlinks.csv").rows["link_observations"]
    assert {row["witness"] for row in bing} == {"bing"}
    assert [(row["anchor"], row["anchor_kind"]) for row in bing] == [
        ("green tea", "text"),
        ("", "empty"),
    ]
    assert [(row["observed_lo"], row["rel"]) for row in bing] == [(None, None)] * 2


def test_a_table_of_another_with_bings_columns_among_others_is_not_bings() -> None:
    other = b"Source Url,Anchor text,Target Url,Score\nhttps://a.example/,x,https://b.example/,1\n"
    assert EXPORTS.sniff(other).dialect != "bing backlinks"


def test_a_row_that_continues_the_one_above_is_part_of_it(shared_data: Path) -> None:
    for path in (shared_data / "seo/spamzilla").glob("Check_domains*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        named = [row["Domain Name"] for row in rows if row["Domain Name"]]
        reading = read(path.read_bytes())
        assert reading.verdict.dialect == "spamzilla checked domains"
        assert reading.read == len(named)
        assert {reject.reason for reject in reading.rejects} <= {"no figure"}
        assert {row["subject"] for row in reading.rows["ratings"]} <= set(named)


def test_real_lists_of_domains_agree_with_an_independent_reader(shared_data: Path) -> None:
    (path,) = (shared_data / "seo/spamzilla").glob("export-*.csv")
    oracle = pl.read_csv(path, infer_schema=False)
    reading = read(path.read_bytes())
    assert (reading.verdict.dialect, reading.read) == ("spamzilla expired domains", 1_203)
    for column, vendor, metric in (
        ("TF", "majestic", "TF"),
        ("Ahrefs DR", "ahrefs", "DR"),
        ("Moz DA", "moz", "DA"),
    ):
        told = oracle.select("Name", column).drop_nulls().rows()
        found = {row[3]: row[4] for row in figures(reading) if row[:2] == (vendor, metric)}
        assert found == {name: float(value) for name, value in told if value not in "--"}


def test_real_ratings_of_semrush_agree_with_an_independent_reader(shared_data: Path) -> None:
    folder = shared_data / "seo/semrush"
    counts = []
    for path in sorted(folder.glob("*-backlinks_comparison.csv")):
        oracle = pl.read_csv(path)
        reading = read(path.read_bytes())
        counts.append(reading.read)
        scores = {row[3]: row[4] for row in figures(reading) if row[1] == "ascore"}
        assert len(reading.rejects) == sum(oracle["Target type"] != "root_domain")
        assert set(scores.values()) <= set(map(float, oracle["Authority Score"]))
    assert counts == [200, 164, 200]
    pages = read((folder / "mobjectify.com-backlinks_pages.csv").read_bytes())
    assert (pages.verdict.dialect, pages.read, pages.rejects) == ("semrush indexed pages", 29, [])
